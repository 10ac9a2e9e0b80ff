"""A page's bytes as a tree: decoded by what they are, not by what they are said to be, and tamed first."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ingather.errors import MissingExtra
from ingather.formats.encoding import detect_encoding
from ingather.sources.extract.taming import tame

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

MAX_BYTES = 20_000_000
"""How much of a page is read, in bytes; what lies beyond is left out and told."""

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.I)
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.I)
_MARKUP = re.compile(rb"<\s*(?:!doctype|html|head|body|meta|title|div|p|table|article|h[1-6]|a|br)\b", re.I)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LATIN = frozenset({"iso8859-1", "ascii", "latin-1"})
_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a RIFF file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"OggS", "an Ogg file"),
    (b"ID3", "an MP3 file"),
    (b"\x7fELF", "a program"),
    (b"Rar!", "a RAR archive"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """A page, parsed.

    Attributes:
        tree: the tree; nobody who is given it may change it.
        html: what it was parsed from, UTF-8.
        charset: the codec of Python that its bytes were read with.
        tamed: whether markup was left out that no parser should be given.
        told: what was found wrong and mended on the way, in words.
    """

    tree: LexborHTMLParser
    html: bytes
    charset: str
    tamed: bool = False
    told: tuple[str, ...] = ()


def parse_document(html: bytes, content_type: str | None = None) -> Document | str:
    """Parses a page, or says in words why its bytes are none.

    Args:
        html: the body as it was sent, unpacked.
        content_type: the header of that name; only its charset is used, where the bytes
            bear it out.

    Raises:
        MissingExtra: the parser is not installed.
    """
    wrong = _no_page(html)
    if wrong:
        return wrong
    try:
        from selectolax.lexbor import LexborHTMLParser
    except ImportError as error:
        raise MissingExtra("web", "Reading pages") from error

    told: list[str] = []
    if len(html) > MAX_BYTES:
        told.append(f"only the first {MAX_BYTES:,} of {len(html):,} bytes were read")
        html = html[:MAX_BYTES]
    charset = charset_of(html, content_type)
    if charset != "utf-8":
        html = html.decode(charset, "replace").encode("utf-8", "replace")
    elif not html.isascii():
        html = html.replace(b"\0", b"")
    tamed = tame(html)
    if tamed is not html:
        told.append("markup beyond what pages need was left out")
    return Document(LexborHTMLParser(tamed), tamed, charset, tamed is not html, tuple(told))


def _no_page(html: bytes) -> str | None:
    if not html.strip():
        return "the page is empty"
    start = html[:64].lstrip()
    for magic, what in _MAGIC:
        if start.startswith(magic):
            return f"the bytes are {what}, whatever the server says"
    head = html[:4096]
    if b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE)):
        return "the bytes are no text"
    if not _MARKUP.search(html[:65536]) and start[:1] in b"{[":
        return "the bytes are JSON, no page"
    return None


def charset_of(html: bytes, content_type: str | None) -> str:
    """The codec that reads the bytes: by byte order mark, UTF-8 where they are, header, meta, a guess."""
    for mark, name in _MARKS:
        if html.startswith(mark):
            return name
    try:
        html.decode()
    except UnicodeDecodeError as error:
        # A body that was cut in the middle of a character is still UTF-8.
        if error.end >= len(html) - 3 and error.reason == "unexpected end of data":
            return "utf-8"
    else:
        if b"\x1b$" not in html[:4096]:
            return "utf-8"
    in_header = _CHARSET.search(content_type or "")
    in_meta = _META_CHARSET.search(html[:4096])
    for said in (in_header[1] if in_header else None, in_meta[1].decode("ascii") if in_meta else None):
        known = _known(said)
        if known and known not in ("utf-8", "utf-16", "utf-32") and _fits(html, known):
            return known
    return detect_encoding(partial(io.BytesIO, html)).name


def _known(said: str | None) -> str | None:
    if not said:
        return None
    try:
        name = codecs.lookup(said).name
    except LookupError:
        return None
    # HTML's own list reads these names as their larger sister of Windows.
    return "cp1252" if name in _LATIN else "gb18030" if name in ("gb2312", "gbk") else name


def _fits(html: bytes, name: str) -> bool:
    try:
        strange = html.decode(name, "replace").count("�")
    except (LookupError, ValueError):
        return False
    return strange * 200 <= len(html)
