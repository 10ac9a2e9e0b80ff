"""What was taken from which registrable domain: the ledger, and what the EU's public summary asks of it.

The summary is the template of the AI Office for providers of general-purpose models (Regulation (EU)
2024/1689, article 53(1)(d)): the crawlers' names, the period, and the domains most was taken from: the top
tenth by size, for small and medium enterprises the top twentieth or 1,000, whichever is less.
"""

from __future__ import annotations

import contextlib
import math
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from ingather.formats.warc.read import read_records
from ingather.formats.warc.record import WarcRecord
from ingather.plan.model import Plan
from ingather.sample import Json
from ingather.sources.signals.domains import registrable_domain
from ingather.store.workspace import Workspace


@dataclass(slots=True)
class DomainRow:
    """One registrable domain.

    Attributes:
        domain: its name.
        pages: answers that are kept.
        bytes: bytes of archives that they take.
        samples: samples of the workspace that are from there.
        sample_bytes: bytes of these samples.
        first: when the first was fetched, ISO 8601.
        last: when the last was.
        agents: names under which it was asked.
    """

    domain: str
    pages: int = 0
    bytes: int = 0
    samples: int = 0
    sample_bytes: int = 0
    first: str = ""
    last: str = ""
    agents: set[str] = field(default_factory=set)

    def as_json(self) -> dict[str, Json]:
        """One row of what ``ledger --json`` prints."""
        return {
            "domain": self.domain, "pages": self.pages, "bytes": self.bytes, "samples": self.samples,
            "sample_bytes": self.sample_bytes, "first": self.first, "last": self.last,
            "agents": list[Json](sorted(self.agents)),
        }  # fmt: skip

    def fetched(self, at: str) -> None:
        """Takes in when something of it was fetched."""
        if at:
            self.first = min(self.first or at, at)
            self.last = max(self.last, at)


def read_ledger(workspace: Workspace, plan: Plan) -> list[DomainRow]:
    """All domains that anything was taken from, those with most bytes first."""
    rows: dict[str, DomainRow] = {}
    for source in plan.sources:
        folder = workspace.folder / "streams" / f"{source.identity}.crawl"
        if (folder / "journal.sqlite").is_file():
            _add_journal(folder, rows)
    _add_samples(workspace, rows)
    return sorted(rows.values(), key=lambda row: (-row.bytes, -row.sample_bytes, row.domain))


def _row(rows: dict[str, DomainRow], url: str) -> DomainRow:
    domain = registrable_domain(url)
    return rows.setdefault(domain, DomainRow(domain))


def _add_journal(folder: Path, rows: dict[str, DomainRow]) -> None:
    agents = {agent for archive in sorted(folder.rglob("*.warc.gz")) if (agent := _agent_of(archive))}
    with contextlib.closing(sqlite3.connect(folder / "journal.sqlite")) as journal:
        kept = "SELECT url, at, length FROM pages WHERE place IS NOT NULL AND url != ''"
        for url, at, length in journal.execute(kept):
            row = _row(rows, url)
            row.pages += 1
            row.bytes += length or 0
            row.fetched(at or "")
            row.agents |= agents


def _agent_of(archive: Path) -> str:
    """Under which name an archive's answers were asked for: its first record says so."""
    for record in read_records(archive):
        if not isinstance(record, WarcRecord) or record.kind != "warcinfo":
            return ""
        for line in record.block.decode("utf-8", "replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip().lower() == "http-header-user-agent":
                return value.strip()
        return ""
    return ""


def _add_samples(workspace: Workspace, rows: dict[str, DomainRow]) -> None:
    if not workspace.samples.exists:
        return
    for batch in workspace.samples.scan(["origin", "size", "collected_at"], where="role != 'carrier'"):
        told = zip(
            *(batch.column(name).to_pylist() for name in ("origin", "size", "collected_at")), strict=True
        )
        for origin, size, at in told:
            url = orjson.loads(origin or "{}").get("uri") or ""
            if not url.startswith(("http://", "https://")):
                continue
            row = _row(rows, url)
            row.samples += 1
            row.sample_bytes += size or 0
            if not row.pages and at is not None:
                row.fetched(at.isoformat(timespec="seconds"))


def summary(rows: Iterable[DomainRow], small: bool = False) -> dict[str, Json]:
    """What the public summary asks of content that was crawled.

    Args:
        rows: the ledger, those with most bytes first.
        small: whether the provider is a small or medium enterprise.
    """
    every = list(rows)
    share = math.ceil(len(every) * (0.05 if small else 0.1))
    top = every[: min(share, 1_000) if small else share]
    times = [row.first for row in every if row.first] + [row.last for row in every if row.last]
    return {
        "crawlers": list[Json](sorted({agent for row in every for agent in row.agents})),
        "period": {"first": min(times, default=""), "last": max(times, default="")},
        "domains": len(every),
        "pages": sum(row.pages for row in every),
        "bytes": sum(row.bytes for row in every),
        "top_share": 0.05 if small else 0.1,
        "top_domains": list[Json]([row.domain for row in top]),
    }
