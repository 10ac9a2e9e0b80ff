"""What a picture file says of people, places and devices, and the file without it, its pixels untouched."""

from __future__ import annotations

import re

from ingather.media.exif_tags import Metadata, kept_exif, private_in_exif
from ingather.media.heif_items import bare_heif, read_heif
from ingather.media.jpeg_segments import bare_jpeg, read_jpeg
from ingather.media.picture_types import sniff_media_type
from ingather.media.png_chunks import bare_png, read_png
from ingather.media.tiff_entries import bare_tiff, read_tiff
from ingather.media.webp_chunks import bare_webp, read_webp

KINDS = ("place", "person", "device", "words", "hidden", "unknown")
"""What private metadata tells of; hidden is what lies in places no viewer shows, unknown what is broken."""
_XMP = {
    "place": re.compile(
        rb"GPSLatitude|GPSLongitude|photoshop:City|Iptc4xmpCore:Location|LocationShown", re.I
    ),
    "person": re.compile(
        rb"dc:creator|tiff:Artist|aux:OwnerName|photoshop:Credit|PersonInImage|mwg-rs:", re.I
    ),
    "device": re.compile(rb"SerialNumber", re.I),
}
_IPTC = {
    "place": (b"\x1c\x02\x5a", b"\x1c\x02\x5c", b"\x1c\x02\x5f", b"\x1c\x02\x65"),
    "person": (b"\x1c\x02\x50", b"\x1c\x02\x74", b"\x1c\x02\x76", b"\x1c\x02\x7a"),
    "words": (b"\x1c\x02\x05", b"\x1c\x02\x19", b"\x1c\x02\x78"),
}


def private_tags(content: bytes) -> tuple[tuple[str, str], ...]:
    """What private metadata a picture file holds: pairs of what it tells of and its name.

    The first of a pair is one of ``KINDS``: ``("place", "GPSLatitude")``, ``("device", "MakerNote")``,
    ``("person", "XMP")``. Empty where there is none, and for formats that carry none (BMP, GIF).
    Looks for EXIF, XMP, IPTC (IIM 4.2), comments, and data behind the picture's end.
    """
    told = _metadata(content)
    found = private_in_exif(told.exif)
    found += [(kind, "XMP") for kind, pattern in _XMP.items() if pattern.search(told.xmp)]
    if told.xmp.strip() and not any(name == "XMP" for _, name in found):
        found.append(("words", "XMP"))
    for kind, marks in _IPTC.items():
        if any(mark in told.iptc for mark in marks):
            found.append((kind, "IPTC"))
    if told.words.strip(b"\0 "):
        found.append(("words", "comment"))
    found += [("hidden", name) for name in told.hidden]
    return tuple(dict.fromkeys(found))


def strip(content: bytes) -> bytes:
    """The same picture without private metadata; its pixels are not encoded anew.

    What turns it upright stays, as do its colour profile, its resolution, the kind of camera and lens, and
    how the exposure was made. JPEG, PNG and WebP are written without the rest; in TIFF, HEIC and AVIF it
    is overwritten in place. Other formats, and bytes that are no picture, come back as they are.
    """
    kind = sniff_media_type(content)
    if kind == "image/tiff":
        return bare_tiff(content)
    bare = _BARE.get(kind or "")
    if bare is None:
        return content
    # HEIC and AVIF turn by a property of their own: an orientation beside it would turn them twice
    exif = kept_exif(_metadata(content).exif, orientation=bare is not bare_heif)
    return bare(content, exif)


_BARE = {
    "image/jpeg": bare_jpeg,
    "image/png": bare_png,
    "image/webp": bare_webp,
    "image/avif": bare_heif,
    "image/heic": bare_heif,
}
_READ = {
    "image/jpeg": read_jpeg,
    "image/png": read_png,
    "image/webp": read_webp,
    "image/tiff": read_tiff,
    "image/avif": read_heif,
    "image/heic": read_heif,
}


def _metadata(content: bytes) -> Metadata:
    read = _READ.get(sniff_media_type(content) or "")
    try:
        return read(content) if read else Metadata()
    except (IndexError, ValueError, OverflowError):
        return Metadata(hidden=("metadata that cannot be read",))
