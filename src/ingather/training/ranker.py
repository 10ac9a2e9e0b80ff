"""A learned linear ranker over the likeness of pairs of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingather.training.likeness import FEATURES, Floats, Likeness, learn_likeness

_PORTION = 20_000


@dataclass(frozen=True, slots=True)
class Ranker:
    """Scores of pairs.

    Attributes:
        likeness: what was learnt of the texts.
        centre: of each feature.
        scale: of each feature.
        weights: of the standardised features.
    """

    likeness: Likeness
    centre: Floats
    scale: Floats
    weights: Floats

    def scores(self, questions: Sequence[str], answers: Sequence[str]) -> Floats:
        """One number a pair, greater where the answer fits better."""
        found = [np.empty(0)]
        for start in range(0, len(questions), _PORTION):
            part = slice(start, start + _PORTION)
            rows = self.likeness.features(questions[part], answers[part])
            found.append((rows - self.centre) / self.scale @ self.weights)
        return np.concatenate(found)


def fit_ranker(
    questions: Sequence[str], answers: Sequence[str], fits: NDArray[np.bool_], seed: int
) -> Ranker:
    """Learns from pairs that do and do not belong together which likenesses matter, and how much.

    What usually answers what is learnt from one half of the pairs while the other half weighs the features,
    and the other way round, so that it is not trusted for what it knows by heart.

    Args:
        questions: n texts.
        answers: n texts.
        fits: whether each pair belongs together.
        seed: of halves and projections.
    """
    from sklearn.linear_model import LogisticRegression

    asked, told = np.array(questions, object), np.array(answers, object)

    def learned(rows: NDArray[np.int64]) -> Likeness:
        return learn_likeness(asked[rows].tolist(), told[rows].tolist(), seed)

    whole = learned(np.flatnonzero(fits) if fits.any() else np.arange(len(fits)))
    names = {name: place for place, name in enumerate(dict.fromkeys(questions))}
    half = np.random.default_rng(seed).permutation(len(names))[[names[one] for one in questions]] % 2
    table = np.zeros((len(fits), FEATURES))
    for side in (0, 1):
        inside = np.flatnonzero(half == side)
        others = np.flatnonzero((half != side) & fits)
        if len(inside):
            likeness = learned(others) if len(others) > 1 else whole
            table[inside] = likeness.features(asked[inside].tolist(), told[inside].tolist())
    centre, scale = table.mean(axis=0), table.std(axis=0) + 1e-9
    if fits.all() or not fits.any():
        return Ranker(whole, centre, np.maximum(scale, 1e-3), np.ones(FEATURES))
    machine = LogisticRegression(max_iter=1000, class_weight="balanced", random_state=seed)
    machine.fit((table - centre) / scale, fits)
    return Ranker(whole, centre, scale, np.asarray(machine.coef_[0], np.float64))
