"""The baseline of the replay: kernel ridge on one-hot labels, exact out-of-fold answers from one inverse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Ridge:
    """A fitted machine; ``scores`` are n x k, out of fold or for further rows."""

    def __init__(self, kernel: NDArray[np.float32], label: NDArray[np.int64], classes: int, penalty: float):
        self.targets = np.eye(classes)[label] - 1 / classes
        self.inverse = np.linalg.inv(kernel.astype(np.float64) + penalty * np.eye(len(label)))
        self.weights = self.inverse @ self.targets

    def answer(self, kernel: NDArray[np.float32]) -> Floats:
        """Scores of further rows, by their kernel with the rows fitted on."""
        return np.asarray(kernel @ self.weights)

    def out_of_fold(self, fold: NDArray[np.int64]) -> Floats:
        """Scores of every row by the machine fitted without its fold.

        Leave-one-out's identity for blocks: the residual of fold F is G_FF^-1 (G y)_F, G the inverse.
        """
        scores = np.empty_like(self.targets)
        for one in np.unique(fold):
            rows = np.flatnonzero(fold == one)
            residual = np.linalg.solve(self.inverse[np.ix_(rows, rows)], self.weights[rows])
            scores[rows] = self.targets[rows] - residual
        return scores


def wrong(scores: Floats, label: NDArray[np.int64]) -> Floats:
    """1 where the answer is wrong."""
    return (scores.argmax(axis=1) != label).astype(np.float64)


def margins(scores: Floats, label: NDArray[np.int64]) -> Floats:
    """Score of the true class less the best other."""
    rows = np.arange(len(label))
    others = scores.copy()
    others[rows, label] = -np.inf
    return np.asarray(scores[rows, label] - others.max(axis=1))
