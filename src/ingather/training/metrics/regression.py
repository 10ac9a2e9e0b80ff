"""Metrics of numbers."""

from __future__ import annotations

import numpy as np

from ingather.training.metrics.estimate import NOTHING, Estimate, ratio
from ingather.training.metrics.facts import NumberFacts


def mae(facts: NumberFacts) -> Estimate:
    """The mean of how far the answers are off, in the target's own unit."""
    return ratio(np.abs(facts.truth - facts.answer), np.ones(len(facts.truth)))


def rmse(facts: NumberFacts) -> Estimate:
    """The root of the mean squared error, in the target's own unit."""
    squares = ratio((facts.truth - facts.answer) ** 2, np.ones(len(facts.truth)))
    if not squares.n:
        return NOTHING
    root = float(np.sqrt(squares.value))
    influence = squares.influence / (2 * root) if root else squares.influence
    return Estimate(root, squares.n, influence, squares.rows)


def r2(facts: NumberFacts) -> Estimate:
    """The share of the target's variance that the answers explain; below 0 is worse than its mean."""
    spread = (facts.truth - facts.truth.mean()) ** 2 if len(facts.truth) else facts.truth
    whole = float(spread.sum())
    if whole == 0:
        return NOTHING
    missed = (facts.truth - facts.answer) ** 2
    share = float(missed.sum()) / whole
    return Estimate(1 - share, len(spread), -(missed - share * spread) / whole, np.arange(len(spread)))
