"""An estimate and how much each sample moves it: all that an interval by contributor needs.

A metric that is smooth in its sums has an influence per sample: how much the value moves when the sample
counts a little more. Summed by contributor, the squares of the influences give the variance that respects
contributors, the same for a share, an F1, an AUROC or an R2, without drawing lots. For a share it is the
design effect of a cluster sample. Source: D. A. Binder, "On the variances of asymptotically normal
estimators from complex surveys" (1983); for AUROC N. A. Obuchowski, "Nonparametric analysis of clustered ROC
curve data" (1997).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """The value of a metric on some answers.

    Attributes:
        value: the figure; NaN where nothing concerns the metric.
        n: how many samples (words, users) it is an average of.
        influence: per concerned answer how much it moves the value; sums to 0.
        rows: the row of each concerned answer.
    """

    value: float
    n: int
    influence: Floats
    rows: Rows


NOTHING = Estimate(float("nan"), 0, np.empty(0), np.empty(0, np.int64))


def ratio(above: Floats, below: Floats, rows: Rows | None = None, n: int | None = None) -> Estimate:
    """The sum of one column over that of another: a mean, a share, a rate.

    Args:
        above: numerators, one for each answer.
        below: denominators; an answer with 0 does not concern the metric.
        rows: row of each answer; default is its place.
        n: what the estimate is over; default is the number of concerned answers.
    """
    places = np.arange(len(above)) if rows is None else rows
    concerned = below != 0
    if not concerned.any():
        return NOTHING
    above, below, places = above[concerned], below[concerned], places[concerned]
    whole = float(below.sum())
    value = float(above.sum()) / whole
    return Estimate(value, n if n is not None else len(below), (above - value * below) / whole, places)


def of_sums(sums: Floats, figure: Callable[[Floats], float], n: int | None = None) -> Estimate:
    """A smooth function of sums over samples, such as BLEU; how each sample moves it is by its slope.

    Args:
        sums: n x d addends.
        figure: takes d sums; several lists of sums that are multiples of each other give the same figure.
        n: what the estimate is over; default is the number of samples that add anything.
    """
    rows = np.flatnonzero(sums.any(axis=1))
    if not len(rows):
        return NOTHING
    told = sums[rows]
    whole = told.sum(axis=0)
    value = figure(whole)
    slope = np.zeros(len(whole))
    for column, size in enumerate(whole):
        step = np.zeros(len(whole))
        step[column] = max(abs(size), 1.0) * 1e-4
        above, below = figure(whole + step), figure(np.maximum(whole - step, 0))
        slope[column] = (above - below) / (step[column] + min(step[column], size))
    influence = told @ slope
    return Estimate(value, n if n is not None else len(rows), influence - influence.mean(), rows)


def by_leaving_out(samples: int, figure: Callable[[Rows], float], bundles: int = 100) -> Estimate:
    """Any function of samples, how each moves it found by leaving bundles of them out (the jackknife).

    Source: B. Efron, "The jackknife, the bootstrap and other resampling plans" (1982), grouped.

    Args:
        samples: n.
        figure: takes the rows that stay and gives the figure, NaN where it says nothing.
        bundles: into how many the samples are dealt at most.
    """
    rows = np.arange(samples)
    value = figure(rows)
    if math.isnan(value):
        return NOTHING
    count = min(bundles, samples)
    influence = np.zeros(samples)
    for bundle in range(count):
        inside = rows % count == bundle
        without = figure(rows[~inside])
        moved = value - without if not math.isnan(without) else 0.0
        influence[inside] = moved * (count - 1) / count / inside.sum()
    return Estimate(value, samples, influence - influence.mean(), rows)


def variance(influence: Floats, contributors: Rows) -> tuple[float, int]:
    """The variance of an estimate, answers of one contributor taken together.

    Args:
        influence: per answer.
        contributors: code per answer; -1 stands for somebody else each time.

    Returns:
        The variance and the number of contributors; NaN where there are fewer than two.
    """
    known = contributors >= 0
    _, codes = np.unique(contributors[known], return_inverse=True)
    sums = np.concatenate([np.bincount(codes, influence[known]), influence[~known]])
    people = len(sums)
    if people < 2:
        return float("nan"), people
    return people / (people - 1) * float(sums @ sums), people
