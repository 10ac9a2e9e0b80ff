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


def sample_numbers(known: Sequence[Sequence[Any]], numbers: Iterable[tuple[str, float]]) -> list[list[Any]]:
    """Adds numbers to a sample: those of the least hashes stay, whatever order they come in.

    Args:
        known: ``[hash, number]`` pairs that were kept so far, by rising hash.
        numbers: id and number of the newcomers.
    """
    by_hash: dict[int, float] = dict(known)  # type: ignore[arg-type]
    by_hash.update((xxhash.xxh3_64_intdigest(name.encode()) >> 11, value) for name, value in numbers)
    return [[place, by_hash[place]] for place in heapq.nsmallest(_SAMPLE, by_hash)]


def usual_range(numbers: list[float], reach: float) -> tuple[float, float] | None:
    """Between which values nearly all numbers lie, by their 5th, 50th and 95th percentiles.

    Each side reaches out by ``reach`` times the distance from the median to its percentile; on a logarithmic
    scale where all are positive and the upper side is much the longer. None for fewer than 30 numbers, or
    where they hardly vary.
    """
    if len(numbers) < _LEAST:
        return None
    values = np.asarray(numbers, dtype=np.float64)
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    if low > 0 and high - middle > _LOG_SKEW * (middle - low):
        bounds = _reach(np.log(low), np.log(middle), np.log(high), reach)
        return None if bounds is None else (0.0, float(np.exp(bounds[1])))
    return _reach(low, middle, high, reach)


def _reach(low: float, middle: float, high: float, reach: float) -> tuple[float, float] | None:
    width = high - low
    if width <= 0:
        return None
    below, above = max(middle - low, width / 8), max(high - middle, width / 8)
    return float(low - reach * below), float(high + reach * above)
