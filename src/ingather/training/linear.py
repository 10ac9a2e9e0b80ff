"""A linear classifier over many features, with calibrated scores: the plain baseline that is hard to beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingather.training.calibration import Calibration, calibrate
from ingather.training.targets import ClassTargets

CALIBRATION_FOLDS = 3
MANY = 10_000
"""Samples above which one third to calibrate on is plenty."""
_ABSENT = -1.0


@dataclass(frozen=True, slots=True)
class LinearClassifier:
    """Fitted weights of each class against the rest.

    Attributes:
        weights: features x classes.
        offsets: one per class.
        calibration: from margins to probabilities.
        multi: whether several classes may hold at once.
    """

    weights: NDArray[np.float64]
    offsets: NDArray[np.float64]
    calibration: Calibration
    multi: bool

    def scores(self, features: Any) -> NDArray[np.float64]:
        """Probabilities n x classes of n rows of features, dense or sparse."""
        margins = np.asarray(features @ self.weights + self.offsets)
        return self.calibration.each(margins) if self.multi else self.calibration.shares(margins)


def fit_linear(
    features: Any, targets: ClassTargets, *, strength: float, balanced: bool, seed: int
) -> LinearClassifier:
    """Fits a support vector machine and calibrates it on margins of samples that it has not seen.

    Args:
        features: n x d, dense or CSR, the rows of ``targets``.
        targets: n labels.
        strength: the penalty's inverse; greater follows the data more closely.
        balanced: whether rare classes weigh as much as frequent ones.
        seed: of the solver and of the inner folds.
    """
    n, k = targets.holds.shape
    folds = _inner_folds(targets, seed)
    margins = np.full((n, k), _ABSENT)
    used = CALIBRATION_FOLDS if n <= MANY else 1
    for fold in range(used):
        out = np.flatnonzero(folds == fold)
        rest = np.flatnonzero(folds != fold)
        if len(out) and len(rest):
            weights, offsets = _weights(
                features[rest], targets.holds[rest], targets, strength, balanced, seed
            )
            margins[out] = features[out] @ weights + offsets
    weights, offsets = _weights(features, targets.holds, targets, strength, balanced, seed)
    seen = folds < used
    return LinearClassifier(weights, offsets, calibrate(margins[seen], targets.holds[seen]), targets.multi)


def _weights(
    features: Any,
    holds: NDArray[np.bool_],
    targets: ClassTargets,
    strength: float,
    balanced: bool,
    seed: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    from sklearn.svm import LinearSVC

    weights = np.zeros((features.shape[1], holds.shape[1]))
    offsets = np.full(holds.shape[1], _ABSENT)

    def fitted(truth: NDArray[Any]) -> Any:
        machine = LinearSVC(
            C=strength, class_weight="balanced" if balanced else None, random_state=seed, max_iter=2000
        )
        return machine.fit(features, truth)

    if targets.multi or holds.shape[1] == 2:
        alone = not targets.multi
        for code in range(1 if alone else 0, holds.shape[1]):
            if holds[:, code].all() or not holds[:, code].any():
                offsets[code] = 1.0 if holds[:, code].any() else _ABSENT
                continue
            machine = fitted(holds[:, code])
            weights[:, code], offsets[code] = machine.coef_[0], machine.intercept_[0]
        if alone:
            weights[:, 0], offsets[0] = -weights[:, 1], -offsets[1]
        return weights, offsets
    present = np.flatnonzero(holds.any(axis=0))
    if len(present) < 2:
        offsets[present] = 1.0
        return weights, offsets
    codes = holds.argmax(axis=1)
    machine = fitted(codes)
    if len(present) == 2:
        weights[:, present[1]], offsets[present[1]] = machine.coef_[0], machine.intercept_[0]
        weights[:, present[0]], offsets[present[0]] = -machine.coef_[0], -machine.intercept_[0]
    else:
        weights[:, present], offsets[present] = machine.coef_.T, machine.intercept_
    return weights, offsets


def _inner_folds(targets: ClassTargets, seed: int) -> NDArray[np.int64]:
    """A fold for each row, each class dealt out evenly."""
    n = len(targets.holds)
    shuffled = np.random.default_rng(seed).permutation(n)
    by_class = shuffled[np.argsort(targets.codes[shuffled], kind="stable")]
    folds = np.empty(n, np.int64)
    folds[by_class] = np.arange(n) % CALIBRATION_FOLDS
    return folds
