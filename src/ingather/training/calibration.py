"""Calibration: margins of a classifier become probabilities that mean what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEPS = 50
TOLERANCE = 1e-8
_RIDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """A sigmoid for each class, 1 / (1 + exp(-(slope * margin + offset))).

    Attributes:
        slope: one per class, never negative: a greater margin is never less probable.
        offset: one per class.
    """

    slope: NDArray[np.float64]
    offset: NDArray[np.float64]

    def each(self, margins: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probability of each class by itself, n x k, for tasks with several labels at once."""
        return _sigmoid(margins * self.slope + self.offset)

    def shares(self, margins: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probabilities of k classes of which one holds, n x k, rows sum to 1."""
        found = np.maximum(self.each(margins), 1e-12)
        return np.asarray(found / found.sum(axis=1, keepdims=True), np.float64)


def calibrate(margins: NDArray[np.float64], holds: NDArray[np.bool_]) -> Calibration:
    """Fits the sigmoids to margins of samples that the classifier was not fitted on.

    Source: J. Platt, "Probabilistic outputs for support vector machines" (1999), with his smoothed targets;
    Newton's method, all classes side by side.

    Args:
        margins: n x k.
        holds: n x k, whether the class is true.
    """
    inside = holds.sum(axis=0)
    outside = len(holds) - inside
    targets = np.where(holds, (inside + 1) / (inside + 2), 1 / (outside + 2))
    slope, offset = np.ones(margins.shape[1]), np.zeros(margins.shape[1])
    for _ in range(STEPS):
        found = _sigmoid(margins * slope + offset)
        off = found - targets
        curve = found * (1 - found)
        first, second = (off * margins).sum(axis=0) + _RIDGE * slope, off.sum(axis=0)
        top = (curve * margins**2).sum(axis=0) + _RIDGE
        cross, bottom = (curve * margins).sum(axis=0), curve.sum(axis=0) + _RIDGE
        whole = top * bottom - cross**2
        by_slope = np.clip((bottom * first - cross * second) / whole, -2, 2)
        by_offset = np.clip((top * second - cross * first) / whole, -2, 2)
        slope, offset = slope - by_slope, offset - by_offset
        if max(np.abs(by_slope).max(), np.abs(by_offset).max()) < TOLERANCE:
            break
    return Calibration(np.maximum(slope, 0), offset)


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -500, 500))), np.float64)
