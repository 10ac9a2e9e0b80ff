"""Paragraphs: a text cut where a line is empty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pydantic import Field

from ingather.sample import Item, Loss, Modality
from ingather.sources.splitting import SplitterConfig, child

reads: Modality = "text"

_GAP = re.compile(r"\n[^\S\n]*\n\s*")


class Config(SplitterConfig):
    """How long a paragraph is."""

    least: int = Field(1, ge=1, description="characters; shorter ones are joined with the next")
    most: int = Field(20_000, ge=100, description="characters; longer ones are cut at the last space before")


def split(item: Item, config: Config) -> Iterator[Item | Loss]:
    """The text as carrier, then its paragraphs, with start and end in characters of the text.

    A paragraph is named by its number, from 0. A text without words gives none and says so.
    """
    text = item.text or ""
    yield replace(item, carrier=True)
    spans = [piece for span in _joined(_spans(text), config.least) for piece in _cut(text, span, config.most)]
    if not spans:
        yield Loss(item.key, "it holds no words: no paragraph is cut from it")
    for number, (start, end) in enumerate(spans):
        yield child(item, str(number), {"start": start, "end": end}, text=text[start:end])


def _spans(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = 0
    for gap in [*_GAP.finditer(text), None]:
        end = gap.start() if gap is not None else len(text)
        piece = text[start:end]
        if piece.strip():
            left = start + len(piece) - len(piece.lstrip())
            spans.append((left, left + len(piece.strip())))
        start = gap.end() if gap is not None else end
    return spans


def _joined(spans: list[tuple[int, int]], least: int) -> Iterator[tuple[int, int]]:
    begun: int | None = None
    for number, (start, end) in enumerate(spans):
        begun = start if begun is None else begun
        if end - begun >= least or number == len(spans) - 1:
            yield begun, end
            begun = None


def _cut(text: str, span: tuple[int, int], most: int) -> Iterator[tuple[int, int]]:
    start, end = span
    while end - start > most:
        space = text.rfind(" ", start + 1, start + most)
        place = space if space > 0 else start + most
        yield start, place
        start = place + 1 if space > 0 else place
    yield start, end
