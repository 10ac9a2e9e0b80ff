"""Intervals for metrics that are no shares (F1, AUROC, MAE, WER, nDCG): whole contributors drawn again.

Drawing contributors instead of samples keeps what one person's samples have in common. With few people the
percentile interval is too narrow, so its arms are lengthened by t(k - 1) / z and sqrt(k / (k - 1)).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ingather.statistics.intervals import LEVEL, Interval, own_contributors, t_quantile

Statistic: TypeAlias = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Takes weights (draws, n), or sums (draws, d), and gives one value a draw, NaN where it has none."""

DRAWS = 1000
MOST_UNITS = 2000
"""More people than this are put at random into so many bundles that are drawn as one."""
_CELLS = 4_000_000


def bootstrap(
    statistic: Statistic,
    contributors: ArrayLike | None,
    n: int | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    level: float = LEVEL,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> Interval:
    """Interval of a metric that is a function of weighted samples.

    Source: Efron and Tibshirani (1993), chapters 8 and 13, with contributors as the unit.

    Args:
        statistic: takes weights (draws, n), whole numbers from 0, and gives (draws,) values.
        contributors: n codes, negative where unknown; None where none is known (then give ``n``).
        n: number of samples, needed where ``contributors`` is None.
        draws: number of drawn sets.
        seed: of the draws; the same seed gives the same interval.
        level: nominal coverage.
        bounds: least and greatest value that the metric can take.
    """
    codes = own_contributors(contributors, n)
    count = len(codes)
    people = int(codes.max(initial=-1)) + 1
    if count == 0:
        return Interval(np.nan, bounds[0], bounds[1], 0, 0, 0.0)
    point = float(statistic(np.ones((1, count)))[0])
    values = []
    rng = np.random.default_rng(seed)
    codes, units = _bundled(codes, people, rng)
    step = max(1, _CELLS // count)
    for start in range(0, draws, step):
        times = rng.multinomial(units, np.full(units, 1 / units), size=min(step, draws - start))
        values.append(statistic(times[:, codes].astype(np.float64)))
    return _interval(point, np.concatenate(values), count, people, level, bounds)


def bootstrap_sums(
    sums: ArrayLike,
    statistic: Statistic,
    contributors: ArrayLike | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    level: float = LEVEL,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> Interval:
    """Interval of a metric that is a function of sums over samples, such as F1 from its counts; far quicker.

    Args:
        sums: (n, d) addends of each sample, such as true positives, false positives, false negatives; or
            (errors, words) for a word error rate; or (value, 1) for a mean.
        statistic: takes (draws, d) sums and gives (draws,) values.
        contributors: as in ``bootstrap``.
        draws: number of drawn sets.
        seed: of the draws.
        level: nominal coverage.
        bounds: least and greatest value that the metric can take.
    """
    addends = np.asarray(sums, dtype=np.float64)
    addends = addends if addends.ndim == 2 else addends[:, None]
    codes = own_contributors(contributors, len(addends))
    people = int(codes.max(initial=-1)) + 1
    rng = np.random.default_rng(seed)
    codes, units = _bundled(codes, people, rng)
    if people == 0:
        return Interval(np.nan, bounds[0], bounds[1], 0, 0, 0.0)
    by_unit = np.stack([np.bincount(codes, column, minlength=units) for column in addends.T], axis=1)
    point = float(statistic(by_unit.sum(axis=0, keepdims=True))[0])
    values = []
    step = max(1, _CELLS // units)
    for start in range(0, draws, step):
        times = rng.multinomial(units, np.full(units, 1 / units), size=min(step, draws - start))
        values.append(statistic(times.astype(np.float64) @ by_unit))
    return _interval(point, np.concatenate(values), len(addends), people, level, bounds)


def bootstrap_mean(
    values: ArrayLike,
    contributors: ArrayLike | None = None,
    *,
    seed: int = 0,
    level: float = LEVEL,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> Interval:
    """Interval of a mean of n real values (absolute errors, nDCG a user), as in ``bootstrap_sums``."""
    flat = np.asarray(values, dtype=np.float64)
    pairs = np.stack([flat, np.ones(len(flat))], axis=1)
    return bootstrap_sums(pairs, ratio, contributors, seed=seed, level=level, bounds=bounds)


def ratio(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """First sum over second, NaN where the second is 0: a mean, or errors over words."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sums[:, 1] != 0, sums[:, 0] / sums[:, 1], np.nan)


def auroc(scores: ArrayLike, positive: ArrayLike) -> Statistic:
    """The area under the ROC curve as a statistic of weights, ties counting half (Mann and Whitney).

    Args:
        scores: n real scores, greater for positive.
        positive: n truth values.
    """
    ranks, at = np.unique(np.asarray(scores, dtype=np.float64), return_inverse=True)
    order = np.argsort(at, kind="stable")
    starts = np.searchsorted(at[order], np.arange(len(ranks)))
    sign = np.asarray(positive, dtype=bool)[order]

    def area(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        sorted_weights = weights[:, order]
        above = np.add.reduceat(np.where(sign, sorted_weights, 0.0), starts, axis=1)
        below = np.add.reduceat(np.where(sign, 0.0, sorted_weights), starts, axis=1)
        pairs = (above * (np.cumsum(below, axis=1) - below / 2)).sum(axis=1)
        whole = above.sum(axis=1) * below.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(whole > 0, pairs / whole, np.nan)

    return area


def _bundled(
    codes: NDArray[np.int64], people: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], int]:
    if people <= MOST_UNITS:
        return codes, people
    bundle = rng.permutation(people) % MOST_UNITS
    return bundle[codes], MOST_UNITS


def _interval(
    point: float,
    values: NDArray[np.float64],
    n: int,
    people: int,
    level: float,
    bounds: tuple[float, float],
) -> Interval:
    values = values[np.isfinite(values)]
    if people < 2 or len(values) == 0 or not np.isfinite(point):
        return Interval(point, bounds[0], bounds[1], n, people, float(people))
    tail = (1 - level) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    longer = float(t_quantile(people - 1, level) / t_quantile(1e9, level)) * np.sqrt(people / (people - 1))
    low = min(point, point - (point - low) * longer)
    high = max(point, point + (high - point) * longer)
    return Interval(
        point, float(np.clip(low, *bounds)), float(np.clip(high, *bounds)), n, people, float(people)
    )
