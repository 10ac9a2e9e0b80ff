"""Members of tar files read and written as bytes, in order, without unpacking; damage costs only what it hit.

The forms are ustar (POSIX.1-1988), pax (POSIX.1-2001: a header before holds names and sizes) and GNU's.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

BLOCK = 512
LARGEST = 2 << 30
_EMPTY = bytes(BLOCK)
_LONGEST_NAME = 1 << 16
_PAX = re.compile(rb"(\d+) ([^=]+)=")
_HEAD = b"0000644\x000000000\x000000000\x00%011o\x0000000000000\x00        0"
_BEHIND = (bytes(100) + b"ustar\x0000").ljust(BLOCK - 157, b"\0")
_USTAR_SUM = sum(_BEHIND)
_ADLER = 65521


class Member(NamedTuple):
    """One file of a tar: its name and bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in a tar that cannot be read.

    Attributes:
        place: the byte where it begins.
        name: of the member, empty where it is not known.
        reason: what is wrong, in words.
    """

    place: int
    name: str
    reason: str


def read_members(stream: BinaryIO) -> Iterator[Member | Flaw]:
    """Every file of a tar in order.

    A header that is none is a flaw, and reading goes on at the next block that is one. Links and devices are
    flaws, folders are passed over. Files above 2 GB are flaws: they are not held in memory.
    """
    place, empty = 0, 0
    long_name: str | None = None
    long_size: int | None = None
    lost_at: int | None = None
    while head := stream.read(BLOCK):
        at, place = place, place + len(head)
        if len(head) < BLOCK:
            yield Flaw(at, "", "the tar ends within a header")
            return
        if head == _EMPTY:
            empty += 1
            continue
        size = _size_of(head)
        if size is None:
            if lost_at is None:
                yield Flaw(at, "", "there is no header of a member: searched on for the next one")
            lost_at = at
            continue
        lost_at = None
        kind = head[156:157]
        name = long_name if long_name is not None else _name_of(head)
        size = long_size if long_size is not None and kind in b"0\0" else size
        if size > LARGEST:
            yield Flaw(at, name, f"is said to be {size:,} bytes large: it is not read")
            place += _skip(stream, size)
            long_name = long_size = None
            continue
        content = stream.read(size)
        place += len(content)
        if len(content) < size:
            yield Flaw(at, name, f"is cut: {len(content):,} of {size:,} bytes are there")
            return
        if size % BLOCK:
            place += len(stream.read(BLOCK - size % BLOCK))
        if kind in (b"L", b"x", b"g", b"K"):
            if kind == b"L" and size <= _LONGEST_NAME:
                long_name = content.rstrip(b"\0").decode("utf-8", "replace")
            elif kind == b"x":
                told = _pax(content)
                if "path" in told:
                    long_name = told["path"][:_LONGEST_NAME]
                if told.get("size", "").isdecimal():
                    long_size = int(told["size"])
            continue
        long_name = long_size = None
        if kind in b"0\x007":
            if not name.endswith("/"):
                yield Member(name, content)
        elif kind != b"5":
            yield Flaw(at, name, "is a link or a device, which is not followed")
    if not empty and place:
        yield Flaw(place, "", "the tar has no end: it may have been cut between two members")


def member_bytes(name: str, content: bytes) -> bytes:
    """As ``member_blocks``, in one piece."""
    return b"".join(member_blocks(name, content))


def member_blocks(name: str, content: bytes) -> tuple[bytes, bytes, bytes]:
    """One file as it stands in a tar: its header, its bytes, and zeros up to the next block.

    Raises:
        ValueError: the name is longer than 64 kB.
    """
    told = name.encode("utf-8", "replace").replace(b"\0", b"")
    if len(told) > _LONGEST_NAME:
        raise ValueError("the name is too long")
    before = b""
    if len(told) > 100 or not told.isascii():
        record = _pax_record(b"path", told)
        before = _header(b"PaxHeader", len(record), b"x") + record + bytes(-len(record) % BLOCK)
    return before + _header(told[:100], len(content), b"0"), content, bytes(-len(content) % BLOCK)


def end_bytes() -> bytes:
    """What stands at the end of a tar."""
    return _EMPTY * 2


def _header(name: bytes, size: int, kind: bytes) -> bytes:
    start = name.ljust(100, b"\0") + (_HEAD % size)[:-1] + kind
    # adler32 holds the sum of these bytes plus one; of what stands behind, only "ustar" and the version count
    total = (zlib.adler32(start) & 0xFFFF) - 1 + _USTAR_SUM
    return b"%b%06o\0 %b%b" % (start[:148], total, start[156:157], _BEHIND)


def _pax_record(name: bytes, value: bytes) -> bytes:
    """``LENGTH NAME=VALUE``, where the length counts its own digits."""
    rest = len(name) + len(value) + 3
    length = rest + len(str(rest))
    length = rest + len(str(length))
    return b"%d %s=%s\n" % (length, name, value)


def _pax(content: bytes) -> dict[str, str]:
    told: dict[str, str] = {}
    place = 0
    while found := _PAX.match(content, place):
        length = int(found[1][:12])
        if length < found.end() - place or place + length > len(content):
            break
        value = content[found.end() : place + length].rstrip(b"\n\0")
        told[found[2].decode("utf-8", "replace")] = value.decode("utf-8", "replace")
        place += length
    return told


def _size_of(head: bytes) -> int | None:
    """The size that a header tells, None where it is no header or its sum is wrong."""
    try:
        said = int(head[148:156].strip(b" \0") or b"-", 8)
    except ValueError:
        return None
    # adler32 holds the sum of the bytes, plus one, below 65,521, where sums of headers nearly always are
    told = said + sum(head[148:156]) - 256
    if told < _ADLER - 1:
        if zlib.adler32(head) & 0xFFFF != told + 1:
            return None
    elif told != sum(head):
        return None
    field = head[124:136]
    if field[0] & 0x80:  # GNU's form for what is above 8 GB
        size = int.from_bytes(field, "big", signed=False) & ~(0x80 << 88)
        return size if size < 1 << 62 else None
    try:
        return int(field.strip(b" \0") or b"0", 8)
    except ValueError:
        return None


def _name_of(head: bytes) -> str:
    name = head[:100].split(b"\0", 1)[0]
    if head[257:262] == b"ustar" and head[345] and head[257:265] != b"ustar  \0":
        name = head[345:500].split(b"\0", 1)[0] + b"/" + name
    return name.decode("utf-8", "replace")


def _skip(stream: BinaryIO, size: int) -> int:
    """Passes over a member's bytes, by blocks: the stream may be one that cannot seek."""
    left = size + -size % BLOCK
    passed = 0
    while left > 0 and (block := stream.read(min(left, 1 << 20))):
        left -= len(block)
        passed += len(block)
    return passed
