"""One record of a web archive."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

_HASHES = ("sha1", "sha256", "sha512", "md5")


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """A record as it stands in the file.

    Attributes:
        version: ``WARC/1.1``, ``WARC/1.0``, or ``ARC``.
        headers: the record's own headers, names in lower case, spaces around values taken off.
        block: its bytes after the headers; an HTTP message for requests and responses.
        offset: where the record's member begins in the file, in stored bytes; None where it lies in the
            middle of a compressed member, so that it cannot be read by itself.
        length: stored bytes of the member, None likewise.
        cut: whether the file ended before the block did.
    """

    version: str
    headers: Mapping[str, str]
    block: bytes
    offset: int | None = None
    length: int | None = None
    cut: bool = False

    @property
    def kind(self) -> str:
        """Such as warcinfo, request, response, resource, metadata or revisit; "" where unsaid."""
        return self.headers.get("warc-type", "").lower()

    @property
    def uri(self) -> str:
        """The address that it is about; the angle brackets that some writers put around it are taken off."""
        said = self.headers.get("warc-target-uri", "")
        return said[1:-1] if said.startswith("<") and said.endswith(">") else said

    @property
    def id(self) -> str:
        """The record's own id, such as ``urn:uuid:...``, without angle brackets; "" where it has none."""
        return self.headers.get("warc-record-id", "").strip("<>")

    @property
    def at(self) -> datetime | None:
        """When it was captured (WARC-Date, UTC), None where that cannot be read."""
        try:
            read = datetime.fromisoformat(self.headers.get("warc-date", ""))
        except ValueError:
            return None
        return read if read.tzinfo else read.replace(tzinfo=UTC)


def digest_matches(said: str, content: bytes) -> bool | None:
    """Whether bytes have the digest that a record names (``sha1:BASE32``, or hexadecimal as some writers do).

    None where nothing is named, or by a hash that is not known here.
    """
    name, colon, value = said.strip().partition(":")
    algorithm = name.lower().replace("-", "")
    if not colon or algorithm not in _HASHES:
        return None
    digest = hashlib.new(algorithm, content, usedforsecurity=False)
    forms = (base64.b32encode(digest.digest()).decode().rstrip("="), digest.hexdigest().upper())
    return value.strip().rstrip("=").upper() in forms
