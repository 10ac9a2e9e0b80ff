"""Slice Tuner after Tae and Whang (2021), written anew: learning curves by slice, then a convex allocation.

Loss of slice s is b n^-a, fitted to the errors at shares of the data, larger ones weighing more; what is
minimised is the sum of the forecast losses plus ``fairness`` times what each lies above the mean.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

SHARES = (0.3, 0.45, 0.6, 0.75, 0.9)


def curves(
    errors_at: Callable[[float, int], tuple[NDArray, NDArray]], repeats: int = 2
) -> tuple[NDArray, NDArray]:
    """Fits log(loss) = log b - a log n for every slice, weighted by n.

    Args:
        errors_at: for a share of the data and a number of the draw: samples and error of every slice.
        repeats: draws of each share.
    """
    seen = [errors_at(share, draw) for share in SHARES for draw in range(repeats if share < 0.9 else 1)]
    n = np.maximum(np.array([one[0] for one in seen], dtype=float), 1.0)
    loss = np.maximum(np.array([one[1] for one in seen]), 0.5 / n)
    x, y = np.log(n), np.log(loss)
    mean_x, mean_y = (n * x).sum(0) / n.sum(0), (n * y).sum(0) / n.sum(0)
    slope = (n * (x - mean_x) * (y - mean_y)).sum(0) / np.maximum((n * (x - mean_x) ** 2).sum(0), 1e-9)
    power = np.clip(-slope, 0.01, 2.0)
    return np.exp(mean_y + power * mean_x), power


def allocate(
    scale: NDArray, power: NDArray, have: NDArray, batch: int, room: NDArray, fairness: float = 1.0
) -> NDArray[np.int64]:
    """Spends the batch one by one where the convex objective falls most, which is its optimum."""
    given = np.zeros(len(have), dtype=np.int64)
    mean = float((scale * np.maximum(have, 1.0) ** -power).mean())
    for _ in range(batch):
        n = np.maximum(have + given, 1.0)
        now, then = scale * n**-power, scale * (n + 1) ** -power
        gain = now - then + fairness * (np.maximum(now / mean - 1, 0) - np.maximum(then / mean - 1, 0))
        gain[given >= room] = -np.inf
        if not np.isfinite(gain).any():
            break
        given[int(gain.argmax())] += 1
    return given
