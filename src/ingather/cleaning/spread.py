"""How the numbers of a column are spread, learnt batch by batch from a sample that does not hang on order."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import xxhash

_SAMPLE = 2_000
_LOG_SKEW = 4.0
_LEAST = 30
_SCALE = 12
_NOW_AND_THEN = 0.005


def lot(name: str) -> int:
    """The number that decides whether a record is in the sample: the same whenever and wherever it comes."""
    return xxhash.xxh3_64_intdigest(name.encode()) >> 11


def sample_numbers(known: Sequence[Sequence[Any]], numbers: Iterable[tuple[int, float]]) -> list[list[Any]]:
    """Adds numbers to a sample: those of the least lots stay, whatever order they come in.

    Args:
        known: ``[lot, number]`` pairs that were kept so far, by rising lot.
        numbers: lot and number of the newcomers.
    """
    last = known[-1][0] if len(known) == _SAMPLE else None
    by_lot: dict[int, float] = dict(known)  # type: ignore[arg-type]
    by_lot.update((place, value) for place, value in numbers if last is None or place <= last)
    return [[place, by_lot[place]] for place in heapq.nsmallest(_SAMPLE, by_lot)]


def usual_range(numbers: list[float], reach: float) -> tuple[float, float] | None:
    """Between which values nearly all numbers lie.

    By the 5th, 50th and 95th percentiles: each side reaches out by ``reach`` times the distance from the
    median to its percentile; on a logarithmic scale where all are positive and the upper side is much the
    longer. A scale of few different values reaches half its width beyond those that are given now and then.

    Returns:
        Least and greatest; None for fewer than 30 numbers, or where they do not vary.
    """
    if len(numbers) < _LEAST:
        return None
    values, counts = np.unique(np.asarray(numbers, dtype=np.float64), return_counts=True)
    given = values[counts >= max(2.0, _NOW_AND_THEN * len(numbers))]
    if len(values) <= _SCALE and len(given) >= 2:
        half = (given[-1] - given[0]) / 2
        return float(given[0] - half), float(given[-1] + half)
    low, middle, high = np.quantile(numbers, (0.05, 0.5, 0.95))
    if values[0] > 0 and high - middle > _LOG_SKEW * (middle - low):
        bounds = _reach(np.log(low), np.log(middle), np.log(high), reach)
        return None if bounds is None else (0.0, float(np.exp(bounds[1])))
    return _reach(low, middle, high, reach)


def _reach(low: float, middle: float, high: float, reach: float) -> tuple[float, float] | None:
    width = high - low
    if width <= 0:
        return None
    below, above = max(middle - low, width / 8), max(high - middle, width / 8)
    return float(low - reach * below), float(high + reach * above)
