"""Metrics of one label each: shares of right answers, F1, and the rates of false alarms and misses."""

from __future__ import annotations

import numpy as np

from ingather.training.metrics.estimate import NOTHING, Estimate, Floats, ratio
from ingather.training.metrics.facts import ClassFacts


def accuracy(facts: ClassFacts) -> Estimate:
    """Share of answers that are right."""
    return ratio((facts.truth == facts.answer).astype(float), np.ones(len(facts.truth)))


def balanced_accuracy(facts: ClassFacts) -> Estimate:
    """The mean over the true classes of the share of each that is found."""
    return _mean_over_classes(*_recall_sums(facts), facts)


def f1_macro(facts: ClassFacts) -> Estimate:
    """The mean over classes of F1: twice the right answers over all that are, and all that were said to be.

    Classes that neither are nor were answered do not count.
    """
    return _mean_over_classes(*_f1_sums(facts), facts)


def f1_micro(facts: ClassFacts) -> Estimate:
    """F1 over all classes together; with one answer each it is the accuracy."""
    right = (facts.truth == facts.answer).astype(float)
    answered = (facts.answer >= 0).astype(float)
    return ratio(2 * right, 1 + answered)


def false_positive_rate(facts: ClassFacts) -> Estimate:
    """Share of what is not the positive class that was taken for it.

    With more than two classes and no positive one: the mean over classes, each against the rest.
    """
    return _rate(facts, of_positive=False)


def false_negative_rate(facts: ClassFacts) -> Estimate:
    """Share of the positive class that was missed; with no positive class the mean over classes."""
    return _rate(facts, of_positive=True)


def _rate(facts: ClassFacts, *, of_positive: bool) -> Estimate:
    def one(code: int) -> Estimate:
        is_positive, said = facts.truth == code, facts.answer == code
        wrong, concerned = (
            (is_positive & ~said, is_positive) if of_positive else (said & ~is_positive, ~is_positive)
        )
        return ratio(wrong.astype(float), concerned.astype(float))

    if facts.positive is not None:
        return one(facts.positive)
    if facts.only is not None:
        return one(facts.only)
    found = [one(int(code)) for code in np.unique(facts.truth)]
    found = [estimate for estimate in found if estimate.n]
    if not found:
        return NOTHING
    influence = np.zeros(len(facts.truth))
    for estimate in found:
        influence[estimate.rows] += estimate.influence / len(found)
    value = float(np.mean([estimate.value for estimate in found]))
    return Estimate(value, len(facts.truth), influence, np.arange(len(facts.truth)))


def _recall_sums(facts: ClassFacts) -> tuple[Floats, Floats, Floats, Floats]:
    right = (facts.truth == facts.answer).astype(float)
    none = np.zeros(len(right))
    return right, np.ones(len(right)), none, none


def _f1_sums(facts: ClassFacts) -> tuple[Floats, Floats, Floats, Floats]:
    right = (facts.truth == facts.answer).astype(float)
    answered = (facts.answer >= 0).astype(float)
    return 2 * right, np.ones(len(right)), np.zeros(len(right)), answered


def _mean_over_classes(
    true_above: Floats, true_below: Floats, said_above: Floats, said_below: Floats, facts: ClassFacts
) -> Estimate:
    """The mean over classes of a ratio to which a sample adds in its true and in its answered class.

    Args:
        true_above: what each sample adds above the line of its true class.
        true_below: below the line of its true class.
        said_above: above the line of its answered class.
        said_below: below the line of its answered class.
        facts: the answers; ``only`` restricts the mean to one class.
    """
    count = len(facts.classes)
    truth = facts.truth
    said = np.where(facts.answer >= 0, facts.answer, truth)
    above = np.bincount(truth, true_above, count) + np.bincount(said, said_above, count)
    below = np.bincount(truth, true_below, count) + np.bincount(said, said_below, count)
    counts = below > 0
    if facts.only is not None:
        counts &= np.arange(count) == facts.only
    if not counts.any():
        return NOTHING
    safe = np.where(counts, below, 1)
    each = np.where(counts, above / safe, 0)
    weight = np.where(counts, 1 / (safe * counts.sum()), 0)
    influence = (true_above - each[truth] * true_below) * weight[truth]
    influence += (said_above - each[said] * said_below) * weight[said]
    n = len(truth) if facts.only is None else int((truth == facts.only).sum())
    return Estimate(float(each.sum() / counts.sum()), n, influence, np.arange(len(truth)))
