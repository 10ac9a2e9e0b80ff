"""Before a release what sites allow is read again, where that was too long ago; nothing is erased."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from ingather.plan.model import Plan, SourceSpec
from ingather.sources.signals.evidence import Signals
from ingather.sources.signals.read import Policy, decide
from ingather.sources.signals.site import Site, read_site
from ingather.store.reserved import read_reserved, write_reserved
from ingather.store.workspace import Workspace

if TYPE_CHECKING:
    from ingather.sources.crawl.client import Client
    from ingather.sources.crawl.journal import CrawlJournal

AT_ONCE = 64
"""How many sites are asked side by side."""


@dataclass(slots=True)
class Rechecked:
    """What was read again.

    Attributes:
        sites: how many sites' files were read.
        silent: sites that did not answer, with the reason; what was known of them stands.
        reserved: samples that are now left out, over all.
        freed: samples that may be released again.
    """

    sites: int = 0
    silent: dict[str, str] = field(default_factory=dict)
    reserved: int = 0
    freed: int = 0

    def as_notes(self) -> list[str]:
        """For the run's record; empty where nothing was read."""
        if not self.sites and not self.silent:
            return []
        notes = [
            f"What {self.sites:,} sites allow was read again; {self.reserved:,} samples are reserved now and"
            " left out."
        ]
        notes += [
            f"{origin} could not be asked again: {why}" for origin, why in list(self.silent.items())[:5]
        ]
        return notes


def recheck(workspace: Workspace, plan: Plan) -> Rechecked:
    """Reads the files of sites again that were read longer ago than the release's ``recheck`` days."""
    told = Rechecked()
    if plan.release is None or plan.release.recheck is None:
        return told
    for source in plan.sources:
        folder = workspace.folder / "streams" / f"{source.identity}.crawl"
        if source.kind == "web" and (folder / "journal.sqlite").is_file():
            _recheck_source(workspace, plan, source, told)
    return told


def _recheck_source(workspace: Workspace, plan: Plan, source: SourceSpec, told: Rechecked) -> None:
    from ingather.sources.crawl.journal import CrawlJournal
    from ingather.sources.kinds.web import Config

    assert plan.release is not None
    assert plan.release.recheck is not None
    before = (datetime.now(UTC) - timedelta(days=plan.release.recheck)).isoformat(timespec="seconds")
    path = workspace.folder / "streams" / f"{source.identity}.crawl" / "journal.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as file:
        asked = "SELECT origin FROM sites WHERE read_at IS NOT NULL AND read_at < ?"
        stale = [str(row[0]) for row in file.execute(asked, (before,))]
    if not stale:
        return
    config = Config(**source.options)
    journal = CrawlJournal(path)
    try:
        from ingather.sources.extract.explaining import client_for

        authority = workspace.root / config.authority if config.authority else None
        client = client_for(
            config.agent, tuple(config.networks), authority, config.seconds, config.most_bytes
        )
        found = re.match(r"[A-Za-z_-]+", config.agent)
        policy = Policy(found.group() if found else "*", config.opt_outs, plan.modality == "image")
        sites = asyncio.run(_read_again(stale, client, journal, config.delay, policy, told))
    finally:
        journal.close()
    told.sites += len(sites)
    if sites:
        _mark(workspace, source, sites, policy, told)


async def _read_again(
    origins: Iterable[str],
    client: Client,
    journal: CrawlJournal,
    pause: float,
    policy: Policy,
    told: Rechecked,
) -> dict[str, Site]:
    from ingather.sources.crawl.site_visit import read_site_files
    from ingather.sources.extract.explaining import Asking, Explained, unpacked
    from ingather.sources.signals.blocklist import BlockList

    sites: dict[str, Site] = {}
    room = asyncio.Semaphore(AT_ONCE)

    async def read(origin: str) -> None:
        asking = Asking(client, policy, BlockList(), pause)
        way = Explained(origin)

        async def ask(url: str, most: int) -> Any:
            return await asking.ask(url, way, most)

        async with room:
            files = await read_site_files(
                origin,
                ask,
                unpacked,
                lambda robots: asking.hear(origin, robots),
                every=policy.strict != "robots",
            )
        if files.reason:
            told.silent[origin] = files.reason
            return
        at = datetime.now(UTC).isoformat(timespec="seconds")
        journal.keep_site(origin, at, files.robots, files.files)
        sites[origin] = read_site(origin, files.files, at)

    try:
        await asyncio.gather(*(read(origin) for origin in origins))
    finally:
        client.close()
    return sites


def _mark(
    workspace: Workspace, source: SourceSpec, sites: dict[str, Site], policy: Policy, told: Rechecked
) -> None:
    """Says of each sample of these sites whether it is reserved by now."""
    from ingather.sources.crawl.address import origin_of

    reasons = read_reserved(workspace.folder)
    name = source.name.replace("'", "''")
    for batch in workspace.samples.scan(["id", "origin"], where=f"source = '{name}'"):
        rows = zip(batch.column("id").to_pylist(), batch.column("origin").to_pylist(), strict=True)
        for sample, origin in rows:
            url = orjson.loads(origin or "{}").get("uri") or ""
            site = sites.get(origin_of(url)) if url else None
            if site is None:
                continue
            decided = decide(Signals(url, tuple(site.signals(url, policy.agent))), policy)
            if decided.allowed:
                told.freed += reasons.pop(sample, None) is not None
            else:
                reasons[sample] = decided.reason
    told.reserved = len(reasons)
    write_reserved(workspace.folder, reasons)
