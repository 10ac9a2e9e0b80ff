"""Whether a filter rejects more of one group than of the rest: shares with intervals, and their ratio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ingather.statistics.intervals import LEVEL, wilson

UNFAIR_RATIO = 1.5
"""A group that loses more than this many times what the rest loses is looked at by a person."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """What a group lost, against all the others together.

    Attributes:
        share: rejected of this group, 0..1; NaN where it has no sample.
        low: lower end of its interval.
        high: upper end of its interval.
        rest: rejected of the rest, 0..1.
        ratio: share over rest; infinite where the rest lost nothing, NaN where neither lost any.
        ratio_low: lower end of the ratio's interval.
        ratio_high: upper end of the ratio's interval.
        unfair: the ratio is above the limit and the two intervals part.
    """

    share: float
    low: float
    high: float
    rest: float
    ratio: float
    ratio_low: float
    ratio_high: float
    unfair: bool


def rejections(
    rejected: ArrayLike, total: ArrayLike, limit: float = UNFAIR_RATIO, level: float = LEVEL
) -> list[Rejection]:
    """Each group's rejected share against that of the rest.

    Shares have Wilson intervals; the ratio has the interval of Katz and others (1978) on the log scale, with
    half a count added to every cell so that a cell of 0 still has one.

    Args:
        rejected: g counts of what was rejected.
        total: g counts of what there was.
        limit: the ratio above which a group is called unfairly treated.
        level: nominal coverage.

    Raises:
        ValueError: more is rejected than there was.
    """
    lost = np.asarray(rejected, dtype=np.float64)
    whole = np.asarray(total, dtype=np.float64)
    if (lost > whole).any() or (lost < 0).any():
        raise ValueError("rejected must lie between 0 and total in every group")
    z = _normal_quantile(level)
    others_lost, others = lost.sum() - lost, whole.sum() - whole
    with np.errstate(divide="ignore", invalid="ignore"):
        share, rest = lost / whole, others_lost / others
        ratio = share / rest
        centre = np.log((lost + 0.5) / (whole + 0.5)) - np.log((others_lost + 0.5) / (others + 0.5))
        spread = z * np.sqrt(
            1 / (lost + 0.5) - 1 / (whole + 0.5) + 1 / (others_lost + 0.5) - 1 / (others + 0.5)
        )
    low, high = wilson(share, whole, z)
    _, rest_high = wilson(rest, others, z)
    unfair = (ratio > limit) & (low > rest_high)
    return [
        Rejection(
            float(share[g]), float(low[g]), float(high[g]), float(rest[g]), float(ratio[g]),
            float(np.exp(centre[g] - spread[g])), float(np.exp(centre[g] + spread[g])), bool(unfair[g]),
        )
        for g in range(len(lost))
    ]  # fmt: skip


def _normal_quantile(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))
