"""All that a site allows for one address, as evidence, and what follows from it under a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ingather.sources.extract.document import Document, parse_document
from ingather.sources.signals.addresses import joined
from ingather.sources.signals.evidence import LicenceClaim, Read, Signal, Signals, now
from ingather.sources.signals.licences import licence_of, link_headers, stated
from ingather.sources.signals.preferences import training
from ingather.sources.signals.robots_tags import audience_of, directives
from ingather.sources.signals.rsl import MEDIA_TYPE, read_rsl
from ingather.sources.signals.site import Site
from ingather.sources.signals.tdm import RESERVATION, reservation

Headers: TypeAlias = Mapping[str, str] | Iterable[tuple[str | bytes, str | bytes]]
Strictness: TypeAlias = Literal["any", "addressed", "robots"]
"""``any``: every opt-out for training models counts, those addressed to other agents and noindex too.
``addressed``: what is meant for everybody or for our agent counts.
``robots``: only robots.txt counts, as it is meant for our agent."""

_USAGE = ("content-usage", "content-signal")


@dataclass(frozen=True, slots=True)
class Policy:
    """How a plan takes what sites say.

    Attributes:
        agent: our agent's name in robots files.
        strict: which signals count.
        images: whether pictures are collected, so that what is said of pictures counts.
    """

    agent: str = "*"
    strict: Strictness = "any"
    images: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """What follows from the signals.

    Attributes:
        allowed: whether the address may be collected.
        because: the signals that forbid it; where it is allowed, those that say so.
    """

    allowed: bool
    because: tuple[Signal, ...]

    @property
    def reason(self) -> str:
        """The first signal that forbids it, in words; empty where it is allowed."""
        if self.allowed:
            return ""
        first = self.because[0]
        return f"{first.kind} at {first.url} reserves it: {first.value}"


def read_signals(
    url: str,
    headers: Headers,
    html: bytes | Document | None,
    *,
    site: Site | None = None,
    agent: str = "*",
    at: str = "",
    content: bytes | None = None,
) -> Signals:
    """Reads every signal for one address.

    Args:
        url: the address, after redirects.
        headers: of the answer, in any case; names may come more than once.
        html: the page, parsed or not; None for anything that is no page.
        site: what the site's files say, where they were fetched.
        agent: our agent's name.
        at: when the page was fetched, ISO 8601; now where nothing is said.
        content: the page's bytes, where ``html`` is a parsed page, for the evidence's hash.
    """
    at = at or now()
    named = [(_text(name).lower(), _text(value)) for name, value in _pairs(headers)]
    header_bytes = "".join(f"{name}: {value}\n" for name, value in named).encode("utf-8", "replace")
    answer = Read(url, header_bytes, at)
    found: list[Signal] = list(site.signals(url, agent)) if site else []
    found += _in_headers(named, answer, agent)
    claims = [
        LicenceClaim("link-header", url, at, answer.digest, address, licence_of(address))
        for relation, address, kind in link_headers(_values(named, "link"), url)
        if relation == "license" and kind != MEDIA_TYPE
    ]
    machine = list(site.licence_files()) if site else []
    machine += [
        address
        for relation, address, kind in link_headers(_values(named, "link"), url)
        if relation == "license" and kind == MEDIA_TYPE
    ]
    if isinstance(html, bytes):
        content = html
        parsed = parse_document(html, next(iter(_values(named, "content-type")), None))
        html = parsed if isinstance(parsed, Document) else None
    if html is not None:
        page = Read(url, content or b"", at)
        found += _in_page(html, page, agent)
        digest = page.digest
        claims += [
            LicenceClaim(kind, url, at, digest, value, licence_of(value), of)
            for kind, value, of in dict.fromkeys(stated(html.tree, url))
        ]
        machine += _machine_licences(html, url)
    known = site.rsl if site else {}
    for address in dict.fromkeys(machine):
        if address in known and address not in (site.licence_files() if site else ()):
            said = known[address].signal(url)
            found += [said] if said else []
    unread = tuple(address for address in dict.fromkeys(machine) if address not in known)
    found += [Signal("rsl", one, at, answer.digest, "named, not read", "train", "reserved") for one in unread]
    return Signals(url, tuple(found), tuple(claims), unread)


def decide(signals: Signals, policy: Policy) -> Decided:
    """Whether an address may be collected under a policy, and by which signals."""
    forbidding = tuple(one for one in signals.found if one.decision == "reserved" and _counts(one, policy))
    if forbidding:
        return Decided(False, forbidding)
    return Decided(True, tuple(one for one in signals.found if one.decision == "allowed"))


def _counts(signal: Signal, policy: Policy) -> bool:
    if signal.kind == "robots":
        return True
    if policy.strict == "robots" or (signal.use == "image" and not policy.images):
        return False
    return policy.strict == "any" or (signal.use != "index" and signal.audience != "others")


def _in_headers(named: list[tuple[str, str]], answer: Read, agent: str) -> Iterator[Signal]:
    for key in _USAGE:
        value = ", ".join(_values(named, key))
        if value:
            yield answer.signal(key, value, "train", training(value))
    for value in _values(named, RESERVATION):
        yield answer.signal("tdm-header", f"{RESERVATION}: {value}", "train", reservation(value))
    for value in _values(named, "x-robots-tag"):
        for word, use, audience in directives(value, agent):
            yield answer.signal("x-robots-tag", word, use, "reserved", audience=audience)


def _in_page(document: Document, page: Read, agent: str) -> Iterator[Signal]:
    for meta in document.tree.css("meta[content]"):
        name = (meta.attributes.get("name") or meta.attributes.get("http-equiv") or "").strip().lower()
        value = (meta.attributes.get("content") or "").strip()[:500]
        if not name or not value:
            continue
        if name == RESERVATION:
            yield page.signal("tdm-meta", f"{name}: {value}", "train", reservation(value))
        elif name in _USAGE:
            yield page.signal(name, value, "train", training(value))
        elif (audience := audience_of(name, agent)) is not None:
            for word, use, _ in directives(value, agent):
                yield page.signal("meta-robots", word, use, "reserved", audience=audience)
    for script in document.tree.css(f'script[type="{MEDIA_TYPE}"]'):
        said = read_rsl(Read(page.url, (script.text() or "").strip().encode(), page.at)).signal(page.url)
        if said is not None:
            yield said


def _machine_licences(document: Document, url: str) -> list[str]:
    nodes = document.tree.css(f'link[type="{MEDIA_TYPE}"][href], a[type="{MEDIA_TYPE}"][href]')
    addresses = [joined(url, node.attributes.get("href") or "") for node in nodes]
    return [one for one in addresses if one.startswith(("http://", "https://"))]


def _pairs(headers: Headers) -> Iterable[tuple[str | bytes, str | bytes]]:
    return headers.items() if isinstance(headers, Mapping) else headers


def _values(named: list[tuple[str, str]], name: str) -> list[str]:
    return [value for known, value in named if known == name]


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
