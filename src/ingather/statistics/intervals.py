"""Intervals for shares (accuracy, error rate) that respect who gave the samples, and when to judge at all.

Samples of one contributor resemble each other, so n samples of k people say less than n samples of n people.
Wilson's interval is therefore taken at the effective size n / deff, with a t quantile of k - 1 degrees. At
5 to 20 contributors a nominal 90 % covers .81-.98 so, where plain Wilson covers .41-.92.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEVEL = 0.9
"""Nominal coverage of every interval that is shown."""
LEVEL_WORDS = f"{100 * LEVEL:.0f} %"
"""The same as people read it."""
LEAST_SAMPLES = 20
"""Fewer samples than this are not judged."""
LEAST_CONTRIBUTORS = 5
"""Fewer contributors than this are not judged."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its interval.

    Attributes:
        value: the point; NaN where there is no sample.
        low: lower end.
        high: upper end.
        n: samples behind it.
        contributors: people behind it; a sample without a known one counts as one of its own.
        effective: n over the design effect of contributors.
    """

    value: float
    low: float
    high: float
    n: int
    contributors: int
    effective: float

    @property
    def judged(self) -> bool:
        """Whether there is enough behind it to say anything of the group."""
        return judged(self.n, self.contributors)


def judged(n: int, contributors: int) -> bool:
    """Whether a group of n samples by so many contributors can be judged."""
    return n >= LEAST_SAMPLES and contributors >= LEAST_CONTRIBUTORS


def why_not_judged(n: int, contributors: int) -> str | None:
    """What is too small and what would be enough, in words; None where the group can be judged."""
    lacks = []
    if n < LEAST_SAMPLES:
        lacks.append(f"{n} of at least {LEAST_SAMPLES} samples")
    if contributors < LEAST_CONTRIBUTORS:
        lacks.append(f"{contributors} of at least {LEAST_CONTRIBUTORS} contributors")
    return f"too small to judge: {' and '.join(lacks)}" if lacks else None


def own_contributors(contributors: ArrayLike | None, n: int | None = None) -> NDArray[np.int64]:
    """Dense contributor codes 0..k-1, in which every unknown (negative) contributor is one of its own.

    Args:
        contributors: n integer codes, negative where unknown; None stands for all unknown.
        n: number of samples, needed where ``contributors`` is None.
    """
    if contributors is None:
        return np.arange(n or 0, dtype=np.int64)
    codes = np.asarray(contributors, dtype=np.int64).copy()
    unknown = codes < 0
    if unknown.any():
        start = int(codes.max(initial=-1)) + 1
        codes[unknown] = start + np.arange(int(unknown.sum()))
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


def wilson(p: ArrayLike, n: ArrayLike, z: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Wilson's score interval (1927) for shares p of n trials, n real and at least 0, at quantile z.

    Where n is 0 or z infinite the interval is [0, 1].
    """
    p_, n_, z_ = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (p, n, z)))
    sound = (n_ > 0) & np.isfinite(z_) & np.isfinite(p_)
    p_, n_, z_ = np.where(sound, p_, 0.5), np.where(sound, n_, 1.0), np.where(sound, z_, 1.0)
    square = z_ * z_ / n_
    middle = (p_ + square / 2) / (1 + square)
    half = z_ / (1 + square) * np.sqrt(p_ * (1 - p_) / n_ + square / (4 * n_))
    low, high = np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
    return np.where(sound, low, 0.0), np.where(sound, high, 1.0)


def t_quantile(degrees: ArrayLike, level: float = LEVEL) -> NDArray[np.float64]:
    """Two-sided quantile of Student's t; infinite where there is no degree of freedom."""
    from scipy.special import stdtrit

    nu = np.asarray(degrees, dtype=np.float64)
    return np.where(nu > 0, stdtrit(np.where(nu > 0, nu, 1.0), 0.5 + level / 2), np.inf)


def design_effects(
    scores: ArrayLike, groups: ArrayLike, contributors: ArrayLike | None, n_groups: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Mean, samples, contributors and design effect of every group, in one pass.

    deff = max(1, v / (p (1 - p) / n)) with v = k / (k - 1) sum_c (s_c - p m_c)^2 / n^2, where contributor c
    gave m_c samples that score s_c together (the linearised variance of a ratio under cluster sampling).

    Args:
        scores: n values in 0..1.
        groups: n codes in 0..n_groups-1; negative codes are left out.
        contributors: n codes, negative where unknown.
        n_groups: number of groups; those without a sample get NaN, 0, 0, 1.
    """
    scores_ = np.asarray(scores, dtype=np.float64)
    groups_ = np.asarray(groups, dtype=np.int64)
    codes = own_contributors(contributors, len(scores_))
    known = groups_ >= 0
    scores_, groups_, codes = scores_[known], groups_[known], codes[known]
    span = int(codes.max(initial=0)) + 1
    cells, at = np.unique(groups_ * span + codes, return_inverse=True)
    cell_group = cells // span
    given = np.bincount(at, minlength=len(cells)).astype(np.float64)
    right = np.bincount(at, weights=scores_, minlength=len(cells))
    n = np.bincount(groups_, minlength=n_groups)
    k = np.bincount(cell_group, minlength=n_groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.bincount(groups_, weights=scores_, minlength=n_groups) / n
        residual = np.bincount(cell_group, (right - p[cell_group] * given) ** 2, minlength=n_groups)
        deff = (k / (k - 1) * residual / n**2) / (p * (1 - p) / n)
    deff = np.where(np.isfinite(deff), np.maximum(deff, 1.0), 1.0)
    return p, n.astype(np.int64), k.astype(np.int64), deff


def share_intervals(
    scores: ArrayLike,
    groups: ArrayLike,
    contributors: ArrayLike | None = None,
    n_groups: int | None = None,
    level: float = LEVEL,
) -> list[Interval]:
    """The mean of each group with its interval by contributors.

    Args:
        scores: n values in 0..1, such as right (1) or wrong (0).
        groups: n codes; negative ones belong to no group.
        contributors: n codes, negative where unknown; None where none is known.
        n_groups: number of groups, by default the greatest code and one.
        level: nominal coverage.

    Returns:
        One interval a group; [0, 1] around NaN where there is none of it.
    """
    groups_ = np.asarray(groups, dtype=np.int64)
    count = int(groups_.max(initial=-1)) + 1 if n_groups is None else n_groups
    p, n, k, deff = design_effects(scores, groups_, contributors, count)
    low, high = wilson(p, n / deff, t_quantile(k - 1, level))
    return [
        Interval(float(p[g]), float(low[g]), float(high[g]), int(n[g]), int(k[g]), float(n[g] / deff[g]))
        for g in range(count)
    ]


def share_interval(
    scores: ArrayLike, contributors: ArrayLike | None = None, level: float = LEVEL
) -> Interval:
    """The mean of n scores in 0..1 with its interval by contributors."""
    count = len(np.asarray(scores))
    return share_intervals(scores, np.zeros(count, dtype=np.int64), contributors, 1, level)[0]


def tied_worst(intervals: Sequence[Interval], lower_is_better: bool = False) -> tuple[int | None, list[int]]:
    """The group that looks worst, and all that cannot be told from it: their intervals overlap with its own.

    Only groups that can be judged take part. The first of equals is the worst.

    Returns:
        Index of the worst (None where nothing can be judged) and the indices of the tied set, worst first.
    """
    able = [i for i, one in enumerate(intervals) if one.judged and np.isfinite(one.value)]
    if not able:
        return None, []
    sign = -1.0 if lower_is_better else 1.0
    order = sorted(able, key=lambda i: sign * intervals[i].value)
    worst = intervals[order[0]]
    if lower_is_better:
        tied = [i for i in order if intervals[i].high >= worst.low]
    else:
        tied = [i for i in order if intervals[i].low <= worst.high]
    return order[0], tied
