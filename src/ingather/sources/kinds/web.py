"""Pages of the public web: asked politely, once each, kept in web archives with what allowed it.

What a crawl knows is kept between runs: the next one goes on where it was, and asks for nothing twice.
"""

from __future__ import annotations

import ipaddress
import re
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ingather.errors import InputError, MissingExtra
from ingather.plan.model import Plan
from ingather.sample import Item, Loss
from ingather.sources.contract import CHECKPOINT, Request, SourceConfig, option
from ingather.sources.signals.blocklist import BlockList
from ingather.sources.signals.read import Strictness

asks = True

_CONTACT = re.compile(r"\S+@\S+\.\S+|https?://\S+")
_MOST_TOLD = 40


class Limit(BaseModel):
    """Where the crawl ends, over all runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pages: int | None = Field(None, ge=1, description="answers that are kept")
    per_site: int | None = Field(None, ge=1, description="answers that are kept of each site")


class Config(SourceConfig):
    """Options of the kind."""

    agent: str = option(description="what it calls itself: name/version (address of who answers for it)")
    seeds: list[str] = option(default_factory=list, description="addresses to begin with")
    seeds_file: str | None = option(
        None, description="a file with an address a line", json_schema_extra={"path": True}
    )
    sitemaps: list[str] = option(default_factory=list, description="addresses of sitemaps to begin with")
    hosts: list[str] = option(
        default_factory=list,
        description="names of hosts, .example.org with all below; default: the seeds' own",
    )
    include: list[str] = option(
        default_factory=list, description="patterns of addresses such as https://*/docs/*; one must fit"
    )
    exclude: list[str] = option(default_factory=list, description="patterns of which none may fit")
    depth: int | None = option(None, ge=0, description="how many links away from a seed; default: any")
    languages: list[str] = option(
        default_factory=list,
        description="pages that say they are in another language are left; default: none",
    )
    attributes: dict[str, Literal["language", "site", "kind"]] = option(
        default_factory=dict,
        description="by name of the plan's attribute, what of a page it is: language, site (its host), kind",
    )
    delay: float = option(
        1.0, ge=0, le=3_600, description="seconds between two requests to a site, more where it asks for more"
    )
    opt_outs: Strictness = option(
        "any",
        description="any sign against training counts, what all or this agent are told, or robots only",
    )
    sitemaps_of_robots: bool = option(True, description="read the sitemaps that robots files name")
    again: float | None = option(None, gt=0, description="days after which a page is asked for again")
    limit: Limit = option(default_factory=Limit, description="where it ends; default: 1.2 times the gap")
    networks: list[str] = option(
        default_factory=list, description="private networks that may be asked, such as 10.1.0.0/16"
    )
    authority: str | None = option(
        None, description="PEM file of the certificates to trust", json_schema_extra={"path": True}
    )
    seconds: float = option(60.0, gt=0, le=3_600, description="until a whole answer must be there")
    most_bytes: int = option(20_000_000, ge=1_000, description="bytes of an answer above which it is cut")

    @field_validator("agent")
    @classmethod
    def _names_a_contact(cls, told: str) -> str:
        if not re.match(r"[A-Za-z][A-Za-z_-]*", told) or not told.isprintable() or not told.isascii():
            raise ValueError("it begins with a name of letters, - and _, such as acme-research/1.0")
        if not _CONTACT.search(told):
            raise ValueError(
                "it names no way to reach you; write acme/1.0 (+https://acme.example/crawler) or an e-mail"
            )
        return told

    @field_validator("networks")
    @classmethod
    def _are_networks(cls, told: list[str]) -> list[str]:
        for one in told:
            try:
                ipaddress.ip_network(one)
            except ValueError as error:
                raise ValueError(f"'{one}' is no network: {error}; write 10.1.0.0/16") from error
        return told

    @field_validator("seeds", "sitemaps")
    @classmethod
    def _are_addresses(cls, told: list[str]) -> list[str]:
        for one in told:
            if not re.match(r"https?://[^/\s@]+(/|$|\?)", one):
                raise ValueError(
                    f"'{one}' is no address; write https://HOST/PATH, without names and passwords"
                )
        return told


def collect(config: Config, request: Request) -> Iterator[Item | Loss]:
    """Pages that were fetched and are no samples yet, then those that are fetched now, until nothing waits.

    Raises:
        MissingExtra: the crawler's parts are not installed.
        InputError: there is nothing to begin with.
    """
    from ingather.sources.crawl.journal import LEFT, TAKEN, CrawlJournal
    from ingather.sources.crawl.page_items import PageReader
    from ingather.sources.signals.read import Policy
    from ingather.sources.streams.stopping import stopped_by_signals

    spec = request.plan.source(request.name)
    folder = (request.state or request.cache) / f"{spec.identity}.crawl"
    journal, reading = CrawlJournal(folder / "journal.sqlite"), CrawlJournal(folder / "journal.sqlite")
    try:
        seeds, sitemaps = _beginnings(config, request)
        policy = Policy(_token(config), config.opt_outs, request.plan.modality == "image")
        languages = tuple(config.languages)
        _known_attributes(config, request)
        reader = PageReader(
            reading,
            folder / "archives",
            request.plan,
            policy,
            languages,
            config.most_bytes,
            config.attributes,
        )
        if config.again is not None:
            journal.ask_again((datetime.now(UTC) - timedelta(days=config.again)).isoformat())
        wanted = _wanted(config, request)
        with stopped_by_signals(request.watch) as stop, _Run(config, request, journal, folder, stop) as run:
            run.begin(seeds, sitemaps)
            while True:
                ended = run.ended
                rows = reading.fetched(200)
                taken: list[int] = []
                for row in rows:
                    item = reader.item(row)
                    if isinstance(item, Item):
                        yield item
                        taken.append(row.id)
                        wanted -= 1
                    else:
                        reading.settle([row.id], LEFT, item)
                    if wanted <= 0:
                        break
                if taken:
                    yield CHECKPOINT
                    reading.settle(taken, TAKEN)
                if wanted <= 0:
                    run.stop.set()
                    yield Loss(
                        request.name, "what the plan still lacked is there; the crawl can go on later", 0
                    )
                    break
                if not rows and ended:
                    break
                if not rows:
                    run.wait()
            run.end()
        yield from _told(reading)
    finally:
        journal.close()
        reading.close()


class _Run:
    """The crawl in a thread of its own; what it fetches is read from the journal."""

    def __init__(
        self, config: Config, request: Request, journal: object, folder: Path, stop: threading.Event
    ) -> None:
        self.stop = stop
        self._config, self._request, self._journal, self._folder = config, request, journal, folder
        self._thread: threading.Thread | None = None
        self._wrong: BaseException | None = None

    def __enter__(self) -> _Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        if self._thread is not None:
            self._thread.join()

    @property
    def ended(self) -> bool:
        """Whether nothing more is fetched."""
        return self._thread is None or not self._thread.is_alive()

    def wait(self) -> None:
        """Waits a little for what comes."""
        if self._thread is not None:
            self._thread.join(0.1)

    def begin(self, seeds: list[str], sitemaps: list[str]) -> None:
        """Starts it."""
        self._thread = threading.Thread(target=self._crawl, args=(seeds, sitemaps), name="crawl", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Waits until it is over, and raises what went wrong."""
        if self._thread is not None:
            self._thread.join()
        if self._wrong is not None:
            raise self._wrong

    def _crawl(self, seeds: list[str], sitemaps: list[str]) -> None:
        try:
            _crawl(self._config, self._request, self._journal, self._folder, self.stop, seeds, sitemaps)
        except BaseException as wrong:
            self._wrong = wrong


def _crawl(
    config: Config,
    request: Request,
    journal: object,
    folder: Path,
    stop: threading.Event,
    seeds: list[str],
    sitemaps: list[str],
) -> None:
    from ingather import __version__
    from ingather.sources.crawl.address import host_of
    from ingather.sources.crawl.client import Client
    from ingather.sources.crawl.crawler import Crawler, Orders, run_crawl
    from ingather.sources.crawl.journal import CrawlJournal
    from ingather.sources.crawl.keeping import Keeper
    from ingather.sources.crawl.networks import Resolver
    from ingather.sources.crawl.unblocked import UnblockedScope

    assert isinstance(journal, CrawlJournal)
    hosts = tuple(config.hosts) or tuple(dict.fromkeys(map(host_of, [*seeds, *sitemaps])))
    orders = Orders(
        _token(config),
        UnblockedScope(
            hosts, tuple(config.include), tuple(config.exclude), config.depth, blocked=_blocked(request)
        ),
        config.delay,
        config.limit.pages,
        config.limit.per_site,
        strict=config.opt_outs,
        pictures=request.plan.modality == "image",
        sitemaps=config.sitemaps_of_robots,
    )
    resolver = Resolver(tuple(ipaddress.ip_network(one) for one in config.networks))
    authority = str(request.folder / config.authority) if config.authority else None
    client = Client(
        config.agent, resolver, seconds=config.seconds, most=config.most_bytes, authority=authority
    )
    info = {
        "software": f"ingather/{__version__}",
        "format": "WARC File Format 1.1",
        "http-header-user-agent": config.agent,
    }
    keeper = Keeper(journal, folder / "archives", info | {"robots": "classic"}, config.most_bytes)
    try:
        run_crawl(Crawler(orders, client, journal, keeper, stop), seeds, sitemaps)
    finally:
        keeper.close()


def _blocked(request: Request) -> BlockList:
    """What was withdrawn and is never asked for again."""
    from ingather.sources.signals.blocklist import read_blocklist

    return read_blocklist((request.state or request.cache).parent)


def _token(config: Config) -> str:
    found = re.match(r"[A-Za-z_-]+", config.agent)
    return found.group() if found else "*"


def _beginnings(config: Config, request: Request) -> tuple[list[str], list[str]]:
    try:
        from ingather.sources.crawl.address import canonical

        canonical("http://example.org/")
        import httptools  # noqa: F401
        import selectolax  # noqa: F401
    except ImportError as error:
        raise MissingExtra("web", "Collecting from the web") from error
    asked = list(config.seeds)
    if config.seeds_file is not None:
        path = request.folder / config.seeds_file
        try:
            lines = path.read_text("utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"{path} cannot be read: {error}", fix="Write one address a line, in UTF-8."
            ) from error
        asked += [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    blocked = _blocked(request)
    seeds = [one for one in map(canonical, asked) if one is not None and not blocked.forbids_url(one)]
    sitemaps = [one for one in map(canonical, config.sitemaps) if one is not None]
    if not seeds and not sitemaps:
        raise InputError(
            f"The source '{request.name}' has no address to begin with.",
            why="A crawl follows links from somewhere.",
            fix="Name some in seeds, seeds_file or sitemaps.",
        )
    return seeds, sitemaps


def _known_attributes(config: Config, request: Request) -> None:
    unknown = [name for name in config.attributes if name not in request.plan.attributes]
    if unknown:
        raise InputError(
            f"attributes: the plan has no attribute '{unknown[0]}'.",
            why="What a source says of a sample goes into an attribute of the plan.",
            fix=f"Add it: attributes: {{{unknown[0]}: {{values: [...]}}}}, or mend its name.",
            where=f"sources[{request.plan.sources.index(request.plan.source(request.name))}].attributes",
        )


def gives(config: Config, _: Plan, by: Mapping[str, str]) -> bool:
    """Whether more of a group may come: where pages tell the group."""
    return set(by) <= set(config.attributes)


def _wanted(config: Config, request: Request) -> float:
    """How many samples this run brings at most."""
    if config.limit.pages is not None or not request.gaps or request.plan.targets.unit != "samples":
        return float("inf")
    total = next(
        (gap.missing for gap in request.gaps if not gap.by), sum(gap.missing for gap in request.gaps)
    )
    return max(1.0, total * 1.2)


def _told(journal: object) -> Iterator[Loss]:
    """What nothing was taken of, over all runs; what is no loss counts nothing."""
    from ingather.sources.crawl.journal import WAITING, CrawlJournal

    assert isinstance(journal, CrawlJournal)
    for reason, count in list(journal.reasons().items())[:_MOST_TOLD]:
        lost = reason not in ("redirected", "a sitemap", "the same content as another address")
        yield Loss(f"{count:,} addresses", reason, count if lost else 0)
    refused = {name: count for name, count in journal.counts().items() if name.startswith("site ")}
    for name, count in refused.items():
        yield Loss(f"{count:,} times", name, 0)
    if waiting := journal.states().get(WAITING, 0):
        yield Loss(f"{waiting:,} addresses", "wait; the next run goes on with them", 0)
