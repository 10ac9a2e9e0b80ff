"""Clauses: every text is cut at a mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pydantic import Field

from ingather.sample import Item, Loss, Modality
from ingather.sources.splitting import SplitterConfig, child

reads: Modality = "text"


class Config(SplitterConfig):
    """Where to cut."""

    mark: str = Field(";", min_length=1, description="what stands between two clauses")


def split(item: Item, config: Config) -> Iterator[Item | Loss]:
    """The text as carrier, then every clause that is not empty, with its place in characters."""
    yield replace(item, carrier=True)
    start = 0
    for number, clause in enumerate((item.text or "").split(config.mark)):
        if clause.strip():
            place = {"start": start, "end": start + len(clause)}
            yield child(item, str(number), place, text=clause.strip())
        start += len(clause) + len(config.mark)
