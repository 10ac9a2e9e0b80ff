"""The chunks of a PNG file: what is said beside the pixels, and the file without it.

Chunks as in W3C PNG, third edition.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from ingather.media.exif_tags import Metadata

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXTS = (b"tEXt", b"zTXt", b"iTXt")
KEPT = frozenset(
    {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs", b"bKGD", b"cICP", b"mDCV", b"cLLI",
     b"acTL", b"fcTL", b"fdAT", b"hIST", b"sPLT"}
)  # fmt: skip
"""Optional chunks that say how the pixels look; the chunks with a capital first letter stay anyway."""


def read_png(content: bytes) -> Metadata:
    """What a PNG says beside its pixels."""
    exif, xmp, words, hidden = b"", b"", b"", []
    end = len(SIGNATURE)
    for kind, payload, after in _chunks(content):
        end = after
        if kind == b"eXIf":
            exif = exif or payload
        elif kind == b"iTXt" and payload.startswith(b"XML:com.adobe.xmp"):
            xmp += payload
        elif kind in TEXTS:
            words += payload
        elif kind[:1].islower() and kind not in KEPT and kind != b"tIME":
            hidden.append(f"chunk {kind.decode('latin-1')}")
    if content[end:].strip(b"\0"):
        hidden.append(f"{len(content) - end} bytes after the picture's end")
    return Metadata(exif, xmp, b"", words, tuple(hidden))


def bare_png(content: bytes, exif: bytes) -> bytes:
    """The same PNG, pixels untouched, with no other metadata than its colours and this EXIF."""
    out = [SIGNATURE]
    for kind, payload, _ in _chunks(content):
        if kind == b"IDAT" and exif:
            out.append(_written(b"eXIf", exif))
            exif = b""
        if kind[:1].isupper() or kind in KEPT:
            out.append(_written(kind, payload))
    return b"".join(out)


def _written(kind: bytes, payload: bytes) -> bytes:
    check = zlib.crc32(kind + payload).to_bytes(4, "big")
    return len(payload).to_bytes(4, "big") + kind + payload + check


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Kind, payload and the place after each chunk, up to the end of the image or of the file."""
    place = len(SIGNATURE)
    while place + 12 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        kind = content[place + 4 : place + 8]
        payload = content[place + 8 : place + 8 + length]
        if len(payload) < length:
            return
        place += 12 + length
        yield kind, payload, place
        if kind == b"IEND":
            return
