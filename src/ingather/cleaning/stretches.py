"""Stretches of time in which something holds, such as a picture that does not move."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def stretches(holds: NDArray[np.bool_], times: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """(m, 2) seconds from and to of every unbroken run.

    Args:
        holds: (n,) whether it holds at each moment.
        times: (n,) seconds of the moments, rising.
        step: seconds that the last moment lasts.
    """
    edges = np.diff(np.concatenate([[False], holds, [False]]).astype(np.int8))
    first, behind = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    until = np.append(times, times[-1] + step) if len(times) else np.zeros(1)
    return np.column_stack([times[first], until[behind]]) if len(first) else np.zeros((0, 2))


def longest(found: NDArray[np.float64]) -> float:
    """Seconds of the longest stretch, 0 where there is none."""
    return float((found[:, 1] - found[:, 0]).max(initial=0.0))


def total(found: NDArray[np.float64], least: float) -> float:
    """Seconds of all stretches together that last ``least`` seconds or more."""
    lengths = found[:, 1] - found[:, 0]
    return float(lengths[lengths >= least].sum())


def share(found: NDArray[np.float64], least: float, seconds: float) -> float:
    """Share of a time of ``seconds`` that lies in stretches of ``least`` seconds or more, 0 to 1."""
    return min(total(found, least) / seconds, 1.0) if seconds > 0 else 0.0
