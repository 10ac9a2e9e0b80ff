"""Metrics of several labels at once."""

from __future__ import annotations

import numpy as np

from ingather.training.metrics.estimate import NOTHING, Estimate, ratio
from ingather.training.metrics.facts import MultiFacts


def accuracy(facts: MultiFacts) -> Estimate:
    """Share of samples whose labels are right, all of them; of one label, whether that one is right."""
    right = facts.truth == facts.answer
    hit = right.all(axis=1) if facts.only is None else right[:, facts.only]
    return ratio(hit.astype(float), np.ones(len(hit)))


def f1_micro(facts: MultiFacts) -> Estimate:
    """F1 over all labels together."""
    both = (facts.truth & facts.answer).sum(axis=1).astype(float)
    said = facts.truth.sum(axis=1).astype(float) + facts.answer.sum(axis=1)
    return ratio(2 * both, said, n=len(both))


def f1_macro(facts: MultiFacts) -> Estimate:
    """The mean of F1 over labels that hold or were answered anywhere."""
    above = 2.0 * (facts.truth & facts.answer)
    below = facts.truth.astype(float) + facts.answer
    sums = below.sum(axis=0)
    counts = sums > 0
    if facts.only is not None:
        counts &= np.arange(len(facts.classes)) == facts.only
    if not counts.any():
        return NOTHING
    above, below, sums = above[:, counts], below[:, counts], sums[counts]
    each = above.sum(axis=0) / sums
    influence = ((above - each * below) / sums).mean(axis=1)
    n = len(above) if facts.only is None else int(facts.truth[:, facts.only].sum())
    return Estimate(float(each.mean()), n, influence, np.arange(len(above)))
