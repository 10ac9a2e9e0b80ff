"""Where answers go: into archives first, then, with all that was learnt by them, into the journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ingather.errors import MissingExtra
from ingather.formats.warc.http_message import decode
from ingather.formats.warc.write import WarcWriter, payload_digest, warc_date
from ingather.sources.crawl.address import origin_of
from ingather.sources.crawl.exchange import Answer
from ingather.sources.crawl.journal import FETCHED, LEFT, TAKEN, CrawlJournal, PageRow

MOST_ARCHIVE = 1_000_000_000
"""Bytes of an archive after which the next one is begun, as is usual."""
MOST_HELD = 400


@dataclass
class Keeper:
    """Writes what a crawl brings; what ``commit`` wrote stands, whatever happens then.

    Attributes:
        journal: of the crawl.
        folder: where its archives lie.
        info: what each archive says of itself first.
        most: bytes of an unpacked body above which the rest is left off.
    """

    journal: CrawlJournal
    folder: Path
    info: Mapping[str, str]
    most: int = 20_000_000
    _found: list[PageRow] = field(default_factory=list)
    _done: list[PageRow] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)
    _contents: dict[str, tuple[str, str]] = field(default_factory=dict)
    _archive: WarcWriter | None = None
    _number: int = 0

    def found(self, row: PageRow) -> None:
        """An address that is to be asked."""
        self._found.append(row)

    def done(self, row: PageRow) -> None:
        """What became of an address."""
        self._done.append(row)
        if len(self._done) >= MOST_HELD:
            self.commit()

    def count(self, name: str, amount: int) -> None:
        """Counts something over all runs."""
        self._counts[name] += amount

    def keep(self, row: PageRow, answer: Answer, at: datetime, request: bytes) -> bool:
        """Writes an answer; False where this site gave one with the same content already.

        Of another site's the links may lead elsewhere, though there is no second sample of it.
        """
        payload = payload_digest(answer.body)
        if row.place is not None and row.digest == payload:
            self.unchanged(row, answer, at, request)
            return False
        archive = self._open()
        first = self._contents.get(payload) or self._known(payload, row.url)
        row.digest, row.at = payload, at.isoformat()
        row.etag = answer.header("etag") or None
        row.modified = answer.header("last-modified") or None
        self.count("bytes", len(answer.body))
        if first is not None and answer.body:
            stored = archive.revisit(row.url, at, answer.head, payload, first)
            row.state, row.reason = LEFT, "the same content as another address"
            self.done(row)
            return origin_of(first[0]) != origin_of(row.url)
        stored = archive.response(
            row.url,
            at,
            answer.head,
            answer.received,
            payload=answer.body if answer.received is not answer.body else None,
            address=answer.address,
            truncated=answer.truncated,
        )
        archive.request(row.url, at, request, stored.id)
        self._contents[payload] = (row.url, warc_date(at))
        row.archive, row.place, row.length, row.state = self._number, stored.offset, stored.length, FETCHED
        row.reason = None
        self.done(row)
        return True

    def unchanged(self, row: PageRow, answer: Answer, at: datetime, request: bytes) -> None:
        """Writes that a page is as it was when it was asked before: 304, or the same content."""
        archive = self._open()
        before = warc_date(datetime.fromisoformat(row.at or at.isoformat()))
        modified = answer.status != 304
        stored = archive.revisit(
            row.url, at, answer.head, row.digest or "", (row.url, before), modified=modified
        )
        archive.request(row.url, at, request, stored.id)
        row.state, row.at = TAKEN, at.isoformat()
        self.count("unchanged", 1)
        self.done(row)

    def commit(self) -> None:
        """Brings archives, then the journal, to the disk."""
        if not (self._found or self._done or self._counts):
            return
        sizes: dict[int, tuple[str, int]] = {}
        if self._archive is not None:
            sizes[self._number] = (self._archive.path.name, self._archive.sync())
        self.journal.commit(self._found, self._done, sizes, self._counts)
        self._found, self._done, self._counts = [], [], Counter()
        if len(self._contents) > 100_000:
            self._contents.clear()

    def unpacked(self, answer: Answer) -> bytes:
        """The body of an answer without its codings, as far as it can be read."""
        body = answer.body
        for coding in reversed(answer.header("content-encoding").lower().split(",")[:4]):
            if coding.strip() not in ("", "identity"):
                try:
                    body, _ = decode(body, coding.strip(), self.most)
                except MissingExtra:  # a server that sends what was not asked for
                    return b""
        return body

    def close(self) -> None:
        """Commits and closes the archive."""
        self.commit()
        if self._archive is not None:
            self._archive.close()
            self._archive = None

    def _drop_uncounted(self, names: set[str]) -> None:
        """Removes archives that the journal does not know: a run ended before anything in them counted."""
        if self._number:
            return
        for path in self.folder.glob("*.warc.gz"):
            if path.name not in names:
                path.unlink()

    def _known(self, payload: str, url: str) -> tuple[str, str] | None:
        row = self.journal.same_content(payload)
        if row is None or row.url == url or row.at is None:
            return None
        return row.url, warc_date(datetime.fromisoformat(row.at))

    def _open(self) -> WarcWriter:
        if self._archive is not None and self._archive.size < MOST_ARCHIVE:
            return self._archive
        if self._archive is not None:
            self.close()
        known = self.journal.archives()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._drop_uncounted({name for name, _ in known.values()})
        last = max(known, default=0)
        if last and last != self._number and known[last][1] < MOST_ARCHIVE:
            name, size = known[last]
            self._number, self._archive = last, WarcWriter(self.folder / name, at=size)
            return self._archive
        self._number = last + 1
        path = self.folder / f"{datetime.now(UTC):%Y%m%d%H%M%S}-{self._number:05}.warc.gz"
        self._archive = WarcWriter(path, at=0)
        self._archive.info(datetime.now(UTC), self.info)
        return self._archive
