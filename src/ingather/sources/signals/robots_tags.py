"""``X-Robots-Tag`` and meta robots: noai, noimageai, noindex, for everybody or for one agent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingather.sources.signals.agents import trains_models
from ingather.sources.signals.evidence import Audience, Use

_USES: dict[str, tuple[Use, ...]] = {
    "noai": ("train",),
    "nogenai": ("train",),
    "noml": ("train",),
    "noaitraining": ("train",),
    "noimageai": ("image",),
    "noimageindex": ("image",),
    "noindex": ("index",),
    "none": ("index",),
}
_WITH_VALUE = frozenset(
    {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview", "indexifembedded"}
)
_AGENT = re.compile(r"\s*([A-Za-z0-9_*-]+)\s*:\s*")


def directives(value: str, agent: str) -> Iterator[tuple[str, Use, Audience]]:
    """What one value of ``X-Robots-Tag`` reserves: the directive, its use, whom it is meant for."""
    meant: Audience | None = "everybody"
    for piece in value.split(","):
        named = _AGENT.match(piece)
        if named and named[1].lower() not in _WITH_VALUE:
            meant = audience_of(named[1], agent)
            piece = piece[named.end() :]
        word = piece.strip().lower()
        for use in _USES.get(word, ()):
            if meant is not None:
                yield word, use, meant


def audience_of(name: str, agent: str) -> Audience | None:
    """Whom a statement addressed to this name is meant for; None where neither us nor those who train."""
    plain = name.strip().lower()
    if plain in ("robots", "*", "bots"):
        return "everybody"
    if plain == agent.partition("/")[0].lower():
        return "us"
    return "others" if trains_models(plain) else None
