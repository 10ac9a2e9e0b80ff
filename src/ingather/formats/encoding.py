"""The encoding of a text file: a byte order mark, else UTF-8, else what its bytes make most likely."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from ingather.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLOCK = 1 << 20
_SAMPLE = 1 << 16
_WESTERN = "cp1252"
_WESTERN_SIGNS = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜàáâãäåæçèéêëìíîïñòóôõöøùúûüÿßŒœŠšŽž‘’‚“”„‹›«»–—…•·€£¢¥§©®™°±²µ¼½¾¿¡ªº´\u00a0"
)
"""What is likely in the west; signs that stand for frequent letters of other code pages are left out."""
_ALONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_STRANGE_WORD = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file's bytes become text.

    Attributes:
        name: a codec of Python.
        told: words for how it was found, empty for plain UTF-8.
        damaged: whether some bytes do not fit; they become U+FFFD.
    """

    name: str
    told: str = ""
    damaged: bool = False


def detect_encoding(opener: Callable[[], BinaryIO], asked: str | None = None) -> Encoding:
    """Reads a file once, in blocks, and says how to decode it.

    Args:
        opener: opens the file's bytes; closed here.
        asked: the encoding the user named, taken at their word.

    Raises:
        InputError: the encoding asked for is not known.
    """
    if asked:
        return Encoding(_known(asked))
    with opener() as stream:
        head = stream.read(4)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name, f"read as {name}, by its byte order mark")
    with opener() as stream:
        sound, broken, strange = _survey(stream)
    if not broken:
        return Encoding("utf-8")
    if sound >= 20 * broken:
        return Encoding("utf-8", f"read as utf-8, though {broken} places in it are not", damaged=True)
    return _guess(strange)


def _known(asked: str) -> str:
    try:
        found = codecs.lookup(asked)
        io.TextIOWrapper(io.BytesIO(), found.name)  # refuses codecs that are no text, such as base64
        return found.name
    except LookupError:
        raise InputError(
            f"There is no encoding named '{asked}'.",
            why="Text cannot be read without knowing its encoding.",
            fix="Write one such as utf-8, cp1252, utf-16 or shift_jis, or leave it out to have it found.",
        ) from None


def _survey(stream: BinaryIO) -> tuple[int, int, bytes]:
    """Lines with sound UTF-8 beyond ASCII, lines that are not UTF-8, and a sample of the latter."""
    sound = broken = 0
    strange = bytearray()
    rest = b""
    while block := _read(stream):
        cut = max(block.rfind(b"\n"), 0) if len(block) == _BLOCK else len(block)
        lines, rest = rest + block[:cut], block[cut:]
        if lines.isascii():
            continue
        for line in lines.split(b"\n"):
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                sound += 1
            except UnicodeDecodeError:
                broken += 1
                if len(strange) < _SAMPLE:
                    strange += line[:_SAMPLE] + b"\n"
    if rest and not rest.isascii():
        try:
            rest.decode("utf-8")
        except UnicodeDecodeError:
            broken += 1
            strange += rest[:_SAMPLE]
    return sound, broken, bytes(strange)


def _read(stream: BinaryIO) -> bytes:
    try:
        return stream.read(_BLOCK)
    except OSError:
        return b""  # whoever reads the rows comes to the same place and tells it


def _guess(strange: bytes) -> Encoding:
    if _is_western(strange):
        return Encoding(_WESTERN, f"is not UTF-8; read as {_WESTERN} (name another with 'encoding:')")
    from charset_normalizer import from_bytes

    matches = from_bytes(strange)
    best = matches.best()
    if best is None:
        return Encoding("utf-8", "is in no encoding that could be told; read as utf-8", damaged=True)
    # Where several code pages fit a few stray signs alike, the one most files are in is the better guess.
    alike = {match.encoding for match in matches if match.chaos <= best.chaos}
    name = _WESTERN if _WESTERN in alike and best.coherence < 0.5 else best.encoding
    return Encoding(name, f"is not UTF-8; read as {name} (name another with 'encoding:')")


def _is_western(strange: bytes) -> bool:
    """Whether the strange bytes are a few letters with marks and typographer's signs among plain letters.

    A single umlaut in a short file is valid in dozens of code pages, multi-byte ones among them, where it
    swallows the letter after it. In the scripts that those are for, at least half of a word's bytes are
    beyond ASCII; in the languages of western Europe far fewer.
    """
    words = b"".join(_STRANGE_WORD.findall(strange))
    beyond = sum(byte >= 0x80 for byte in words)
    alone = len(_ALONE.findall(strange))
    if 2 * beyond > len(words) and alone < beyond:
        return False
    try:
        text = words.decode(_WESTERN)
    except UnicodeDecodeError:
        return False
    return all(sign.isascii() or sign in _WESTERN_SIGNS for sign in text)
