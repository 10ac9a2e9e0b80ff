"""Whether a film's file ends before its container does: what decoders pass over in silence."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

from ingather.media.video_container import Source

_EBML = b"\x1aE\xdf\xa3"
_SEGMENT = b"\x18S\x80g"
_MP4_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof", b"uuid"})


def shortfall(source: Source) -> int:
    """Bytes that are missing at the end by the sizes that the container gives; 0 where it gives none.

    Read are the outermost sizes of MP4 (ISO 14496-12), Matroska (RFC 9559) and AVI (RIFF).

    Raises:
        OSError: the file cannot be read.
    """
    with source.open("rb") if isinstance(source, Path) else io.BytesIO(source) as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        start = file.read(12)
        if start[:4] == _EBML:
            end = _end_of_segment(file)
        elif start[:4] == b"RIFF":
            end = int.from_bytes(start[4:8], "little") + 8
        elif start[4:8] in _MP4_BOXES:
            end = _end_of_boxes(file, size)
        else:
            return 0
        return max(end - size, 0)


def _end_of_boxes(file: BinaryIO, size: int) -> int:
    place = 0
    while place + 8 <= size:
        file.seek(place)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1 and len(head) == 16:
            length = int.from_bytes(head[8:], "big")
        if length == 0:
            return size
        if length < 8:
            return place
        place += length
    return place


def _end_of_segment(file: BinaryIO) -> int:
    place = 0
    for _ in range(8):
        file.seek(place)
        head = file.read(12)
        if len(head) < 12:
            return 0
        size, length = _size(head[4:])
        if size is None:
            return 0
        place += 4 + length + size
        if head[:4] == _SEGMENT:
            return place
        if head[:4] != _EBML:
            return 0
    return 0


def _size(coded: bytes) -> tuple[int | None, int]:
    """A number of variable length and how many bytes it takes; None where it is unknown or broken."""
    first = coded[0]
    if first == 0:
        return None, 0
    length = 9 - first.bit_length()
    value = int.from_bytes(coded[:length], "big") & ((1 << (7 * length)) - 1)
    return (None if value == (1 << (7 * length)) - 1 else value), length
