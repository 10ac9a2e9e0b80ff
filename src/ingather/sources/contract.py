"""What a source is: a module with a Config and ``collect(config, request)``; it never touches the store.

``collect`` yields items in an order that does not change, each with its cursor where it has one, and a
``Loss`` for everything it met and could not take. A source that asks people or machines (``asks = True``)
stops when ``request.gaps`` are filled; one that brings what exists brings all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ingather.plan.model import Plan
from ingather.plan.quotas import Gap
from ingather.sample import Item, Loss, Modality


class SourceConfig(BaseModel):
    """Options of one source, beside those that every source has (name, kind, role, licence, ...)."""

    model_config = ConfigDict(extra="forbid", frozen=True)


CHECKPOINT = Loss("", "everything before this is stored when the source is asked for more", 0)
"""Yielded by a source without end: the stage writes what it holds before it asks for the next item."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the collect stage asks of a source.

    Attributes:
        name: the source's name in the plan.
        plan: the whole plan.
        folder: what relative paths are relative to.
        cache: a folder for downloads that may be thrown away.
        since: the cursor of the last item taken, or None.
        gaps: what is still wanted, in the plan's order.
        known: for (key, stamp) pairs, whether each is in the store unchanged; such items need not be read.
        seed: for everything that draws lots.
        counts: what this source gave so far, by what it chooses to count (speakers used, ...).
        modality: what to look for: the plan's, or what the source's cut needs; given as None, the plan's.
        watch: whether the source goes on until somebody stops it.
        state: a folder for what the source must keep between runs, where it has any.
        given: what people gave to this source in the studio and is not yet a sample.
    """

    name: str
    plan: Plan
    folder: Path
    cache: Path
    since: str | None = None
    gaps: tuple[Gap, ...] = ()
    known: Callable[[Sequence[tuple[str, str]]], list[bool]] = field(
        default=lambda pairs: [False] * len(pairs)
    )
    seed: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    modality: Modality = None  # type: ignore[assignment]
    given: Callable[[], Iterable[Item | Loss]] = tuple
    watch: bool = False
    state: Path | None = None

    def __post_init__(self) -> None:
        if self.modality is None:
            object.__setattr__(self, "modality", self.plan.modality)


def option(default: Any = ..., **options: Any) -> Any:
    """A documented option of a source."""
    return Field(default, **options)
