"""What a whole site says, read once from its files: robots.txt, tdmrep.json, ai.txt, RSL licences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ingather.sources.signals.addresses import joined
from ingather.sources.signals.agents import TRAINING_AGENTS
from ingather.sources.signals.evidence import Audience, Read, Signal, now
from ingather.sources.signals.preferences import for_path, training
from ingather.sources.signals.robots import Robots, parse_robots
from ingather.sources.signals.robots_paths import path_of
from ingather.sources.signals.rsl import RslFile, read_rsl
from ingather.sources.signals.tdm import WELL_KNOWN, TdmFile, read_tdm_file

ROBOTS = "/robots.txt"
AI_TXT = "/ai.txt"
SITE_FILES = (ROBOTS, WELL_KNOWN, AI_TXT)
"""Paths a crawler fetches once for each site; what is not there is simply not given."""
_PAGE_NAMES = ("/page.txt", "/page.html")


@dataclass(slots=True)
class Site:
    """What a site's files say.

    Attributes:
        origin: scheme, host and port, such as ``https://example.com``.
        robots: its robots.txt, None where there is none.
        robots_file: what it was read from.
        tdm: its tdmrep.json.
        ai_txt: its ai.txt, which is written like a robots.txt.
        ai_file: what it was read from.
        rsl: RSL documents by address.
        others: agents that train models and that its robots.txt names.
        at: when the files were read, ISO 8601.
    """

    origin: str
    robots: Robots | None = None
    robots_file: Read | None = None
    tdm: TdmFile | None = None
    ai_txt: Robots | None = None
    ai_file: Read | None = None
    rsl: dict[str, RslFile] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    at: str = ""

    def licence_files(self) -> tuple[str, ...]:
        """Addresses of RSL documents that robots.txt names."""
        base = self.origin + ROBOTS
        return tuple(joined(base, one) for one in self.robots.licences) if self.robots else ()

    def signals(self, url: str, agent: str) -> Iterator[Signal]:
        """What the files say of one address."""
        if self.robots is not None and self.robots_file is not None:
            yield from self._robots_signals(self.robots, self.robots_file, url, agent)
        if self.tdm is not None and (said := self.tdm.signal(url)) is not None:
            yield said
        if self.ai_txt is not None and self.ai_file is not None:
            yield from self._ai_txt_signals(self.ai_txt, self.ai_file, url, agent)
        for address in self.licence_files():
            known = self.rsl.get(address)
            if known is not None and (said := known.signal(url)) is not None:
                yield said

    def _robots_signals(self, robots: Robots, file: Read, url: str, agent: str) -> Iterator[Signal]:
        decision = robots.decide(agent, url)
        yield file.signal(
            "robots",
            f"{agent or '(no name)'}: {decision.rule or 'nothing about it'}",
            "fetch",
            "allowed" if decision.allowed else "reserved",
            audience="us" if robots.names(agent) else "everybody",
            line=decision.line,
        )
        theirs: dict[tuple[bool, int | None, str], list[str]] = {}
        for name in self.others:
            said = robots.decide(name, url)
            theirs.setdefault((said.allowed, said.line, said.rule or "nothing about it"), []).append(name)
        for (allowed, line, rule), names in theirs.items():
            yield file.signal(
                "robots-agent",
                f"{', '.join(names)}: {rule}",
                "train",
                "noted" if allowed else "reserved",
                audience="others",
                line=line,
            )
        yield from self._usage_signals(robots, file, url, agent)

    def _usage_signals(self, robots: Robots, file: Read, url: str, agent: str) -> Iterator[Signal]:
        told: set[int] = set()
        named: list[tuple[str, Audience]] = [(agent, "us" if robots.names(agent) else "everybody")]
        named += [("*", "everybody"), *((name, "others") for name in self.others)]
        for name, audience in named:
            lines = robots.usage(name)
            for key in ("content-usage", "content-signal"):
                said = for_path([(one.value, one.line) for one in lines if one.key == key], url)
                if said is not None and said[1] not in told:
                    told.add(said[1])
                    decision = training(said[0])
                    if decision == "allowed" and audience == "others":
                        decision = "noted"
                    yield file.signal(key, said[0], "train", decision, audience=audience, line=said[1])

    def _ai_txt_signals(self, ai_txt: Robots, file: Read, url: str, agent: str) -> Iterator[Signal]:
        # Most files speak of kinds of files (*.txt, *.html); a page without an ending is text.
        path = path_of(url).partition("?")[0]
        tries = [url]
        if "." not in path.rpartition("/")[2]:
            tries += [path.rstrip("/") + name for name in _PAGE_NAMES]
        decisions = [ai_txt.decide(agent, one) for one in tries]
        refused = next((one for one in decisions if not one.allowed), None)
        stated = refused or decisions[0]
        if stated.rule is not None:
            decision = "reserved" if refused else "allowed"
            yield file.signal("ai-txt", stated.rule, "train", decision, line=stated.line)  # type: ignore[arg-type]


def read_site(origin: str, files: Mapping[str, bytes], at: str = "") -> Site:
    """Reads a site's files.

    Args:
        origin: scheme, host and port.
        files: bodies by path (``SITE_FILES``) or, for RSL documents, by their whole address; only what was
            answered with success.
        at: when they were fetched, ISO 8601; now where nothing is said.
    """
    at = at or now()
    origin = origin.rstrip("/")
    site = Site(origin, at=at)
    for name, content in files.items():
        read = Read(joined(origin + "/", name), content, at)
        if name == ROBOTS:
            site.robots, site.robots_file = parse_robots(content), read
            site.others = tuple(one for one in TRAINING_AGENTS if site.robots.names(one))
        elif name == WELL_KNOWN:
            site.tdm = read_tdm_file(read)
        elif name == AI_TXT:
            if not _is_page(content):
                site.ai_txt, site.ai_file = parse_robots(content), read
        else:
            site.rsl[read.url] = read_rsl(read)
    return site


def _is_page(content: bytes) -> bool:
    """Whether a server answered with a page of its own where there is no such file."""
    return content[:200].lstrip().lower().startswith((b"<!doctype", b"<html", b"<head", b"<?xml"))
