"""An estimate and how much each sample moves it: all that an interval by contributor needs.

A metric that is smooth in its sums has an influence per sample: how much the value moves when the sample
counts a little more. Summed by contributor, the squares of the influences give the variance that respects
contributors, the same for a share, an F1, an AUROC or an R2, without drawing lots. For a share it is the
design effect of a cluster sample. Source: D. A. Binder, "On the variances of asymptotically normal
estimators from complex surveys" (1983); for AUROC N. A. Obuchowski, "Nonparametric analysis of clustered ROC
curve data" (1997).
"""

from __future__ import annotations

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
