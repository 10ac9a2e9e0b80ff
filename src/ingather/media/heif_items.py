"""The items of a HEIC or AVIF file: EXIF and XMP are overwritten in place, so that no pixel moves.

Boxes as in ISO/IEC 14496-12 (iinf, infe, iloc, idat) and ISO/IEC 23008-12 (the Exif item).
"""

from __future__ import annotations

from collections.abc import Iterator

from ingather.media.exif_tags import Metadata

_FULL = 4


def read_heif(content: bytes) -> Metadata:
    """What a HEIC or AVIF file says beside its pixels."""
    exif, xmp = b"", b""
    for kind, spans in _private_items(content):
        block = b"".join(content[start:end] for start, end in spans)
        if kind == b"Exif":
            skipped = int.from_bytes(block[:4], "big") + 4
            exif = exif or block[skipped:].removeprefix(b"Exif\0\0")
        else:
            xmp += block
    return Metadata(exif, xmp)


def bare_heif(content: bytes, exif: bytes) -> bytes:
    """The same file, of the same length: XMP becomes blanks, EXIF this block where it fits, else none.

    How the picture is turned stands in a property of its own, which stays.
    """
    out = bytearray(content)
    for kind, spans in _private_items(content):
        room = sum(end - start for start, end in spans)
        block = b"\0\0\0\0" + (exif or _NOTHING) if kind == b"Exif" else b""
        if len(block) > room:
            block = b""
        block += (b"\0" if kind == b"Exif" else b" ") * (room - len(block))
        for start, end in spans:
            out[start:end], block = block[: end - start], block[end - start :]
    return bytes(out)


_NOTHING = b"II*\0\x08\0\0\0\0\0\0\0\0\0"


def _private_items(content: bytes) -> Iterator[tuple[bytes, list[tuple[int, int]]]]:
    """Kind (Exif or mime) and the spans of bytes of each item that holds metadata."""
    meta = next((span for kind, *span in _boxes(content, 0, len(content)) if kind == b"meta"), None)
    if meta is None:
        return
    inner = {kind: (start, end) for kind, start, end in _boxes(content, meta[0] + _FULL, meta[1])}
    if b"iinf" not in inner or b"iloc" not in inner:
        return
    kinds = dict(_item_kinds(content, *inner[b"iinf"]))
    base = inner.get(b"idat", (0, 0))[0]
    for item, spans in _places(content, *inner[b"iloc"], base):
        kind = kinds.get(item)
        inside = [(start, end) for start, end in spans if 0 <= start < end <= len(content)]
        if kind in (b"Exif", b"mime") and inside:
            yield kind, inside


def _boxes(content: bytes, place: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of the body of each box."""
    while place + 8 <= end:
        size, kind = int.from_bytes(content[place : place + 4], "big"), content[place + 4 : place + 8]
        head = 8
        if size == 1:
            size, head = int.from_bytes(content[place + 8 : place + 16], "big"), 16
        elif size == 0:
            size = end - place
        if size < head or place + size > end:
            return
        yield kind, place + head, place + size
        place += size


def _item_kinds(content: bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    wide = 4 if content[start] else 2
    for kind, body, _ in _boxes(content, start + _FULL + wide, end):
        version = content[body]
        if kind == b"infe" and version >= 2:
            length = 2 if version == 2 else 4
            number = int.from_bytes(content[body + 4 : body + 4 + length], "big")
            yield number, content[body + 6 + length : body + 10 + length]


def _places(content: bytes, start: int, end: int, data: int) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Number of each item and the spans of its bytes in the file."""
    version = content[start]
    reader = _Reader(content, start + _FULL, end)
    sizes = reader.number(2)
    wide_offset, wide_length = sizes >> 12, sizes >> 8 & 15
    wide_base, wide_index = sizes >> 4 & 15, sizes & 15 if version in (1, 2) else 0
    for _ in range(reader.number(2 if version < 2 else 4)):
        item = reader.number(2 if version < 2 else 4)
        method = reader.number(2) & 15 if version in (1, 2) else 0
        reader.number(2)
        base = reader.number(wide_base)
        spans = []
        for _ in range(reader.number(2)):
            reader.number(wide_index)
            offset, length = reader.number(wide_offset), reader.number(wide_length)
            first = base + offset + (data if method == 1 else 0)
            spans.append((first, first + length))
            if reader.ended:
                return
        if method in (0, 1):
            yield item, spans


class _Reader:
    """Numbers of one to eight bytes, one after the other; zeros past the end."""

    def __init__(self, content: bytes, place: int, end: int) -> None:
        self.content, self.place, self.end = content, place, end

    @property
    def ended(self) -> bool:
        return self.place > self.end

    def number(self, width: int) -> int:
        value = int.from_bytes(self.content[self.place : min(self.place + width, self.end)], "big")
        self.place += width
        return value
