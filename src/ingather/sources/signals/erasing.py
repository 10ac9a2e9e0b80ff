"""What is withdrawn goes from web archives and crawl journals too, and is found among the samples."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import zlib
from collections.abc import Collection, Iterable
from pathlib import Path

import orjson

from ingather.formats.warc.read import read_records
from ingather.formats.warc.record import WarcRecord
from ingather.sources.signals.blocklist import BlockList
from ingather.store.workspace import Workspace

_TOMBSTONE = (
    b"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>\r\n"
    b"WARC-Date: 1970-01-01T00:00:00Z\r\nContent-Type: application/warc-fields\r\nContent-Length: 18\r\n\r\n"
    b"erased: withdrawn\n\r\n\r\n"
)
_COMMENT = 0x10


def samples_of(workspace: Workspace, blocked: Iterable[tuple[str, str]]) -> list[str]:
    """Ids of samples whose address, domain or content is blocked."""
    known = BlockList()
    for what, name in blocked:
        known.add(what, name)
    found: list[str] = []
    if not workspace.samples.exists:
        return found
    if known.urls or known.domains:
        for batch in workspace.samples.scan(["id", "origin"]):
            for name, told in zip(
                batch.column("id").to_pylist(), batch.column("origin").to_pylist(), strict=True
            ):
                uri = orjson.loads(told or "{}").get("uri") or ""
                if uri and known.forbids_url(uri):
                    found.append(name)
    if known.hashes:
        for batch in workspace.samples.scan(["id", "blob", "text"]):
            rows = zip(*(batch.column(name).to_pylist() for name in ("id", "blob", "text")), strict=True)
            found += [
                name for name, blob, text in rows if blob in known.hashes or known.forbids_content(text)
            ]
    return found


def erase_from_archives(folder: Path, blocked: Iterable[tuple[str, str]], addresses: Collection[str]) -> int:
    """Erases records of addresses from every web archive below a folder, and rows from crawl journals.

    A record is overwritten in its place by one of the same length that says so, so that the places of all
    others still hold.

    Args:
        folder: the workspace's own folder.
        blocked: entries of the block list.
        addresses: addresses whose records go as well.

    Returns:
        How many records were overwritten.
    """
    known = BlockList()
    for what, name in blocked:
        known.add(what, name)
    gone = set(addresses)
    if not (known or gone):
        return 0

    def hit(url: str) -> bool:
        return url in gone or known.forbids_url(url)

    count = 0
    for archive in sorted([*folder.rglob("*.warc.gz"), *folder.rglob("*.warc")]):
        if folder / "cache" not in archive.parents:  # the cache goes as a whole
            count += _erase_records(archive, hit, known)
    for journal in sorted(folder.rglob("*.sqlite")) + sorted(folder.rglob("*.db")):
        _erase_rows(journal, hit)
    for index in folder.rglob("*.cdxj"):
        index.unlink()
    return count


def _erase_records(archive: Path, hit: object, known: BlockList) -> int:
    assert callable(hit)
    places = [
        (record.offset, record.length)
        for record in read_records(archive)
        if isinstance(record, WarcRecord)
        and record.offset is not None
        and record.length
        and _goes(record, hit, known)
    ]
    if not places:
        return 0
    with open(archive, "r+b") as file:
        for offset, length in places:
            file.seek(offset)
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(offset)
            file.write(_member(length) if packed else _plain(length))
        file.flush()
        os.fsync(file.fileno())
    return len(places)


def _goes(record: WarcRecord, hit: object, known: BlockList) -> bool:
    assert callable(hit)
    headers = {name.lower(): value for name, value in record.headers.items()}
    url = headers.get("warc-target-uri", "").strip("<>")
    if url and hit(url):
        return True
    refers = headers.get("warc-refers-to-target-uri", "").strip("<>")
    if refers and hit(refers):
        return True
    if not known.hashes or headers.get("warc-type") != "response":
        return False
    from ingather.formats.warc.http_message import parse_response

    return known.forbids_content(parse_response(record.block).body)


def _member(length: int) -> bytes:
    """A gzip member of exactly so many bytes: a record that says it was erased, filled up by a comment."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(_TOMBSTONE) + packer.flush()
    tail = zlib.crc32(_TOMBSTONE).to_bytes(4, "little") + len(_TOMBSTONE).to_bytes(4, "little")
    filling = length - 10 - 1 - len(body) - len(tail)
    if filling < 0:
        return _empty_members(length)
    head = b"\x1f\x8b\x08" + bytes([_COMMENT]) + b"\0\0\0\0\x02\xff"
    return head + b" " * filling + b"\0" + body + tail


def _empty_members(length: int) -> bytes:
    """A member with nothing in it, for records too short to say that they were erased."""
    head = b"\x1f\x8b\x08" + bytes([_COMMENT]) + b"\0\0\0\0\x02\xff"
    return head + b" " * (length - 21) + b"\0" + b"\x03\0" + b"\0" * 8


def _plain(length: int) -> bytes:
    """An erased record of exactly so many bytes in an archive that is not packed."""
    head, _, _ = _TOMBSTONE.partition(b"Content-Length")
    for digits in range(1, 12):
        size = length - len(head) - len(b"Content-Length: \r\n\r\n\r\n\r\n") - digits
        if size >= 0 and len(str(size)) == digits:
            return head + b"Content-Length: %d\r\n\r\n" % size + b" " * size + b"\r\n\r\n"
    return b"\n" * length


def _erase_rows(journal: Path, hit: object) -> None:
    """Rows of withdrawn addresses stay as numbers, so that nothing asks for them again; their words go."""
    assert callable(hit)
    with contextlib.closing(sqlite3.connect(journal, isolation_level=None)) as file:
        tables = {row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "pages" not in tables:
            return
        file.execute("PRAGMA secure_delete=ON")
        numbers = [row[0] for row in file.execute("SELECT id, url FROM pages") if hit(row[1])]
        file.executemany(
            "UPDATE pages SET url = '', state = 3, reason = 'withdrawn', archive = NULL, place = NULL,"
            " length = NULL, digest = NULL, etag = NULL, modified = NULL WHERE id = ?",
            [(number,) for number in numbers],
        )
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
