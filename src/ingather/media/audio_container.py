"""A recording's bytes before they are decoded: the type they show, and whether all of them are there."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

# (where it stands, the bytes, media type); the first that fits counts
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (8, b"WAVE", "audio/wav"),
    (0, b"RF64", "audio/wav"),
    (0, b"riff\x2e\x91\xcf\x11", "audio/x-w64"),
    (0, b"fLaC", "audio/flac"),
    (8, b"AIFF", "audio/aiff"),
    (8, b"AIFC", "audio/aiff"),
    (0, b".snd", "audio/basic"),
    (0, b"caff", "audio/x-caf"),
    (0, b"ID3", "audio/mpeg"),
    (8, b"AVI ", "video/x-msvideo"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"\x89PNG", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (0, b"%PDF", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"PAR1", "application/vnd.apache.parquet"),
)
_SAME = {
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/x-flac": "audio/flac",
    "audio/mp3": "audio/mpeg",
    "audio/x-mp3": "audio/mpeg",
    "audio/opus": "audio/ogg",
    "audio/vorbis": "audio/ogg",
    "application/ogg": "audio/ogg",
    "audio/x-aiff": "audio/aiff",
    "audio/x-m4a": "audio/mp4",
    "video/mp4": "audio/mp4",
    "audio/webm": "video/webm",
}
_UNKNOWN_SIZES = (0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFF000, 0xFFFFFFFE)
"""What programs write that stream a WAV and never learn its length: no lie, only a gap."""


def sniff(content: bytes) -> str | None:
    """The media type that the first bytes show, such as ``audio/flac``; None where they show none."""
    for at, magic, media_type in _MAGIC:
        if content[at : at + len(magic)] == magic:
            return media_type
    if content[:4] == b"OggS":
        return "audio/ogg"
    if _is_mpeg_frame(content):
        return "audio/mpeg"
    head = content[:512]
    if head and re.fullmatch(rb"[\t\n\r\x20-\x7e\x80-\xff]+", head):
        return "text/html" if re.match(rb"\s*<(!doctype|html|\?xml)", head, re.IGNORECASE) else "text/plain"
    return None


def same_type(named: str, found: str) -> bool:
    """Whether two media types mean the same container, under any of the names in use."""
    plain = [kind.split(";")[0].strip().lower() for kind in (named, found)]
    return _SAME.get(plain[0], plain[0]) == _SAME.get(plain[1], plain[1])


def shortfall(content: bytes) -> str | None:
    """What the container itself says is missing or cannot be true, in words; None where all is well.

    WAV and AIFF state the size of their samples (Multimedia Programming Interface, IBM and Microsoft 1991;
    AIFF 1.3, Apple 1989), Ogg marks its last page (RFC 3533).
    """
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return _wav_shortfall(content)
    if content[:4] == b"FORM":
        promised = int.from_bytes(content[4:8], "big") + 8
        if promised - 1 > len(content):
            return f"it breaks off: {promised:,} bytes are promised, {len(content):,} are there"
    if content[:4] == b"OggS":
        last = content.rfind(b"OggS")
        if len(content) < last + 27 or not content[last + 5] & 4:
            return "it breaks off: the last page is missing"
        table = content[last + 27 : last + 27 + content[last + 26]]
        if len(content) < last + 27 + content[last + 26] + sum(table):
            return "it breaks off inside its last page"
    return None


def _wav_shortfall(content: bytes) -> str | None:
    for name, start, size in _riff_chunks(content):
        if name == b"fmt " and int.from_bytes(content[start + 4 : start + 8], "little") == 0:
            return "its header lies: 0 values a second"
        if name == b"data":
            there = len(content) - start
            if size in _UNKNOWN_SIZES:
                return None
            if size > there:
                return f"it breaks off: {size:,} bytes of sound are promised, {there:,} are there"
            after = content[start + size + size % 2 :].lstrip(b"\0")
            if len(after) >= 4 and not re.match(rb"[ -~]{4}", after):
                return f"its header lies: {size:,} bytes of sound are promised, {there:,} are there"
            return None
    return "it holds no sound: the 'data' part is missing"


def _riff_chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    at = 12
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        yield name, at + 8, size
        at += 8 + size + size % 2


def _is_mpeg_frame(content: bytes) -> bool:
    """Whether an MPEG audio frame header stands at the start (11 sync bits, no reserved values)."""
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE0 != 0xE0:
        return False
    version, layer = content[1] >> 3 & 3, content[1] >> 1 & 3
    bitrate, rate = content[2] >> 4, content[2] >> 2 & 3
    return version != 1 and layer != 0 and bitrate not in (0, 15) and rate != 3
