"""Splits in time: what came first is learnt from, what came later is what it is judged on."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from ingather.errors import InputError

GAP = -3
UNDATED = -4
_SECONDS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def seconds_of(gap: str | None) -> float:
    """A length of time such as ``7d``, ``36h``, ``30min`` in seconds; 0 for None.

    Raises:
        InputError: it is none.
    """
    if gap is None:
        return 0.0
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(s|min|h|d|w)\s*", gap)
    if match is None:
        raise InputError(
            f"release.gap: '{gap}' is no length of time.",
            fix="Write a number and a unit: 7d, 36h, 30min (units: s, min, h, d, w).",
        )
    return float(match[1]) * _SECONDS[match[2]]


def boundaries(times: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """The times at which each split but the last ends, so that it holds its share of what is dated.

    Args:
        times: seconds since 1970, NaN where unknown.
        shares: of each split, in the order of time.
    """
    dated = np.sort(times[~np.isnan(times)])
    if not len(dated):
        return np.full(len(shares) - 1, np.inf)
    places = np.clip(np.round(np.cumsum(shares)[:-1] * len(dated)).astype(int), 1, len(dated)) - 1
    ends: NDArray[np.float64] = dated[places]
    return ends


def split_by_time(times: NDArray[np.float64], ends: NDArray[np.float64], gap: float) -> NDArray[np.int64]:
    """Each sample's split by its time; ``GAP`` just after an end, ``UNDATED`` where no time is known."""
    splits = np.searchsorted(ends, times, side="left").astype(np.int64)
    if gap > 0:
        for end in ends:
            splits[(times > end) & (times <= end + gap)] = GAP
    splits[np.isnan(times)] = UNDATED
    return splits


def keep_apart(splits: NDArray[np.int64], units: NDArray[np.int64], left_out: int) -> NDArray[np.int64]:
    """Takes out of the later splits what shares a unit with an earlier one."""
    earliest = np.full(int(units.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    known = splits >= 0
    np.minimum.at(earliest, units[known], splits[known])
    return np.where(known & (splits > earliest[units]), left_out, splits)
