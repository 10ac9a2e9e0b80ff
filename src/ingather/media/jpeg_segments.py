"""The segments of a JPEG file: what is said beside the pixels, and the file without it.

Markers as in ITU-T T.81, annex B.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingather.media.exif_tags import Metadata

SOI, EOI, SOS, COM, APP0, APP1, APP2, APP13, APP14, APP15 = (
    0xD8, 0xD9, 0xDA, 0xFE, 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xEF,
)  # fmt: skip
EXIF_START = b"Exif\0\0"
XMP_STARTS = (b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0")


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment.

    Attributes:
        marker: the marker's second byte.
        payload: what follows the length; for the start of a scan, its header.
        scan: the entropy-coded bytes that follow the start of a scan.
    """

    marker: int
    payload: bytes
    scan: bytes = b""


def read_jpeg(content: bytes) -> Metadata:
    """What a JPEG says beside its pixels."""
    exif, xmp, iptc, words, hidden = b"", b"", b"", b"", []
    for segment in _segments(content):
        payload = segment.payload
        if segment.marker == APP1 and payload.startswith(EXIF_START):
            exif = exif or payload.removeprefix(EXIF_START)
        elif segment.marker == APP1 and payload.startswith(XMP_STARTS):
            xmp += payload
        elif segment.marker == APP13:
            iptc += payload
        elif segment.marker == COM:
            words += payload
        elif segment.marker == EOI and payload.strip(b"\0"):
            hidden.append(f"{len(payload)} bytes after the picture's end")
        elif APP0 <= segment.marker <= APP15 and not _harmless(segment):
            hidden.append(f"APP{segment.marker - APP0} segment")
    return Metadata(exif, xmp, iptc, words, tuple(hidden))


def bare_jpeg(content: bytes, exif: bytes) -> bytes:
    """The same JPEG, pixels untouched, with no other metadata than its colour profile and this EXIF.

    Args:
        content: the file.
        exif: the EXIF block to put in, as TIFF; empty for none.
    """
    out = [b"\xff\xd8"]
    segments = list(_segments(content))
    if segments and segments[0].marker == APP0 and _harmless(segments[0]):
        out.append(_written(segments.pop(0)))
    if exif:
        out.append(_written(Segment(APP1, EXIF_START + exif)))
    for segment in segments:
        if segment.marker == EOI:
            out.append(b"\xff\xd9")
        elif segment.marker != COM and (not APP0 <= segment.marker <= APP15 or _harmless(segment)):
            out.append(_written(segment))
    return b"".join(out)


def _harmless(segment: Segment) -> bool:
    """Whether an application segment is needed to show the picture and tells of nobody."""
    return (
        (segment.marker == APP0 and segment.payload.startswith(b"JFIF\0"))
        or (segment.marker == APP2 and segment.payload.startswith(b"ICC_PROFILE\0"))
        or (segment.marker == APP14 and segment.payload.startswith(b"Adobe"))
    )


def _written(segment: Segment) -> bytes:
    length = (len(segment.payload) + 2).to_bytes(2, "big")
    return bytes((0xFF, segment.marker)) + length + segment.payload + segment.scan


def _segments(content: bytes) -> Iterator[Segment]:
    """Every segment after the start of image; the last, EOI, has what lies behind it as payload.

    Bytes between segments that belong to none are skipped, as decoders do; a file that is cut short ends
    where it ends.
    """
    place = 2
    while (place := content.find(b"\xff", place)) >= 0 and place + 1 < len(content):
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker == EOI:
            yield Segment(EOI, content[place + 2 :])
            return
        elif marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD8:
            place += 2
        else:
            length = int.from_bytes(content[place + 2 : place + 4], "big")
            if length < 2:
                return
            payload = content[place + 4 : place + 2 + length]
            place += 2 + length
            end = _scan_end(content, place) if marker == SOS else place
            yield Segment(marker, payload, content[place:end])
            place = end


def _scan_end(content: bytes, place: int) -> int:
    """Where entropy-coded bytes end: at the first marker that is neither stuffing nor a restart."""
    while (place := content.find(b"\xff", place)) >= 0 and place + 1 < len(content):
        if content[place + 1] not in (0x00, 0xFF) and not 0xD0 <= content[place + 1] <= 0xD7:
            return place
        place += 1 if content[place + 1] == 0xFF else 2
    return len(content)
