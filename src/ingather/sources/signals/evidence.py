"""One signal of what a site allows, kept as evidence; and all of them for one page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal, TypeAlias

from ingather.sample import Json

Use: TypeAlias = Literal["fetch", "train", "image", "index"]
"""What a signal is about: fetching, training models on the content, on its pictures, finding it by search."""
Decision: TypeAlias = Literal["allowed", "reserved", "noted"]
Audience: TypeAlias = Literal["us", "everybody", "others"]
"""Whom a signal is meant for: our agent by name, anybody, or other agents that train models."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing a site says about what its content may be used for.

    Attributes:
        kind: which mechanism: robots, robots-agent, content-usage, content-signal, tdm-file, tdm-header,
            tdm-meta, x-robots-tag, meta-robots, ai-txt, rsl.
        url: where it was read.
        at: when that was fetched, ISO 8601.
        digest: SHA-256 of the bytes it was read from.
        value: what it says, as it stands there.
        use: what it is about.
        decision: whether that use is allowed or reserved by it; noted, where it decides nothing.
        audience: whom it is meant for.
        line: 1-based line of a file of lines, None elsewhere.
    """

    kind: str
    url: str
    at: str
    digest: str
    value: str
    use: Use
    decision: Decision
    audience: Audience = "everybody"
    line: int | None = None

    def as_json(self) -> dict[str, Json]:
        """For the sample's evidence."""
        said: dict[str, Json] = {
            "kind": self.kind, "url": self.url, "at": self.at, "sha256": self.digest, "value": self.value,
            "use": self.use, "decision": self.decision, "audience": self.audience,
        }  # fmt: skip
        return said if self.line is None else said | {"line": self.line}


@dataclass(frozen=True, slots=True)
class LicenceClaim:
    """One place where a page states a licence.

    Attributes:
        kind: rel-license, link-header, json-ld, microdata, rdfa, dublin-core.
        url: the page.
        at: when it was fetched, ISO 8601.
        digest: SHA-256 of the bytes it was read from.
        value: the licence as it stands there.
        licence: its SPDX identifier, None where it is none that is known.
        of: what it is the licence of: ``page``, or the address of a picture or another part.
    """

    kind: str
    url: str
    at: str
    digest: str
    value: str
    licence: str | None
    of: str = "page"

    def as_json(self) -> dict[str, Json]:
        """For the sample's evidence."""
        return {
            "kind": self.kind, "url": self.url, "at": self.at, "sha256": self.digest, "value": self.value,
            "licence": self.licence, "of": self.of,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signals:
    """All that was read of what a site allows for one address.

    Attributes:
        url: the address.
        found: the signals, in the order they were read.
        licences: where the page states licences.
        unread: addresses of licence files (RSL) that are named but were not given.
    """

    url: str
    found: tuple[Signal, ...] = ()
    licences: tuple[LicenceClaim, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def licence(self) -> str | None:
        """The page's one licence; None where it states none that is known, or several that differ."""
        stated = {claim.licence for claim in self.licences if claim.of == "page"}
        return stated.pop() if len(stated) == 1 else None

    def as_json(self) -> dict[str, Json]:
        """For the sample's evidence."""
        return {
            "signals": [one.as_json() for one in self.found],
            "licences": [one.as_json() for one in self.licences],
        }


@dataclass(frozen=True)
class Read:
    """One thing that was fetched: where, when, and its bytes.

    Attributes:
        url: where.
        content: the bytes.
        at: when, ISO 8601; now where nothing is said.
    """

    url: str
    content: bytes
    at: str = ""

    def signal(self, kind: str, value: str, use: Use, decision: Decision, **more: object) -> Signal:
        """A signal that stands in it."""
        return Signal(kind, self.url, self.at, self.digest, value, use, decision, **more)  # type: ignore[arg-type]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes."""
        return hashlib.sha256(self.content).hexdigest()


def now() -> str:
    """This moment as evidence writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
