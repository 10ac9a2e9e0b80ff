"""Metrics of scores: AUROC, and whether a confidence of .8 is right eight times in ten."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingather.training.metrics.estimate import NOTHING, Estimate, Floats, ratio
from ingather.training.metrics.facts import ClassFacts, Flags, MultiFacts

BINS = 10


def auroc(facts: ClassFacts | MultiFacts) -> Estimate:
    """The chance that a sample of a class scores above one that is not of it; ties count half.

    With a positive class it is of that one, else the mean over classes, each against the rest.
    """
    if facts.scores is None:
        return NOTHING
    if facts.only is not None:
        codes = [facts.only]
    elif isinstance(facts, ClassFacts) and facts.positive is not None:
        codes = [facts.positive]
    else:
        codes = list(range(len(facts.classes)))
    n = len(facts.truth)
    found = []
    for code in codes:
        holds = facts.truth == code if isinstance(facts, ClassFacts) else facts.truth[:, code]
        if 0 < holds.sum() < n:
            found.append(_area(facts.scores[:, code], holds))
    if not found:
        return NOTHING
    value = float(np.mean([area for area, _ in found]))
    influence = np.mean([moved for _, moved in found], axis=0)
    return Estimate(value, n, influence, np.arange(n))


def _area(scores: Floats, holds: Flags) -> tuple[float, Floats]:
    """The area under the curve and the influence of each sample, from placements (DeLong 1988)."""
    inside, outside = np.sort(scores[holds]), np.sort(scores[~holds])

    def share_below(among: Floats, of: Floats) -> Floats:
        below = np.searchsorted(among, of, "left") + np.searchsorted(among, of, "right")
        return np.asarray(below / (2 * len(among)), float)

    placed = np.empty(len(scores))
    placed[holds] = share_below(outside, scores[holds])
    placed[~holds] = 1 - share_below(inside, scores[~holds])
    value = float(placed[holds].mean())
    influence = (placed - value) / np.where(holds, len(inside), len(outside))
    return value, influence


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about one confidence: from, to, how many, mean confidence, share that is right."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


def calibration_error(facts: ClassFacts) -> Estimate:
    """The expected calibration error over ten bins of equal width (Naeini, Cooper, Hauskrecht 2015)."""
    sure = _confidence(facts)
    if sure is None:
        return NOTHING
    right = (facts.truth == facts.answer).astype(float)
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    excess = np.bincount(place, sure - right, BINS)
    return ratio(np.sign(excess)[place] * (sure - right), np.ones(len(sure)))


def calibration_bins(facts: ClassFacts) -> tuple[Bin, ...]:
    """The bins of the reliability diagram that hold any answer; empty without probabilities."""
    sure = _confidence(facts)
    if sure is None:
        return ()
    right = facts.truth == facts.answer
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    bins = []
    for at in np.unique(place):
        inside = place == at
        bins.append(
            Bin(
                at / BINS,
                (at + 1) / BINS,
                int(inside.sum()),
                float(sure[inside].mean()),
                float(right[inside].mean()),
            )
        )
    return tuple(bins)


def _confidence(facts: ClassFacts) -> Floats | None:
    """The probability of each answer, or None where scores are no probabilities."""
    scores = facts.scores
    if scores is None or not len(scores) or (facts.answer < 0).any():
        return None
    if scores.min() < -1e-6 or not np.allclose(scores.sum(axis=1), 1, atol=1e-3):
        return None
    return np.clip(scores[np.arange(len(scores)), facts.answer], 0, 1)
