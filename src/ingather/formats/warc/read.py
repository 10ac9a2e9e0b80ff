"""Reads web archives record by record: WARC after ISO 28500, and ARC, which came before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ingather.formats.warc.record import WarcRecord
from ingather.formats.warc.stored_bytes import StoredBytes
from ingather.sample import Loss

MOST_BLOCK = 256_000_000
"""Bytes of a record above which it is passed over and told."""
_MOST_LINE = 65_536
_MOST_LINES = 1_000
_VERSION = re.compile(rb"WARC/\d\.\d\s*$")


def read_records(path: Path, most: int = MOST_BLOCK) -> Iterator[WarcRecord | Loss]:
    """Every record of an archive, compressed by gzip, zstd or not at all, in the order of the file.

    What is damaged is told with its place, and reading goes on with the next record that can be found.

    Args:
        path: the file.
        most: bytes of a block above which a record is passed over.
    """
    with StoredBytes(path) as stored:
        first = stored.line(_MOST_LINE)
        while first is not None and not first.strip():
            first = stored.line(_MOST_LINE)
        if first is None:
            yield Loss(path.name, stored.fault or "the file is empty")
        elif first.startswith(b"filedesc:"):
            yield from _arc(path.name, stored, first, most)
        elif _VERSION.match(first):
            yield from _warc(path.name, stored, first, most)
        else:
            yield Loss(
                path.name, f"is no web archive: it begins with {first[:40]!r}, not with WARC/1.1 or filedesc:"
            )


def record_at(path: Path, place: int, most: int = MOST_BLOCK) -> WarcRecord | None:
    """The record whose member begins at a stored byte; None where none does, or none that can be read."""
    with StoredBytes(path, place) as stored:
        first = stored.line(_MOST_LINE)
        if first is None or not _VERSION.match(first):
            return None
        found = next(_warc(path.name, stored, first, most), None)
        return found if isinstance(found, WarcRecord) and not found.cut else None


def _warc(name: str, stored: StoredBytes, line: bytes | None, most: int) -> Iterator[WarcRecord | Loss]:
    begins = stored.position - len(line or b"")
    if stored.compression != "none" and stored.stored_at(begins) is None:
        begins = 0
    whole = False
    while line is not None:
        place = f"{name}, byte {begins:,}"
        if not line.strip():
            begins, line = stored.position, stored.line(_MOST_LINE)
            continue
        if not _VERSION.match(line):
            yield Loss(place, f"here a record should begin, but it says {line[:40]!r}")
            if not stored.skip_to(b"WARC/1."):
                break
            begins, line = stored.position, stored.line(_MOST_LINE)
            continue
        if not whole and stored.stored_at(begins) is None:
            whole = True
            yield Loss(name, "is compressed as a whole, not record by record: none can be read alone", 0)
        headers = _headers(stored)
        length = headers.get("content-length", "")
        if not length.isascii() or not length.isdigit():
            yield Loss(place, f"Content-Length is {length[:40]!r}, not a number of bytes")
            line = b"?" if stored.skip_to(b"WARC/1.") else None
            begins, line = stored.position, stored.line(_MOST_LINE) if line else None
            continue
        yield from _block(
            place, stored, line.strip().decode("ascii", "replace"), headers, begins, int(length), most
        )
        stored.forget_before(stored.position)
        begins, line = stored.position, stored.line(_MOST_LINE)
    if stored.fault:
        yield Loss(f"{name}, byte {stored.position:,}", stored.fault)


def _block(
    place: str,
    stored: StoredBytes,
    version: str,
    headers: dict[str, str],
    begins: int,
    length: int,
    most: int,
) -> Iterator[WarcRecord | Loss]:
    if length > most:
        yield Loss(place, f"a record of {length:,} bytes; at most {most:,} are read")
        stored.skip(length)
        return
    block = stored.read(length)
    cut = len(block) < length
    if cut:
        yield Loss(place, f"the file ends after {len(block):,} of the record's {length:,} bytes", 0)
    stored.pass_line_ends()
    offset = stored.stored_at(begins)
    following = stored.stored_at(stored.position)
    size = following - offset if offset is not None and following is not None else None
    yield WarcRecord(version, headers, block, offset, size, cut)


def _headers(stored: StoredBytes) -> dict[str, str]:
    """Names in lower case; the first of two with one name stands; folded lines are joined."""
    headers: dict[str, str] = {}
    last = ""
    for _ in range(_MOST_LINES):
        line = stored.line(_MOST_LINE)
        if line is None or not line.strip():
            break
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text[0] in " \t" and last:
            headers[last] = f"{headers[last]} {text.strip()}"
            continue
        name, colon, value = text.partition(":")
        last = name.strip().lower()
        if colon and last not in headers:
            headers[last] = value.strip()
        elif not colon:
            last = ""
    return headers


def _arc(name: str, stored: StoredBytes, line: bytes | None, most: int) -> Iterator[WarcRecord | Loss]:
    """ARC 1.0: a line of five fields, then as many bytes as the last says; addresses may hold spaces."""
    begins = stored.position - len(line or b"")
    while line is not None:
        place = f"{name}, byte {begins:,}"
        if not line.strip():
            begins, line = stored.position, stored.line(_MOST_LINE)
            continue
        fields = line.decode("utf-8", "replace").strip().rsplit(" ", 4)
        if len(fields) < 5 or not (fields[4].isascii() and fields[4].isdigit()):
            described = fields[0].startswith("filedesc:") and len(fields) == 5
            yield Loss(
                place, f"a record's first line ends with {fields[-1][:40]!r}, not with its number of bytes"
            )
            if described:
                _headers(stored)
            begins, line = stored.position, stored.line(_MOST_LINE)
            continue
        uri, address, stamp, media_type, length = fields
        kind = "warcinfo" if uri.startswith("filedesc:") else "response"
        headers = {
            "warc-type": kind,
            "warc-target-uri": uri,
            "warc-ip-address": address,
            "content-type": media_type,
        }
        if at := _arc_time(stamp):
            headers["warc-date"] = at
        yield from _block(place, stored, "ARC", headers, begins, int(length), most)
        stored.forget_before(stored.position)
        begins, line = stored.position, stored.line(_MOST_LINE)
    if stored.fault:
        yield Loss(f"{name}, byte {stored.position:,}", stored.fault)


def _arc_time(stamp: str) -> str | None:
    try:
        return datetime.strptime(stamp[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC).isoformat()
    except ValueError:
        return None
