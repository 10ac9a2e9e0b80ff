"""Width and height of a picture file by its header alone, without a decoder where it is JPEG or PNG."""

from __future__ import annotations

import struct
from pathlib import Path

_HEAD = 4096
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""JPEG markers that begin a frame (ISO/IEC 10918-1, table B.1)."""
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})


def picture_size(file: Path) -> tuple[int, int] | None:
    """Width and height in pixels as stored, None where the file is no picture that can be read."""
    try:
        with file.open("rb") as opened:
            head = opened.read(_HEAD)
            if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR" and len(head) >= 24:
                return _sound(*struct.unpack(">II", head[16:24]))
            if head.startswith(b"\xff\xd8"):
                size = _jpeg(head)
                if size is None:
                    size = _jpeg(head + opened.read(2**20))
                if size is not None:
                    return _sound(*size)
    except OSError:
        return None
    return _by_decoder(file)


def _jpeg(content: bytes) -> tuple[int, int] | None:
    place, end = 2, len(content) - 9
    while place <= end:
        if content[place] != 0xFF:
            return None
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker in _BARE:
            place += 2
        elif marker in _FRAMES:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width, height
        else:
            place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return None


def _sound(width: int, height: int) -> tuple[int, int] | None:
    return (width, height) if width > 0 and height > 0 else None


def _by_decoder(file: Path) -> tuple[int, int] | None:
    from PIL import Image

    try:
        with Image.open(file) as image:
            return _sound(*image.size)
    except Exception:  # decoders of hostile bytes raise nearly anything; the caller tells it
        return None
