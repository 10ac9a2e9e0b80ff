"""EXIF tags: which of them tell of a person, a place or one certain device, and which may stay.

Numbers and names are those of the Exif standard (CIPA DC-008) and, for DNG, of Adobe's specification.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

EXIF_IFD, GPS_IFD = 0x8769, 0x8825
ORIENTATION = 0x0112
PRIVATE: dict[int, tuple[str, str]] = {
    0x010D: ("words", "DocumentName"),
    0x010E: ("words", "ImageDescription"),
    0x013B: ("person", "Artist"),
    0x013C: ("device", "HostComputer"),
    0x8298: ("person", "Copyright"),
    0x8825: ("place", "GPS"),
    0x927C: ("device", "MakerNote"),
    0x9286: ("words", "UserComment"),
    0x9C9B: ("words", "XPTitle"),
    0x9C9C: ("words", "XPComment"),
    0x9C9D: ("person", "XPAuthor"),
    0x9C9E: ("words", "XPKeywords"),
    0x9C9F: ("words", "XPSubject"),
    0xA420: ("device", "ImageUniqueID"),
    0xA430: ("person", "CameraOwnerName"),
    0xA431: ("device", "BodySerialNumber"),
    0xA435: ("device", "LensSerialNumber"),
    0xA436: ("words", "ImageTitle"),
    0xA437: ("person", "Photographer"),
    0xA438: ("person", "ImageEditor"),
    0xC62F: ("device", "CameraSerialNumber"),
    0xC68B: ("words", "OriginalRawFileName"),
    0xC65D: ("device", "RawDataUniqueID"),
}
"""Tags of IFD 0 and of the Exif IFD by number: what they tell of, and their name."""
PLACES = {
    0x0002: "GPSLatitude",
    0x0004: "GPSLongitude",
    0x0006: "GPSAltitude",
    0x0014: "GPSDestLatitude",
    0x001B: "GPSProcessingMethod",
    0x001C: "GPSAreaInformation",
}
"""Tags of the GPS IFD that tell of a place; a GPS IFD with a version or a time alone does not."""
KEPT_IN_MAIN = frozenset({ORIENTATION, 0x010F, 0x0110, 0x011A, 0x011B, 0x0128, 0x0213})
KEPT_IN_EXIF = frozenset(
    {0x829A, 0x829D, 0x8822, 0x8827, 0x9000, 0xA000, 0xA001, 0xA002, 0xA003, 0xA20E, 0xA20F, 0xA210, 0xA217,
     *range(0x9201, 0x920B), *range(0xA401, 0xA40D), 0xA432, 0xA433, 0xA434}
)  # fmt: skip
"""Orientation, resolution, kind of camera and lens, and how the exposure was made: what a model may need."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What stands in a picture file beside its pixels.

    Attributes:
        exif: the EXIF block as TIFF, from its byte order mark on; empty where there is none.
        xmp: the XMP packets, one after the other.
        iptc: the IPTC records.
        words: comments and other text.
        hidden: further things that may tell of somebody: trailing data, further pictures.
    """

    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""
    words: bytes = b""
    hidden: tuple[str, ...] = field(default=())


@contextmanager
def quietly() -> Iterator[None]:
    """Within it Pillow does not warn: what is broken in a file is told by its fault, not on the screen."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def read_exif(tiff: bytes) -> Image.Exif | None:
    """Pillow's reading of an EXIF block, None where it cannot be read."""
    from PIL import Image

    exif = Image.Exif()
    try:
        with quietly():
            exif.load(b"Exif\0\0" + tiff)
            dict(exif)
    except Exception:  # broken EXIF raises nearly anything
        return None
    return exif


def private_in_exif(tiff: bytes) -> list[tuple[str, str]]:
    """What private tags an EXIF block holds: pairs of what they tell of (place, person, ...) and name."""
    exif = read_exif(tiff)
    if exif is None:
        return [("unknown", "EXIF that cannot be read")] if tiff else []
    places = _inner(exif, GPS_IFD)
    found = [("place", PLACES[tag]) for tag in sorted(places) if tag in PLACES and _says(places[tag])]
    for entries in (dict(exif), _inner(exif, EXIF_IFD)):
        for tag, value in sorted(entries.items()):
            if tag in PRIVATE and tag != GPS_IFD and _says(value):
                found.append(PRIVATE[tag])
    return found


def kept_exif(tiff: bytes, *, orientation: bool = True) -> bytes:
    """A new EXIF block, as TIFF, with only the tags that may stay; empty where none is left.

    Args:
        tiff: the old block.
        orientation: whether the orientation is one of them.
    """
    from PIL import Image

    exif = read_exif(tiff)
    if exif is None:
        return b""
    kept = Image.Exif()
    kept.endian = "<"
    for tag in sorted(KEPT_IN_MAIN & set(exif)):
        if orientation or tag != ORIENTATION:
            kept[tag] = exif[tag]
    inner = {tag: value for tag, value in _inner(exif, EXIF_IFD).items() if tag in KEPT_IN_EXIF}
    if inner:
        kept.get_ifd(EXIF_IFD).update(inner)
    try:
        return bytes(kept.tobytes()).removeprefix(b"Exif\0\0") if kept or inner else b""
    except Exception:  # values of a broken block may not be writable: then only what turns it upright stays
        return orientation_only(exif.get(ORIENTATION)) if orientation else b""


def orientation_only(value: object) -> bytes:
    """The smallest EXIF block, as TIFF, that says how a picture is turned; empty where it is upright."""
    if not isinstance(value, int) or not 2 <= value <= 8:
        return b""
    entry = ORIENTATION.to_bytes(2, "little") + b"\x03\0" + (1).to_bytes(4, "little")
    return b"II*\0\x08\0\0\0" + b"\x01\0" + entry + value.to_bytes(4, "little") + b"\0\0\0\0"


def _inner(exif: Image.Exif, ifd: int) -> dict[int, object]:
    try:
        with quietly():
            return dict(exif.get_ifd(ifd))
    except Exception:  # broken EXIF raises nearly anything
        return {}


def _says(value: object) -> bool:
    """Whether a value says anything: cameras write blanks and zeros where nobody typed a name."""
    if isinstance(value, bytes):
        # a user comment begins with eight bytes that name its encoding
        return bool(value.removeprefix(b"ASCII\0\0\0").strip(b"\0 \t\r\n"))
    if isinstance(value, str):
        return bool(value.strip("\0 \t\r\n"))
    return value is not None
