"""Sections: a text cut at its headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pydantic import Field

from ingather.sample import Item, Json, Loss, Modality
from ingather.sources.splitting import SplitterConfig, child

reads: Modality = "text"

_HASHES = re.compile(r"^(#{1,6})[ \t]+(\S.*?)[ \t#]*$", re.M)
_UNDERLINED = re.compile(r"^(\S.*)\n(={3,}|-{3,})[ \t]*$", re.M)


class Config(SplitterConfig):
    """Which headings count."""

    depth: int = Field(6, ge=1, le=6, description="headings of this depth and above begin a section")
    heading: str | None = Field(
        None, description="a regular expression that a heading's line fits; absent: Markdown's headings"
    )


def check(config: Config, plan: object, folder: object) -> Iterator[tuple[str, str, str]]:
    """A heading's expression must be one."""
    if config.heading is not None:
        try:
            re.compile(config.heading)
        except re.error as error:
            yield "heading", f"'{config.heading}' is no regular expression: {error}", "Put it right."


def split(item: Item, config: Config) -> Iterator[Item | Loss]:
    """The text as carrier, then what lies before the first heading, and every heading with what follows it.

    A section is named by its number, from 0; its segment has start and end in characters and the heading.
    """
    text = item.text or ""
    yield replace(item, carrier=True)
    places = [(0, ""), *_headings(text, config)]
    number = 0
    for (start, heading), (end, _) in zip(places, [*places[1:], (len(text), "")], strict=True):
        piece = text[start:end]
        if not piece.strip():
            continue
        left = start + len(piece) - len(piece.lstrip())
        place: dict[str, Json] = {"start": left, "end": left + len(piece.strip()), "heading": heading}
        yield child(item, str(number), place, text=piece.strip())
        number += 1
    if not number:
        yield Loss(item.key, "it holds no words: no section is cut from it")


def _headings(text: str, config: Config) -> list[tuple[int, str]]:
    if config.heading is not None:
        found = re.finditer(config.heading, text, re.M)
        return sorted({match.start(): match[0].strip() for match in found}.items())
    places = {m.start(): m[2] for m in _HASHES.finditer(text) if len(m[1]) <= config.depth}
    for match in _UNDERLINED.finditer(text):
        if (1 if match[2][0] == "=" else 2) <= config.depth:
            places[match.start()] = match[1].strip()
    return sorted(places.items())
