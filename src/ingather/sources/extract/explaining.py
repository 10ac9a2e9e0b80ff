"""One address, asked as a crawl would ask it, and all that was decided on the way; nothing is stored."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ingather.errors import InputError
from ingather.formats.warc.http_message import decode
from ingather.sample import Json
from ingather.sources.crawl.address import canonical, join, origin_of
from ingather.sources.crawl.client import Client
from ingather.sources.crawl.exchange import Answer
from ingather.sources.crawl.networks import Unreachable
from ingather.sources.crawl.site_visit import read_site_files
from ingather.sources.extract.document import Document, parse_document
from ingather.sources.extract.page import Page
from ingather.sources.extract.reading import Way, read_page
from ingather.sources.signals.blocklist import BlockList
from ingather.sources.signals.evidence import Signal, Signals, now
from ingather.sources.signals.read import Policy, decide, read_signals
from ingather.sources.signals.robots import parse_robots
from ingather.sources.signals.site import Site, read_site

REDIRECTS = 5
_MOST_UNPACKED = 50_000_000
_MOVED = (301, 302, 303, 307, 308)


@dataclass(slots=True)
class Explained:
    """What became of an address.

    Attributes:
        url: in one form, after redirects.
        allowed: whether it may be collected.
        reason: why not, in words; empty where it may.
        way: addresses that were asked on the way, with the status of each.
        signals: all that was read of what the site allows.
        because: the signals that decided.
        page: what the page says; None where it was not fetched or is no page.
        media_type: of the answer.
    """

    url: str
    allowed: bool = False
    reason: str = ""
    way: list[tuple[str, int]] = field(default_factory=list)
    signals: Signals | None = None
    because: tuple[Signal, ...] = ()
    page: Page | None = None
    media_type: str = ""

    def as_json(self) -> dict[str, Json]:
        """What ``collect --explain --json`` prints."""
        return {
            "url": self.url,
            "allowed": self.allowed,
            "reason": self.reason,
            "asked": [{"url": url, "status": status} for url, status in self.way],
            "media_type": self.media_type,
            "because": [one.as_json() for one in self.because],
            **(self.signals.as_json() if self.signals else {"signals": [], "licences": []}),
            "licence": self.signals.licence if self.signals else None,
            "page": self.page.as_json() if self.page else None,
        }


@dataclass(slots=True)
class Asking:
    """How addresses are asked: politely, one after the other.

    Attributes:
        client: asks servers.
        policy: how strictly opt-outs are taken.
        blocked: what is not asked for at all.
        pause: seconds between two requests to a site; more where its robots.txt asks for more.
        way: how pages are read.
    """

    client: Client
    policy: Policy
    blocked: BlockList
    pause: float = 1.0
    way: Way = "auto"
    _free: dict[str, float] = field(default_factory=dict)
    _delays: dict[str, float] = field(default_factory=dict)

    async def ask(self, url: str, told: Explained, most: int | None = None) -> Answer:
        """The answer of an address, once its site may be asked again."""
        origin, loop = origin_of(url), asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._free.get(origin, 0.0) - loop.time()))
        answer = await self.client.ask(url, self.client.request(url), most)
        self._free[origin] = loop.time() + max(self.pause, self._delays.get(origin, 0.0))
        told.way.append((url, answer.status))
        return answer

    def hear(self, origin: str, robots: bytes) -> None:
        """Takes in how long a site wants to be left alone."""
        delay = parse_robots(robots).crawl_delay(self.policy.agent) or 0.0
        self._delays[origin] = delay
        if origin in self._free and delay > self.pause:
            self._free[origin] += delay - self.pause


def explain(url: str, asking: Asking) -> Explained:
    """Asks for a site's files and, where they allow it, for the page.

    Raises:
        InputError: it is no address of the web.
    """
    address = canonical(url)
    if address is None:
        raise InputError(
            f"'{url}' is no address of the web.", why="One page is explained.", fix="Write https://HOST/PATH."
        )
    return asyncio.run(_explain(address, asking))


async def _explain(url: str, asking: Asking) -> Explained:
    policy = asking.policy
    told = Explained(url)
    sites: dict[str, Site] = {}
    try:
        for _ in range(REDIRECTS + 1):
            if asking.blocked.forbids_url(told.url):
                told.reason = "it was withdrawn and is blocked"
                return told
            origin = origin_of(told.url)
            if origin not in sites:
                site = await _site(origin, asking, told)
                if site is None:
                    return told
                sites[origin] = site
            before = Signals(told.url, tuple(sites[origin].signals(told.url, policy.agent)))
            if any(one.kind == "robots" and one.decision == "reserved" for one in before.found):
                _decided(told, before, policy)
                return told
            answer = await asking.ask(told.url, told)
            target = join(told.url, answer.header("location")) if answer.status in _MOVED else None
            if target is None:
                _read(told, answer, sites[origin], policy, asking.way)
                return told
            told.url = target
        told.reason = f"it leads on more than {REDIRECTS} times"
    except Unreachable as wrong:
        told.reason = str(wrong)
    finally:
        asking.client.close()
    return told


async def _site(origin: str, asking: Asking, told: Explained) -> Site | None:
    files = await read_site_files(
        origin,
        lambda url, most: asking.ask(url, told, most),
        unpacked,
        lambda robots: asking.hear(origin, robots),
        every=asking.policy.strict != "robots",
    )
    if files.reason:
        told.reason = files.reason
        return None
    return read_site(origin, files.files, datetime.now(UTC).isoformat(timespec="seconds"))


def unpacked(answer: Answer) -> bytes:
    """The body of an answer without its codings, as far as it can be read."""
    body = answer.body
    for coding in reversed(answer.header("content-encoding").lower().split(",")[:4]):
        if coding.strip() not in ("", "identity"):
            body, _ = decode(body, coding.strip(), _MOST_UNPACKED)
    return body


def _read(told: Explained, answer: Answer, site: Site, policy: Policy, way: Way) -> None:
    told.media_type = answer.media_type
    body = unpacked(answer)
    said = answer.header("content-type")
    is_page = answer.media_type in ("", "text/html", "application/xhtml+xml")
    document = parse_document(body, said) if is_page else None
    parsed = document if isinstance(document, Document) else None
    signals = read_signals(
        told.url, answer.headers, parsed, site=site, agent=policy.agent, at=now(), content=body
    )
    _decided(told, signals, policy)
    if is_page:
        told.page = read_page(body, told.url, said, document=parsed, way=way, claims=signals.licences)
    if answer.status != 200:
        told.allowed = False
        told.reason = told.reason or f"it was answered with status {answer.status}"


def _decided(told: Explained, signals: Signals, policy: Policy) -> None:
    decided = decide(signals, policy)
    told.signals, told.because = signals, decided.because
    told.allowed, told.reason = decided.allowed, decided.reason


def client_for(
    agent: str, networks: tuple[str, ...], authority: Path | None, seconds: float, most: int
) -> Client:
    """A client as a source of kind ``web`` describes it."""
    import ipaddress

    from ingather.sources.crawl.networks import Resolver

    allowed = tuple(ipaddress.ip_network(one) for one in networks)
    return Client(
        agent, Resolver(allowed), seconds=seconds, most=most, authority=str(authority) if authority else None
    )
