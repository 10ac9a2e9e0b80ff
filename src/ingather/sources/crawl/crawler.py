"""The crawl itself: sites side by side, each asked one thing at a time, all that was answered kept."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ingather.sources.crawl.address import Scope, canonical, join, origin_of
from ingather.sources.crawl.client import Client
from ingather.sources.crawl.exchange import Answer
from ingather.sources.crawl.host import QUEUE, Host
from ingather.sources.crawl.journal import FETCHED, LEFT, CrawlJournal, PageRow, id_of
from ingather.sources.crawl.keeping import Keeper
from ingather.sources.crawl.links import page_links, sitemap_links
from ingather.sources.crawl.networks import Unreachable
from ingather.sources.crawl.site_visit import read_site_files
from ingather.sources.signals.read import Strictness
from ingather.sources.signals.site import ROBOTS, read_site

TRIES = 3
"""How often an address is asked that does not answer."""
REDIRECTS = 5
PATIENCE = 300.0
"""Seconds that a run waits at most for one site that wants to be left alone; later runs go on."""
_ROBOTS_KEPT = timedelta(hours=24)
_PAGES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class Orders:
    """What a crawl is told.

    Attributes:
        agent: product token for robots files.
        scope: which addresses belong to it.
        pause: seconds between two requests to a site.
        pages: answers that are kept at most, over all runs; None for no limit.
        per_site: likewise for each site.
        sites_at_once: how many sites are asked at the same time.
        strict: which signals count; ``robots`` leaves the files beside robots.txt unread.
        pictures: whether pictures of pages are asked as well.
        sitemaps: whether sitemaps that robots files name are read.
    """

    agent: str
    scope: Scope
    pause: float = 1.0
    pages: int | None = None
    per_site: int | None = None
    sites_at_once: int = 1_000
    strict: Strictness = "any"
    pictures: bool = False
    sitemaps: bool = True


@dataclass
class Crawler:
    """One run of a crawl, in an event loop of its own.

    Attributes:
        orders: what it is told.
        client: asks servers.
        journal: what is known.
        keeper: where answers go.
        stop: set by whoever wants it to end; what is being asked is finished.
    """

    orders: Orders
    client: Client
    journal: CrawlJournal
    keeper: Keeper
    stop: threading.Event
    _hosts: dict[int, Host] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)
    _kept: Counter[int] = field(default_factory=Counter)
    _asking: Counter[int] = field(default_factory=Counter)
    _sitemaps: set[int] = field(default_factory=set)
    _ready: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(256))
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _sleeping: set[asyncio.Future[None]] = field(default_factory=set)
    _wrong: BaseException | None = None

    async def run(self, seeds: Iterable[str], sitemaps: Iterable[str] = ()) -> None:
        """Asks until nothing waits, a limit is reached, or it is stopped.

        Args:
            seeds: addresses in one form.
            sitemaps: addresses of sitemaps, which are read first.
        """
        self._ready = asyncio.Semaphore(self.orders.sites_at_once)
        self._seen = self.journal.seen()
        self._kept = Counter(self.journal.kept_by_origin())
        for number, origin, _ in self.journal.waiting_origins():
            self._host(origin, number).more = True
        self._add(seeds, 0, 0, from_plan=True)
        self._add(sitemaps, 0, 0, from_plan=True)
        self._sitemaps = {id_of(one) for one in sitemaps}
        for host in list(self._hosts.values()):
            self._start(host)
        flushing = asyncio.create_task(self._flush())
        try:
            while self._tasks:
                await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
                if self._wrong is not None:
                    raise self._wrong
        finally:
            flushing.cancel()
            for task in self._tasks:
                task.cancel()
            self.client.close()
            self.keeper.commit()

    def _host(self, origin: str, number: int) -> Host:
        host = self._hosts.get(number)
        if host is None:
            host = self._hosts[number] = Host(origin, number, self.orders.pause)
            self.journal.add_site(origin)
        return host

    def _add(self, urls: Iterable[str], depth: int, hops: int, *, from_plan: bool = False) -> None:
        """Puts addresses in one form among those to be asked; those of no concern are passed over."""
        for url in urls:
            own = id_of(url)
            if own in self._seen or (not from_plan and not self.orders.scope.has(url, depth)):
                continue
            self._seen.add(own)
            origin = origin_of(url)
            host = self._host(origin, id_of(origin))
            row = PageRow(own, url, host.number, depth, hops)
            self.keeper.found(row)
            if len(host.queue) < QUEUE and not host.more:
                host.queue.append(row)
            else:
                host.more = True
            self._start(host)

    def _start(self, host: Host) -> None:
        if host.running or host.refused or not (host.queue or host.more) or self._full(host):
            return
        host.running = True
        task = asyncio.create_task(self._visit(host))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (wrong := task.exception()) is not None:
            self._wrong = wrong

    async def _flush(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            self.keeper.commit()
            if self.stop.is_set():
                for woken in list(self._sleeping):
                    _wake(woken)

    async def _visit(self, host: Host) -> None:
        """Asks one site, one thing after the other, until nothing of it waits."""
        try:
            while (row := self._next(host)) is not None:
                now = asyncio.get_running_loop().time()
                if host.free_at - now > PATIENCE or host.given_up:
                    why = "did not answer" if host.given_up else "wants to be left alone"
                    host.refused = f"{why}; later runs go on with it"
                    self.keeper.count(f"site {why}", 1)
                    return
                if host.free_at > now:
                    await self._sleep(host.free_at - now)
                if self.stop.is_set():
                    return
                async with self._ready:
                    if host.site is None and not await self._read_site(host):
                        return
                    kept = self._kept[host.number]
                    await self._ask(host, row)
                    self._asking[host.number] -= 1
                    row = None
                    if self._kept[host.number] == kept and self.orders.pages is not None:
                        for other in self._hosts.values():
                            self._start(other)  # what was kept free for this answer is free again
        finally:
            if row is not None:
                self._asking[host.number] -= 1
            host.running = False
            self.client.let_go(host.origin)
            self._start(host)

    async def _sleep(self, seconds: float) -> None:
        """Sleeps so long, or until the crawl is stopped."""
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[None] = loop.create_future()
        self._sleeping.add(woken)
        alarm = loop.call_later(seconds, _wake, woken)
        try:
            await woken
        finally:
            alarm.cancel()
            self._sleeping.discard(woken)

    def _next(self, host: Host) -> PageRow | None:
        if self._full(host):
            return None
        if not host.queue and host.more:
            self.keeper.commit()
            host.queue.extend(self.journal.waiting(host.number, QUEUE))
            host.more = len(host.queue) >= QUEUE
        if not host.queue:
            return None
        self._asking[host.number] += 1
        return host.queue.popleft()

    def _full(self, host: Host) -> bool:
        """Whether nothing more of a site may be asked: what is being asked counts as kept."""
        if self.stop.is_set():
            return True
        most, each = self.orders.pages, self.orders.per_site
        if most is not None and self._kept.total() + self._asking.total() >= most:
            return True
        return each is not None and self._kept[host.number] + self._asking[host.number] >= each

    async def _read_site(self, host: Host) -> bool:
        """Whether the site may be asked at all; its files are read anew after a day."""
        read_at, status, files = self.journal.site(host.origin)
        now = datetime.now(UTC)
        loop = asyncio.get_running_loop()
        if read_at is None or status is None or now - datetime.fromisoformat(read_at) > _ROBOTS_KEPT:

            async def ask(url: str, most: int) -> Answer:
                if host.free_at > loop.time():
                    await self._sleep(host.free_at - loop.time())
                answer = await self.client.ask(url, self.client.request(url), most)
                host.answered(loop.time(), answer.status, answer.seconds, answer.header("retry-after"))
                return answer

            def heard(robots: bytes) -> None:
                host.site = read_site(host.origin, {ROBOTS: robots})
                host.learn_delay(self.orders.agent)
                host.free_at = max(host.free_at, loop.time() + host.delay)

            every = self.orders.strict != "robots"
            unpack = self.keeper.unpacked
            read = await read_site_files(host.origin, ask, unpack, heard, every=every)
            if read.reason:
                host.refused = read.reason
                self.keeper.count(f"site refused: {read.reason}", 1)
                return False
            read_at, files = now.isoformat(timespec="seconds"), read.files
            self.journal.keep_site(host.origin, read_at, read.robots, files)
        else:
            host.free_at = max(host.free_at, loop.time() + self.orders.pause)
        host.site = read_site(host.origin, files, read_at)
        host.learn_delay(self.orders.agent)
        host.free_at = max(host.free_at, loop.time() + host.delay)
        if self.orders.sitemaps and host.site.robots is not None:
            named = [one for one in map(canonical, host.site.robots.sitemaps) if one is not None]
            self._sitemaps |= {id_of(one) for one in named}
            inside = [one for one in named if self.orders.scope.has(one, 0)]
            self._add(inside, 0, 0)
        if host.free_at > loop.time():
            await self._sleep(host.free_at - loop.time())
        return not self.stop.is_set()

    async def _ask(self, host: Host, row: PageRow) -> None:
        said = host.decide(self.orders.agent, row.url)
        if said is not None and not said.allowed:
            self._left(row, f"robots.txt forbids it (line {said.line}: {said.rule})")
            return
        more = [("If-None-Match", row.etag)] if row.etag and row.place is not None else []
        more += [("If-Modified-Since", row.modified)] if row.modified and row.place is not None else []
        request = self.client.request(row.url, more)
        loop = asyncio.get_running_loop()
        at = datetime.now(UTC)
        try:
            answer = await self.client.ask(row.url, request)
        except Unreachable as wrong:
            host.failed(loop.time())
            self._again(host, row, str(wrong), wrong.again)
            return
        wait = host.answered(loop.time(), answer.status, answer.seconds, answer.header("retry-after"))
        row.status = answer.status
        self.keeper.count("requests", 1)
        if answer.status == 429 or answer.status >= 500:
            if wait > PATIENCE:
                host.queue.appendleft(row)
                return
            self._again(host, row, f"answered with status {answer.status}", True)
        elif answer.status in (301, 302, 303, 307, 308):
            self._redirected(row, answer)
        elif answer.status == 304 and row.place is not None:
            self.keeper.unchanged(row, answer, at, request)
        elif answer.status == 200:
            self._answered(host, row, answer, at, request)
        else:
            self._left(row, f"answered with status {answer.status}")

    def _answered(self, host: Host, row: PageRow, answer: Answer, at: datetime, request: bytes) -> None:
        body = self.keeper.unpacked(answer)
        if row.id in self._sitemaps:
            self._from_sitemap(row, body)
            self._left(row, "a sitemap")
            return
        new = self.keeper.keep(row, answer, at, request)
        self._kept[host.number] += row.state == FETCHED
        if not new:
            return
        if answer.media_type in _PAGES or (not answer.media_type and b"<html" in body[:1_000].lower()):
            told = answer.header("content-type")
            self._add(page_links(body, row.url, told, pictures=self.orders.pictures), row.depth + 1, 0)

    def _from_sitemap(self, row: PageRow, body: bytes) -> None:
        pages: list[str] = []
        for address, is_sitemap in sitemap_links(body, row.url):
            if is_sitemap and row.hops < REDIRECTS:
                self._sitemaps.add(id_of(address))
                self._add([address], 0, row.hops + 1)
            elif not is_sitemap:
                pages.append(address)
        self._add(pages, 0, 0)

    def _redirected(self, row: PageRow, answer: Answer) -> None:
        target = join(row.url, answer.header("location"))
        if target is None:
            self._left(row, "redirected to no address of the web")
        elif row.hops >= REDIRECTS:
            self._left(row, f"redirected more than {REDIRECTS} times")
        elif not self.orders.scope.has(target, row.depth):
            self._left(row, "redirected out of the crawl's scope")
        else:
            if row.id in self._sitemaps:
                self._sitemaps.add(id_of(target))
            self._add([target], row.depth, row.hops + 1)
            self._left(row, "redirected")

    def _again(self, host: Host, row: PageRow, reason: str, again: bool) -> None:
        row.tries += 1
        row.reason = reason
        if again and row.tries < TRIES:
            host.queue.append(row)
            self.keeper.count(f"tried again: {reason}", 1)
        else:
            self._left(row, reason)

    def _left(self, row: PageRow, reason: str) -> None:
        row.state, row.reason = LEFT, reason
        self.keeper.done(row)


def _wake(sleeper: asyncio.Future[None]) -> None:
    if not sleeper.done():
        sleeper.set_result(None)


def run_crawl(crawler: Crawler, seeds: Sequence[str], sitemaps: Sequence[str]) -> None:
    """Runs a crawl in this thread, on uvloop where that is installed."""
    factory: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    with suppress(ImportError):
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(crawler.run(seeds, sitemaps))
