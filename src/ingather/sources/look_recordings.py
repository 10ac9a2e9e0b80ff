"""What recordings of sensors seem to be good for: labelled moments and stretches to be cut out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from ingather.formats.time_ranges import TimeRange, read_ranges
from ingather.sample import Item, Loss

_ENOUGH = 20
_MOST_LABELS = 50
_MOST_BYTES = 1 << 30
_LONGEST = 5.0


@dataclass(frozen=True, slots=True)
class Cut:
    """How labelled recordings become samples of their own.

    Attributes:
        labels: those of which there are enough to learn from, the most frequent first.
        options: the splitter and its options, as a plan has them.
        samples: how many samples come of it.
        rare: labels of which there are too few.
    """

    labels: tuple[str, ...]
    options: dict[str, Any]
    samples: int
    rare: tuple[str, ...]


def lightened(things: Iterable[Item | Loss]) -> Iterator[Item | Loss]:
    """The same things, recordings without their bytes; ends once a gigabyte of them has been read."""
    seen = 0
    for thing in things:
        if isinstance(thing, Item) and thing.modality == "sensor" and isinstance(thing.content, bytes):
            seen += len(thing.content)
            thing.content, thing.parts = b"", ()
        yield thing
        if seen > _MOST_BYTES:
            return


def cut_of(items: Sequence[Item]) -> Cut | None:
    """How to cut samples out of recordings with labelled stretches; None where there is no telling.

    At least two labels must stand 20 times or more. Moments are cut out with half the usual step between them
    on either side, 5 s at most; stretches become windows of their usual length.
    """
    ranges = [_ranges(item) for item in items]
    counts = Counter(one.label for found in ranges for one in found)
    labels = tuple(name for name, count in counts.most_common(_MOST_LABELS) if count >= _ENOUGH)
    if len(labels) < 2:
        return None
    known = [[one for one in found if one.label in labels] for found in ranges]
    rare = tuple(name for name in counts if name not in labels)
    lengths = [one.end - one.start for found in known for one in found]
    usual = median(lengths)
    if usual > 0:
        options = {"windows": {"seconds": _plain(usual)}}
        return Cut(labels, options, round(sum(lengths) / usual), rare)
    steps = [b.start - a.start for found in known for a, b in pairwise(found)]
    around = _plain(min(_LONGEST, median(step for step in steps if step > 0) / 2)) if any(steps) else _LONGEST
    return Cut(labels, {"events": {"before": around, "after": around}}, len(lengths), rare)


def _ranges(item: Item) -> list[TimeRange]:
    try:
        return sorted(read_ranges(item.label), key=lambda one: one.start)
    except ValueError:
        return []


def _plain(seconds: float) -> float:
    return float(f"{seconds:.2g}")
