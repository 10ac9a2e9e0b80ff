"""The entries of a TIFF file: private ones are taken out in place, so that no pixel moves.

Directories and entries as in TIFF 6.0 and BigTIFF.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from ingather.media.exif_tags import EXIF_IFD, GPS_IFD, PRIVATE, Metadata

XMP, IPTC, PHOTOSHOP, CHILDREN = 700, 33723, 34377, 330
GONE = frozenset({*PRIVATE, XMP, IPTC, PHOTOSHOP})
SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_MOST_DIRECTORIES = 1000


@dataclass(frozen=True, slots=True)
class _Form:
    """How numbers stand in a file: byte order, and whether it is BigTIFF."""

    order: str
    big: bool

    @property
    def entry(self) -> struct.Struct:
        return struct.Struct(self.order + ("HHQ8s" if self.big else "HHI4s"))

    @property
    def count(self) -> struct.Struct:
        return struct.Struct(self.order + ("Q" if self.big else "H"))

    @property
    def offset(self) -> struct.Struct:
        return struct.Struct(self.order + ("Q" if self.big else "I"))


def read_tiff(content: bytes) -> Metadata:
    """What a TIFF says beside its pixels: the file is itself an EXIF block."""
    found: dict[int, bytes] = {}
    _walk(bytearray(content), found, wipe=False)
    return Metadata(content, found.get(XMP, b""), found.get(IPTC, b"") + found.get(PHOTOSHOP, b""))


def bare_tiff(content: bytes) -> bytes:
    """The same TIFF, of the same length, without its private entries; their values are zeros."""
    out = bytearray(content)
    _walk(out, {}, wipe=True)
    return bytes(out)


def _walk(out: bytearray, found: dict[int, bytes], *, wipe: bool) -> None:
    form = _form(out)
    if form is None:
        return
    waiting = [form.offset.unpack_from(out, 8 if form.big else 4)[0]]
    seen: set[int] = set()
    while waiting and len(seen) < _MOST_DIRECTORIES:
        place = waiting.pop()
        if place and place not in seen:
            seen.add(place)
            waiting += _directory(out, place, form, found, wipe)


def _form(out: bytearray) -> _Form | None:
    order = {b"II": "<", b"MM": ">"}.get(bytes(out[:2]))
    if order is None or len(out) < 16:
        return None
    magic = struct.unpack_from(order + "H", out, 2)[0]
    return _Form(order, magic == 43) if magic in (42, 43) else None


def _directory(out: bytearray, place: int, form: _Form, found: dict[int, bytes], wipe: bool) -> list[int]:
    """Reads one directory, takes its private entries out if asked, and returns where others begin."""
    entry, first = form.entry, place + form.count.size
    if first > len(out):
        return []
    number = form.count.unpack_from(out, place)[0]
    if number > 65535 or first + number * entry.size + form.offset.size > len(out):
        return []
    kept: list[bytes] = []
    others: list[int] = []
    for row in range(number):
        at = first + row * entry.size
        tag, kind, count, value = entry.unpack_from(out, at)
        start, length = _value(at, kind, count, value, form)
        inside = start + length <= len(out)
        if tag in GONE:
            found[tag] = bytes(out[start : start + length]) if inside else b""
            if wipe and tag == GPS_IFD:
                _wipe_directory(out, form.offset.unpack(value)[0], form)
            elif wipe and inside:
                out[start : start + length] = bytes(length)
            continue
        kept.append(bytes(out[at : at + entry.size]))
        if tag == EXIF_IFD:
            others.append(form.offset.unpack(value)[0])
        elif tag == CHILDREN and inside and count:
            width = SIZES.get(kind, 4)
            letter = form.order + ("Q" if width == 8 else "I")
            others += [
                struct.unpack_from(letter, out, start + i * width)[0]
                for i in range(min(count, 64))
                if width >= 4
            ]
    end = first + number * entry.size
    following = bytes(out[end : end + form.offset.size])
    others.append(form.offset.unpack(following)[0])
    if wipe and len(kept) < number:
        form.count.pack_into(out, place, len(kept))
        body = b"".join(kept) + following
        out[first : end + form.offset.size] = body + bytes(end + form.offset.size - first - len(body))
    return others


def _value(at: int, kind: int, count: int, value: bytes, form: _Form) -> tuple[int, int]:
    """Where the bytes of an entry's value begin, and how many they are."""
    length = SIZES.get(kind, 1) * count
    if length <= len(value):
        return at + form.entry.size - len(value), length
    return form.offset.unpack(value)[0], length


def _wipe_directory(out: bytearray, place: int, form: _Form) -> None:
    """Turns a whole directory, and the values it points to, into zeros."""
    entry, first = form.entry, place + form.count.size
    if first > len(out):
        return
    number = form.count.unpack_from(out, place)[0]
    end = first + number * entry.size + form.offset.size
    if number > 65535 or end > len(out):
        return
    for row in range(number):
        at = first + row * entry.size
        _, kind, count, value = entry.unpack_from(out, at)
        start, length = _value(at, kind, count, value, form)
        if start + length <= len(out):
            out[start : start + length] = bytes(length)
    out[place:end] = bytes(end - place)
