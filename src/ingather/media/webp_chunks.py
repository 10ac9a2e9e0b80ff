"""The chunks of a WebP file: what is said beside the pixels, and the file without it (RFC 9649)."""

from __future__ import annotations

from collections.abc import Iterator

from ingather.media.exif_tags import Metadata

KEPT = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_HAS_EXIF, _HAS_XMP = 0x08, 0x04


def read_webp(content: bytes) -> Metadata:
    """What a WebP says beside its pixels."""
    exif, xmp, hidden = b"", b"", []
    for kind, payload in _chunks(content):
        if kind == b"EXIF":
            exif = exif or payload.removeprefix(b"Exif\0\0")
        elif kind == b"XMP ":
            xmp += payload
        elif kind not in KEPT:
            hidden.append(f"chunk {kind.decode('latin-1')}")
    end = 8 + int.from_bytes(content[4:8], "little")
    if content[end:].strip(b"\0"):
        hidden.append(f"{len(content) - end} bytes after the picture's end")
    return Metadata(exif, xmp, b"", b"", tuple(hidden))


def bare_webp(content: bytes, exif: bytes) -> bytes:
    """The same WebP, pixels untouched, with no other metadata than its colour profile and this EXIF.

    A simple file, which has no place for EXIF, never had any and gets none.
    """
    out = []
    extended = False
    for kind, payload in _chunks(content):
        if kind == b"VP8X" and payload:
            extended = True
            flags = payload[0] & ~(_HAS_EXIF | _HAS_XMP) | (_HAS_EXIF if exif else 0)
            payload = bytes((flags,)) + payload[1:]
        if kind in KEPT:
            out.append(_written(kind, payload))
    if exif and extended:
        out.append(_written(b"EXIF", exif))
    body = b"WEBP" + b"".join(out)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _written(kind: bytes, payload: bytes) -> bytes:
    return kind + len(payload).to_bytes(4, "little") + payload + b"\0" * (len(payload) % 2)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place, end = 12, min(len(content), 8 + int.from_bytes(content[4:8], "little"))
    while place + 8 <= end:
        length = int.from_bytes(content[place + 4 : place + 8], "little")
        yield content[place : place + 4], content[place + 8 : place + 8 + length]
        place += 8 + length + length % 2
