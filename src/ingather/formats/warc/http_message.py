"""The HTTP message inside a record: status, headers, and the body without transfer and content codings."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingather.errors import MissingExtra

try:
    from isal import isal_zlib as _zlib
except ImportError:
    _zlib: Any = zlib  # type: ignore[no-redef]

_WRONG: Any = (zlib.error, _zlib.error)
MOST_BODY = 256_000_000
"""Bytes of a decoded body above which the rest is left off."""
_MOST_HEAD = 262_144
_MOST_CODINGS = 4


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """A response as it was received.

    Attributes:
        status: 100 to 599, 0 where the first line is none of HTTP.
        headers: name and value, names in lower case, in their order.
        body: after transfer coding (chunks) and content coding (gzip, deflate, br, zstd) were taken off.
        fault: what was wrong with the codings, in words, or None; the body is then what could be read.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fault: str | None = None

    def header(self, name: str) -> str | None:
        """The first value of a header, by its name in lower case."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def media_type(self) -> str:
        """What the body says it is, such as ``text/html``, without parameters; "" where unsaid."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()


def parse_response(block: bytes, most: int = MOST_BODY) -> HttpMessage:
    """A response out of a record's block; line ends may be CRLF or LF.

    Args:
        block: the record's bytes.
        most: bytes of the decoded body above which the rest is left off.

    Raises:
        MissingExtra: the body is packed with brotli and that is not installed.
    """
    head, body = _parted(block)
    lines = head.decode("latin-1").replace("\r\n", "\n").split("\n")
    first = lines[0].split(" ", 2)
    status = int(first[1]) if len(first) > 1 and first[0].startswith("HTTP/") and first[1].isdecimal() else 0
    headers = tuple(_fields(lines[1:]))
    fault = None if status else f"the message begins with {lines[0][:40]!r}, not with HTTP"
    said = dict(reversed(headers))
    if "chunked" in said.get("transfer-encoding", "").lower():
        body, fault = unchunk(body)
    for coding in reversed(
        [one.strip().lower() for one in said.get("content-encoding", "").split(",")][:_MOST_CODINGS]
    ):
        if coding and coding != "identity":
            body, wrong = decode(body, coding, most)
            fault = fault or wrong
    return HttpMessage(status, headers, body, fault)


def unchunk(body: bytes) -> tuple[bytes, str | None]:
    """Takes the chunks off a body; one that has none after all is given back as it is, with a word."""
    pieces: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\n", at, at + 1_024)
        size = _chunk_size(body[at:end]) if end >= 0 else None
        if size is None:
            if not pieces:
                return body, None if not body else "says that it is sent in chunks, and is not"
            return b"".join(pieces), "its last chunk is not there"
        if size == 0:
            return b"".join(pieces), None
        piece = body[end + 1 : end + 1 + size]
        pieces.append(piece)
        if len(piece) < size:
            return b"".join(pieces), "ends in the middle of a chunk"
        at = end + 1 + size
        at += 2 if body[at : at + 2] == b"\r\n" else 1 if body[at : at + 1] == b"\n" else 0


def decode(body: bytes, coding: str, most: int = MOST_BODY) -> tuple[bytes, str | None]:
    """Takes one content coding off a body: gzip, deflate, br, zstd; what is cut is given as far as it goes.

    Raises:
        MissingExtra: brotli is needed and is not installed.
    """
    try:
        if coding in ("gzip", "x-gzip"):
            return _inflate(body, 31, most) if body[:2] == b"\x1f\x8b" else (body, "says gzip, and is not")
        if coding == "deflate":
            done, fault = _inflate(body, 15, most)
            return (done, fault) if done or not body else _inflate(body, -15, most)
        if coding == "br":
            return _unbrotli(body, most)
        if coding == "zstd":
            import zstandard

            stream = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(
                body, read_across_frames=True
            )
            done = stream.read(most + 1)
            return done[:most], _too_long(most) if len(done) > most else None
    except MissingExtra:
        raise
    except Exception as error:  # each library raises errors of its own
        return b"", f"its {coding} data is damaged: {error}"
    return body, f"is packed as {coding[:40]!r}, which is not known here"


def _inflate(body: bytes, bits: int, most: int) -> tuple[bytes, str | None]:
    pieces: list[bytes] = []
    left = most
    while body and left > 0:
        engine = _zlib.decompressobj(bits)
        try:
            piece = engine.decompress(body, left)
        except _WRONG as error:
            return b"".join(pieces), None if pieces else f"its compressed data is damaged: {error}"
        pieces.append(piece)
        left -= len(piece)
        if not engine.eof:
            return b"".join(pieces), _too_long(most) if left <= 0 else "its compressed data is cut off"
        body = engine.unused_data
    return b"".join(pieces), None


def _unbrotli(body: bytes, most: int) -> tuple[bytes, str | None]:
    try:
        import brotli
    except ImportError as error:
        raise MissingExtra("web", "Reading pages that are packed with brotli") from error
    engine = brotli.Decompressor()
    done = bytearray(engine.process(body, output_buffer_limit=1 << 20))
    while len(done) <= most and not engine.can_accept_more_data():
        done += engine.process(b"", output_buffer_limit=1 << 20)
    if len(done) > most:
        return bytes(done[:most]), _too_long(most)
    return bytes(done), None if engine.is_finished() else "its compressed data is cut off"


def _too_long(most: int) -> str:
    return f"is longer than {most:,} bytes, of which the rest is left off"


def _chunk_size(line: bytes) -> int | None:
    digits = line.partition(b";")[0].strip()
    if not digits or len(digits) > 12 or any(byte not in b"0123456789abcdefABCDEF" for byte in digits):
        return None
    return int(digits, 16)


def _parted(block: bytes) -> tuple[bytes, bytes]:
    """Head and body: parted by the first empty line."""
    places = [
        (place, len(mark))
        for mark in (b"\r\n\r\n", b"\n\n")
        if (place := block.find(mark, 0, _MOST_HEAD)) >= 0
    ]
    if not places:
        return block[:_MOST_HEAD], b""
    place, size = min(places)
    return block[:place], block[place + size :]


def _fields(lines: list[str]) -> Iterator[tuple[str, str]]:
    last: tuple[str, str] | None = None
    for line in lines:
        if line[:1] in (" ", "\t") and last is not None:
            last = (last[0], f"{last[1]} {line.strip()}")
            continue
        if last is not None:
            yield last
        name, colon, value = line.partition(":")
        last = (name.strip().lower(), value.strip()) if colon else None
    if last is not None:
        yield last
