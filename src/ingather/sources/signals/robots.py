"""robots.txt to the letter: RFC 9309, and where it is silent what Google's published cases say.

Two readings of percent-encoding are in use: Google compares an address as it is given, RFC 9309 decodes
unreserved characters first. Where they differ, an address must be allowed by both.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ingather.sources.signals.robots_lines import Line, read_lines
from ingather.sources.signals.robots_paths import Rule, Rules, path_of, pattern_of, plain, upper_escapes

_PRODUCT = re.compile(rb"[A-Za-z_-]*")
_ANYBODY = "*"


@dataclass(frozen=True, slots=True)
class RobotsDecision:
    """Whether one agent may fetch one address, and by which line.

    Attributes:
        allowed: the answer.
        line: 1-based number of the line that decided; None where no line is about this address.
        rule: that line, such as ``allow: /a``.
        crawl_delay: seconds between two requests that the agent's group asks for, None where it asks none.
    """

    allowed: bool
    line: int | None
    rule: str | None
    crawl_delay: float | None

    def as_json(self) -> dict[str, object]:
        """What the command prints."""
        return {"allowed": self.allowed, "line": self.line, "rule": self.rule}


@dataclass(frozen=True, slots=True)
class UsageLine:
    """A line that says what content may be used for: ``content-usage`` or ``content-signal``.

    Attributes:
        key: which of the two.
        value: what stands after the colon.
        line: 1-based.
    """

    key: str
    value: str
    line: int


@dataclass(slots=True)
class _Group:
    """What is said to one agent, gathered from all groups that name it."""

    rules: list[Rule] = field(default_factory=list)
    usage: list[UsageLine] = field(default_factory=list)
    crawl_delay: float | None = None
    ready: Rules | None = None
    decoded: Rules | None = None

    def as_given(self) -> Rules:
        if self.ready is None:
            self.ready = Rules(self.rules)
        return self.ready

    def as_decoded(self) -> Rules:
        if self.decoded is None:
            self.decoded = Rules(replace(rule, pattern=plain(rule.pattern)) for rule in self.rules)
        return self.decoded

    @property
    def reads_differ(self) -> bool:
        return any("%" in rule.pattern and plain(rule.pattern) != rule.pattern for rule in self.rules)


class Robots:
    """One robots.txt, parsed.

    Attributes:
        sitemaps: addresses of its sitemap lines, as they stand.
        licences: addresses of its license lines (RSL), as they stand.
    """

    __slots__ = ("_asked", "_escapes", "_groups", "licences", "sitemaps")

    def __init__(
        self, groups: dict[str, _Group], sitemaps: tuple[str, ...], licences: tuple[str, ...]
    ) -> None:
        self._groups = groups
        self._asked: dict[str, tuple[_Group | None, bool]] = {}
        self._escapes: bool | None = None
        self.sitemaps = sitemaps
        self.licences = licences

    def decide(self, agent: str, url: str) -> RobotsDecision:
        """Whether an agent may fetch an address.

        Args:
            agent: the agent's product token, in any case; a version after a slash is left out of account.
            url: the address, absolute or from the path on; percent-encoded by the caller.
        """
        asked = self._asked.get(agent)
        if asked is None:
            asked = self._ask(agent)
        group, escapes = asked
        if group is None:
            return _FREE
        path = path_of(url)
        if "%" in path:
            path = upper_escapes(path)
        rules = group.ready or group.as_given()
        rule = rules.best(path)
        unescaped = path if path.isascii() and "%" not in path else plain(path)
        if escapes or unescaped != path:
            decoded = group.as_decoded().best(unescaped)
            if rule is None or (rule.allow and decoded is not None and not decoded.allow):
                rule = decoded
        if rule is None:
            rule = rules.undecided
            if rule is None:
                return RobotsDecision(True, None, None, group.crawl_delay)
            return RobotsDecision(True, rule.line, rule.text, group.crawl_delay)
        return RobotsDecision(rule.allow, rule.line, rule.text, group.crawl_delay)

    def names(self, agent: str) -> bool:
        """Whether a group is written for this agent by name."""
        return _token(agent) in self._groups and _token(agent) != _ANYBODY

    def usage(self, agent: str) -> tuple[UsageLine, ...]:
        """The lines on the use of content that are meant for this agent: its own group's or everybody's."""
        group = self._ask(agent)[0]
        return tuple(group.usage) if group else ()

    def crawl_delay(self, agent: str) -> float | None:
        """Seconds between two requests that the agent's group asks for, None where it asks none."""
        group = self._ask(agent)[0]
        return group.crawl_delay if group else None

    def _ask(self, agent: str) -> tuple[_Group | None, bool]:
        group = self._groups.get(_token(agent)) or self._groups.get(_ANYBODY)
        if len(self._asked) > 1000:
            self._asked.clear()
        answer = (group, group.reads_differ if group else False)
        self._asked[agent] = answer
        return answer


_FREE = RobotsDecision(True, None, None, None)


def parse_robots(content: bytes) -> Robots:
    """Reads a robots.txt of any quality; no content is a mistake.

    Groups that name the same agent are one. Rules before the first group are nobody's. Lines other than
    allow and disallow do not end a group's list of agents. Of several crawl delays for one agent the longest
    holds.
    """
    groups: dict[str, _Group] = {}
    present: list[_Group] = []
    sitemaps: list[str] = []
    licences: list[str] = []
    listing = True
    for line in read_lines(content):
        if line.key == "user-agent":
            if not listing:
                present, listing = [], True
            for name in _names(line.value):
                group = groups.setdefault(name, _Group())
                if not any(one is group for one in present):
                    present.append(group)
        elif line.key in ("allow", "disallow"):
            if present:
                listing = False
                rule = _rule(line)
                for group in present:
                    group.rules.append(rule)
        elif line.key == "sitemap":
            sitemaps.append(_words(line.value))
        elif line.key == "license":
            licences.append(_words(line.value))
        else:
            _other(line, present)
    _strongest_only(groups.values())
    return Robots(groups, tuple(sitemaps), tuple(licences))


def _rule(line: Line) -> Rule:
    return Rule(
        line.key == "allow", pattern_of(line.value), line.number, f"{line.key}: {_words(line.value)}".strip()
    )


def _other(line: Line, present: Iterable[_Group]) -> None:
    for group in present:
        if line.key == "crawl-delay":
            delay = _seconds(line.value)
            if delay is not None:
                group.crawl_delay = max(delay, group.crawl_delay or 0.0)
        elif line.key in ("content-usage", "content-signal"):
            group.usage.append(UsageLine(line.key, _words(line.value), line.number))


def _strongest_only(groups: Iterable[_Group]) -> None:
    """Leaves of rules with the same words the first: a file may say the same ten thousand times."""
    for group in groups:
        first: dict[tuple[bool, str], Rule] = {}
        for rule in group.rules:
            first.setdefault((rule.allow, rule.pattern), rule)
        group.rules = list(first.values())


def _names(value: bytes) -> tuple[str, ...]:
    """The agents a user-agent line names: its product token, and its first word where that holds more.

    A token has no digits (RFC 9309, section 2.2.1), but agents with digits in their names exist, and their
    groups are meant for them.
    """
    if value[:1] == b"*" and (len(value) == 1 or value[1:2].isspace()):
        return (_ANYBODY,)
    product = _PRODUCT.match(value)
    token = product[0].decode("ascii").lower() if product else ""
    word = _token(_words(value).split(maxsplit=1)[0]) if value else ""
    return (token,) if word == token else (token, word)


def _token(agent: str) -> str:
    return agent.partition("/")[0].lower()


def _words(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _seconds(value: bytes) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
