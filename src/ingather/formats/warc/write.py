"""Writes WARC 1.1 (ISO 28500:2017): a gzip member for each record, answers kept as they were received."""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

try:
    from isal import isal_zlib as _zlib

    _LEVEL = 2
except ImportError:
    _zlib: Any = zlib  # type: ignore[no-redef]
    _LEVEL = 3

_END = b"\r\n\r\n"
_GZIP = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_MOST_STORED = 65_535
_STORED = struct.Struct("<BHH")
_TAIL = struct.Struct("<II")
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAIRS = [first + second for first in _BASE32 for second in _BASE32]
_SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """Where a record was written.

    Attributes:
        id: the record's id, ``urn:uuid:...``.
        offset: stored byte where its member begins.
        length: stored bytes of the member.
        payload: digest of its payload, ``sha1:`` and base 32; "" where it has none.
    """

    id: str
    offset: int
    length: int
    payload: str = ""


class WarcWriter:
    """Appends records to one archive.

    Records lie in a buffer until ``sync``; what lies behind the last synced place after a crash was never
    counted, and is cut off when the archive is opened again at that place.
    """

    def __init__(self, path: Path, at: int | None = None) -> None:
        """Opens an archive to append to it.

        Args:
            path: the file, made where it is not there.
            at: the place that was synced last; what follows it is cut off.
        """
        self.path = path
        self._file = path.open("ab", buffering=1 << 20)
        if at is not None:
            self._file.truncate(at)
        self.size = self._file.seek(0, os.SEEK_END)

    def __enter__(self) -> WarcWriter:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def info(self, at: datetime, fields: Mapping[str, str]) -> StoredRecord:
        """The record that an archive begins with: who made it, with what."""
        more = (("WARC-Filename", self.path.name), ("Content-Type", "application/warc-fields"))
        return self._write("warcinfo", at, _lines(fields), more)

    def request(self, uri: str, at: datetime, message: bytes, response: str) -> StoredRecord:
        """What was asked, as it was sent; ``response`` is the id of the record of the answer."""
        more = (
            ("WARC-Target-URI", uri),
            ("WARC-Concurrent-To", f"<{response}>"),
            ("Content-Type", "application/http; msgtype=request"),
        )
        return self._write("request", at, message, more)

    def response(
        self,
        uri: str,
        at: datetime,
        head: bytes,
        body: bytes,
        *,
        payload: bytes | None = None,
        address: str = "",
        truncated: str = "",
    ) -> StoredRecord:
        """An answer as it was received.

        Args:
            uri: the address that was asked.
            at: when.
            head: status line and headers, with the empty line at their end.
            body: as received, in its codings.
            payload: the body without chunks, where it was sent in chunks.
            address: the server's IP address.
            truncated: why the body was cut: length, time, disconnect or unspecified.
        """
        digest = payload_digest(body if payload is None else payload)
        more = [
            ("WARC-Target-URI", uri),
            ("WARC-Payload-Digest", digest),
            ("Content-Type", "application/http; msgtype=response"),
        ]
        if address:
            more.append(("WARC-IP-Address", address))
        if truncated:
            more.append(("WARC-Truncated", truncated))
        stored = b"\ncontent-encoding:" in head.lower()
        return self._write(
            "response", at, head + body, more, digest, packed_from=len(head) if stored else None
        )

    def revisit(
        self,
        uri: str,
        at: datetime,
        head: bytes,
        payload: str,
        first: tuple[str, str],
        *,
        modified: bool = True,
    ) -> StoredRecord:
        """An answer whose body is that of an earlier one.

        Args:
            uri: the address that was asked.
            at: when.
            head: status line and headers of the new answer.
            payload: the digest that both have.
            first: address and time (as WARC-Date) of the answer that holds the body.
            modified: False where the server said 304, Not Modified.
        """
        more = (
            ("WARC-Target-URI", uri),
            ("WARC-Profile", _SAME_PAYLOAD if modified else _NOT_MODIFIED),
            ("WARC-Payload-Digest", payload),
            ("WARC-Refers-To-Target-URI", first[0]),
            ("WARC-Refers-To-Date", first[1]),
            ("Content-Type", "application/http; msgtype=response"),
        )
        return self._write("revisit", at, head, more, payload)

    def metadata(self, uri: str, at: datetime, fields: Mapping[str, str], response: str) -> StoredRecord:
        """What is known of an answer beside it: what allowed the visit, how it was found."""
        more = (
            ("WARC-Target-URI", uri),
            ("WARC-Concurrent-To", f"<{response}>"),
            ("Content-Type", "application/warc-fields"),
        )
        return self._write("metadata", at, _lines(fields), more)

    def sync(self) -> int:
        """Brings all that was written to the disk; returns the size of the archive."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self.size

    def close(self) -> None:
        """Syncs and closes; the second time nothing."""
        if not self._file.closed:
            self.sync()
            self._file.close()

    def _write(
        self,
        kind: str,
        at: datetime,
        block: bytes,
        more: Iterable[tuple[str, str]],
        payload: str = "",
        packed_from: int | None = None,
    ) -> StoredRecord:
        own = _new_id()
        lines = "".join([f"{name}: {_one_line(value)}\r\n" for name, value in more])
        head = (
            f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <{own}>\r\n"
            f"WARC-Date: {warc_date(at)}\r\n{lines}"
            f"WARC-Block-Digest: {_digest(hashlib.sha1(block, usedforsecurity=False))}\r\n"
            f"Content-Length: {len(block)}\r\n\r\n"
        )
        start = len(block) if packed_from is None else packed_from
        member = _member(head.encode() + block[:start], block[start:])
        offset = self.size
        self._file.write(member)
        self.size += len(member)
        return StoredRecord(own, offset, len(member), payload)


def _new_id() -> str:
    """A random UUID (version 4), without the object that the library makes of one."""
    digits = os.urandom(16).hex()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"urn:uuid:{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def payload_digest(body: bytes) -> str:
    """The digest of a body, as records name it."""
    return _digest(hashlib.sha1(body, usedforsecurity=False))


def warc_date(at: datetime) -> str:
    """A time as WARC 1.1 writes it: UTC, to the microsecond."""
    there = at if at.tzinfo is UTC else at.astimezone(UTC)
    return there.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _member(text: bytes, packed: bytes) -> bytes:
    """A gzip member of a record and its end; what is packed already is stored as it is (RFC 1951, 3.2.4)."""
    if not packed:
        engine = _zlib.compressobj(_LEVEL, zlib.DEFLATED, 31)
        return bytes(engine.compress(text + _END) + engine.flush())
    engine = _zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    pieces = [_GZIP, engine.compress(text), engine.flush(zlib.Z_FULL_FLUSH)]
    packed += _END
    for start in range(0, len(packed), _MOST_STORED):
        piece = packed[start : start + _MOST_STORED]
        last = start + _MOST_STORED >= len(packed)
        pieces += (_STORED.pack(last, len(piece), 0xFFFF - len(piece)), piece)
    total = len(text) + len(packed)
    pieces.append(_TAIL.pack(_zlib.crc32(packed, _zlib.crc32(text)), total & 0xFFFFFFFF))
    return b"".join(pieces)


def _digest(hashed: Any) -> str:
    """Base 32 of 160 bits, ten bits at a time: the library's own is slower than the hash."""
    value = int.from_bytes(hashed.digest(), "big")
    return "sha1:" + "".join([_PAIRS[value >> shift & 1023] for shift in range(150, -1, -10)])


def _lines(fields: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {_one_line(value)}\r\n" for name, value in fields.items()).encode()


def _one_line(value: str) -> str:
    """What a header may hold: a line end inside would begin a header of its own."""
    return value if value.isprintable() else "".join(sign if sign.isprintable() else " " for sign in value)
