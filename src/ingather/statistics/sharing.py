"""Sharing a number of samples out among groups: filling up the smallest, then in proportion to weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Counts = NDArray[np.int64]


def water_filling(counts: ArrayLike, total: int, level: int, caps: ArrayLike | None = None) -> Counts:
    """Gives one sample after another to the smallest group, until each has ``level`` or nothing is left.

    Of equals the first is served first.

    Args:
        counts: samples that each of g groups has.
        total: samples to give.
        level: size up to which groups are filled.
        caps: the most that each group can still get; None for no limit.

    Returns:
        g numbers that sum to ``total`` at most.
    """
    have = np.asarray(counts, dtype=np.int64)
    ceiling = np.maximum(level, have)
    if caps is not None:
        ceiling = np.minimum(ceiling, have + np.asarray(caps, dtype=np.int64))
    low, high = 0, level
    while low < high:
        middle = (low + high + 1) // 2
        if _filled(have, ceiling, middle).sum() <= total:
            low = middle
        else:
            high = middle - 1
    given = _filled(have, ceiling, low)
    able = np.flatnonzero((have + given == low) & (ceiling > low))
    given[able[: max(0, int(total - given.sum()))]] += 1
    return given


def largest_remainder(weights: ArrayLike, total: int, caps: ArrayLike | None = None) -> Counts:
    """Shares a number out in proportion to weights; what lies above a cap is shared again among the others.

    Whole numbers by the largest remainder (Hamilton's method), of equals the first.

    Args:
        weights: g weights of at least 0; where all are 0, shares are equal.
        total: number to share out.
        caps: the most that each can get; None for no limit.

    Returns:
        g numbers that sum to ``total``, or to the caps of those with a weight where that is less.
    """
    wanted = np.asarray(weights, dtype=np.float64)
    most = np.full(len(wanted), np.inf) if caps is None else np.asarray(caps, dtype=np.float64)
    if not (wanted[most > 0] > 0).any():
        wanted = np.ones(len(wanted))
    exact = np.zeros(len(wanted))
    left = float(min(total, most[wanted > 0].sum()))
    room = (most > 0) & (wanted > 0)
    while left > 1e-9 and room.any():
        offer = np.where(room, wanted, 0.0) / wanted[room].sum() * left
        taken = np.minimum(offer, most - exact)
        exact += taken
        left -= float(taken.sum())
        room &= exact < most - 1e-9
    whole = np.floor(exact + 1e-9)
    rest = round(exact.sum() - whole.sum())
    order = np.argsort(-(exact - whole), kind="stable")
    order = order[whole[order] < most[order]]
    whole[order[:rest]] += 1
    return whole.astype(np.int64)


def _filled(have: Counts, ceiling: Counts, level: int) -> Counts:
    return np.maximum(np.minimum(ceiling, level) - have, 0)
