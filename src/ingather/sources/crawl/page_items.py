"""From an answer in an archive to a sample: what allows it, what it says, and all that shows both."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ingather.formats.warc.http_message import HttpMessage, parse_response
from ingather.formats.warc.read import record_at
from ingather.formats.warc.record import WarcRecord
from ingather.plan.model import Plan
from ingather.sample import Item, Json, Modality
from ingather.sources.crawl.address import host_of, origin_of
from ingather.sources.crawl.journal import CrawlJournal, PageRow
from ingather.sources.extract.boilerplate import Sites
from ingather.sources.extract.document import Document, parse_document
from ingather.sources.extract.page import Page, Turn
from ingather.sources.extract.reading import read_page
from ingather.sources.signals.evidence import Signals
from ingather.sources.signals.read import Decided, Policy, decide, read_signals
from ingather.sources.signals.site import Site, read_site

_PAGES = ("text/html", "application/xhtml+xml", "")
_OF_MEDIA: tuple[Modality, ...] = ("image", "audio", "video")


@dataclass
class PageReader:
    """Makes samples of what a crawl kept.

    Attributes:
        journal: of the crawl.
        folder: where its archives lie.
        plan: for its modality and attributes.
        policy: how strictly opt-outs are taken.
        languages: of which pages are taken, where they say which they are in; empty for all.
        most: bytes of an unpacked body above which the rest is left off.
        attributes: by name of the plan's attribute, what of a page it is: language, site, kind.
    """

    journal: CrawlJournal
    folder: Path
    plan: Plan
    policy: Policy
    languages: tuple[str, ...] = ()
    most: int = 20_000_000
    attributes: Mapping[str, str] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)
    _repeated: Sites = field(init=False)

    def __post_init__(self) -> None:
        self._repeated = Sites(self.folder / "repeated.json")

    def item(self, row: PageRow) -> Item | str:
        """The sample of an answer, or why it is none."""
        record = self._record(row)
        if record is None:
            return "its record in the archive cannot be read"
        message = parse_response(record.block, self.most)
        kind, _, _ = message.media_type.partition("/")
        modality = next((one for one in _OF_MEDIA if one == kind), None)
        is_page = message.media_type in _PAGES
        words = self.plan.modality in ("text", "record") and (is_page or kind == "text")
        if modality != self.plan.modality and not words:
            said = message.media_type[:60] or "that it does not say"
            return f"content of the type {said} is not wanted"
        told = message.header("content-type")
        document = parse_document(message.body, told) if is_page else None
        if document is not None and not isinstance(document, Document):
            return f"the page cannot be read: {document}"[:200]
        signals = read_signals(
            row.url,
            message.headers,
            document,
            site=self._site(origin_of(row.url)),
            agent=self.policy.agent,
            at=record.at.isoformat(timespec="seconds") if record.at else "",
            content=message.body,
        )
        decided = decide(signals, self.policy)
        if not decided.allowed:
            return f"reserved ({decided.because[0].kind}: {decided.because[0].value[:80]})"
        item = Item(row.url, modality or "text")
        if is_page:
            page = read_page(message.body, row.url, told, document=document, claims=signals.licences)
            page = self._repeated.without_repeated(page, origin_of(row.url))
            if wrong := self._unwanted(page):
                return wrong
            _fill(item, page)
            told_of = {"language": page.language, "kind": page.kind, "site": host_of(row.url)}
            item.attributes = {name: told_of[what] or None for name, what in self.attributes.items()}
        elif modality is not None:
            item.content, item.media_type = message.body, message.media_type
        else:
            item.text = message.body.decode("utf-8", "replace")
        item.uri, item.at = row.url, record.at
        item.licence = signals.licence
        item.stamp = row.digest or ""
        item.fault = item.fault or message.fault or _cut(record)
        item.evidence = _evidence(row, record, message, signals, decided, self._archive(row))
        return item

    def _unwanted(self, page: Page) -> str:
        primary = page.language.partition("-")[0].lower()
        if self.languages and primary and primary not in self.languages:
            return f"its language is {primary}, which is not asked for"
        return ""

    def _archive(self, row: PageRow) -> str:
        number = row.archive or 0
        if number not in self._names:
            self._names = {one: name for one, (name, _) in self.journal.archives().items()}
        return self._names[number]

    def _record(self, row: PageRow) -> WarcRecord | None:
        if row.place is None:
            return None
        try:
            return record_at(self.folder / self._archive(row), row.place)
        except (OSError, KeyError):
            return None

    def _site(self, origin: str) -> Site:
        read_at, _, files = self.journal.site(origin)
        return _site(origin, read_at or "", tuple(sorted(files.items())))


@lru_cache(maxsize=2_000)
def _site(origin: str, read_at: str, files: tuple[tuple[str, bytes], ...]) -> Site:
    return read_site(origin, dict(files), read_at)


def _fill(item: Item, page: Page) -> None:
    item.text, item.fault = page.text, page.fault
    data: dict[str, Json] = {"title": page.title, "kind": page.kind}
    if page.date:
        data["date"] = page.date
    if page.language:
        data["language"] = page.language
    if page.turns:
        data["turns"] = _turns(page.turns)
        item.session = item.key
    item.data = data | page.beside_text()
    item.contributor = page.author or None


def _turns(turns: tuple[Turn, ...]) -> list[Json]:
    """Turns under names that tell only who is the same person on this page."""
    names: dict[str, str] = {}
    told: list[Json] = []
    for turn in turns:
        own = turn.author or f" {len(told)}"
        speaker = names.setdefault(own, f"person {len(names) + 1}")
        said: dict[str, Json] = {"speaker": speaker, "text": turn.text}
        if turn.rating is not None:
            said |= {"rating": turn.rating, "best": turn.best}
        told.append(said)
    return told


def _cut(record: WarcRecord) -> str | None:
    why = record.headers.get("warc-truncated")
    return f"the page was cut when it was fetched ({why})" if why else None


def _evidence(
    row: PageRow, record: WarcRecord, message: HttpMessage, signals: Signals, decided: Decided, archive: str
) -> dict[str, Json]:
    because: list[Json] = [f"{one.kind}: {one.value}" for one in decided.because]
    said: Mapping[str, Json] = signals.as_json()
    return {
        "archive": archive,
        "record": record.id,
        "place": row.place,
        "at": record.at.isoformat() if record.at else None,
        "status": message.status,
        "sha256": hashlib.sha256(message.body).hexdigest(),
        "allowed_by": because or ["nothing reserves it"],
        **said,
    }
