"""Width and height of a picture file by its header alone, without a decoder where it is JPEG or PNG."""

from __future__ import annotations

import os
import struct
from pathlib import Path

from ingather.formats.picture_files import BINARY

_HEAD = 4096
_LONG_HEAD = 2**20
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""JPEG markers that begin a frame (ISO/IEC 10918-1, table B.1)."""
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})


def picture_size(file: Path | str) -> tuple[int, int] | None:
    """Width and height in pixels as stored, None where the file is no picture that can be read."""
    return size_and_status(file)[0]


def size_and_status(file: Path | str) -> tuple[tuple[int, int] | None, os.stat_result | None]:
    """As ``picture_size``, and the status of the file from the same opening; None where it does not open."""
    try:
        descriptor = os.open(file, os.O_RDONLY | BINARY)
    except OSError:
        return None, None
    try:
        status = os.fstat(descriptor)
        head = os.read(descriptor, _HEAD)
        if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR" and len(head) >= 24:
            return _sound(*struct.unpack(">II", head[16:24])), status
        if head.startswith(b"\xff\xd8"):
            size = _jpeg(head) or _jpeg(head + os.read(descriptor, _LONG_HEAD))
            if size is not None:
                return _sound(*size), status
    except OSError:
        return None, None
    finally:
        os.close(descriptor)
    return _by_decoder(file), status


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


def _by_decoder(file: Path | str) -> tuple[int, int] | None:
    from PIL import Image

    try:
        with Image.open(file) as image:
            return _sound(*image.size)
    except Exception:  # decoders of hostile bytes raise nearly anything; the caller tells it
        return None
