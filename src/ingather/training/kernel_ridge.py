"""Kernel ridge regression on a few landmarks: what a linear model cannot bend to, at the price of one.

Gaussian kernel, Nystroem's method with landmarks drawn from the rows (Williams and Seeger 2001). Memory and
time grow with rows times landmarks; rows are taken in blocks, so only one block of the kernel is held.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BLOCK = 4096
_JITTER = 1e-6


@dataclass(frozen=True, slots=True)
class KernelRidge:
    """A fitted machine with k outputs.

    Attributes:
        centre: mean of each column of the rows it was fitted on.
        scale: their standard deviation.
        landmarks: m standardised rows.
        weights: m x k.
        offset: k means of the targets.
        width: of the kernel: exp(-width * mean squared difference of the standardised columns).
    """

    centre: NDArray[np.float64]
    scale: NDArray[np.float64]
    landmarks: NDArray[np.float64]
    weights: NDArray[np.float64]
    offset: NDArray[np.float64]
    width: float

    def __call__(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """The outputs (n x k) for n rows."""
        if not len(rows):
            return np.zeros((0, len(self.offset)))
        blocks = (_kernel((block - self.centre) / self.scale, self) for _, block in _blocks(rows))
        return np.concatenate([block @ self.weights for block in blocks]) + self.offset


def fit_kernel_ridge(
    rows: NDArray[np.float32],
    targets: NDArray[np.float64],
    landmarks: NDArray[np.int64],
    width: float,
    penalty: float,
) -> KernelRidge:
    """Fits the targets.

    Args:
        rows: n x d.
        targets: n x k.
        landmarks: which rows stand for all.
        width: of the kernel, see `KernelRidge`.
        penalty: on the norm of the function, above 0.
    """
    centre = rows.mean(axis=0, dtype=np.float64)
    scale: NDArray[np.float64] = rows.std(axis=0, dtype=np.float64) + 1e-6
    offset = targets.mean(axis=0)
    chosen = (rows[landmarks] - centre) / scale
    start = KernelRidge(centre, scale, chosen, np.zeros((len(chosen), targets.shape[1])), offset, width)
    squares = penalty * _kernel(chosen, start) + _JITTER * len(chosen) * np.eye(len(chosen))
    products = np.zeros_like(start.weights)
    for at, block in _blocks(rows):
        kernel = _kernel((block - centre) / scale, start)
        squares += kernel.T @ kernel
        products += kernel.T @ (targets[at : at + len(block)] - offset)
    weights = np.linalg.solve(squares, products).astype(np.float64)
    return KernelRidge(centre, scale, chosen, weights, offset, width)


def _kernel(rows: NDArray[np.float64], machine: KernelRidge) -> NDArray[np.float64]:
    marks = machine.landmarks
    apart = (rows * rows).sum(axis=1)[:, None] + (marks * marks).sum(axis=1) - 2 * rows @ marks.T
    kernel: NDArray[np.float64] = np.exp(-machine.width / rows.shape[1] * np.maximum(apart, 0))
    return kernel


def _blocks(rows: NDArray[np.float32]) -> Iterator[tuple[int, NDArray[np.float32]]]:
    for at in range(0, len(rows), _BLOCK):
        yield at, rows[at : at + _BLOCK]
