"""Agreement: how far people's labels of the same tasks agree beyond chance, 1 for wholly, 0 for no better.

Labels come as columns of codes, one row a label, so every measure bears missing labels and unequal numbers.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Codes: TypeAlias = NDArray[np.integer[Any]]
Floats: TypeAlias = NDArray[np.float64]
Level: TypeAlias = Literal["nominal", "ordinal", "interval"]

MOST_PAIRS = 20_000_000
"""Above so many pairs of labels, Cohen's kappa is taken on tasks drawn at random that hold so many."""
_MOST_CELLS = 8_000_000


def krippendorff_alpha(
    task: Codes, label: Codes, level: Level = "nominal", values: ArrayLike | None = None
) -> float | None:
    """Krippendorff's alpha over all labels of tasks that have at least two.

    Source: Krippendorff (2011), Computing Krippendorff's alpha-reliability; any number of labels a task. The
    ordinal distance of two labels is that of their mid-ranks, which is his formula in closed form.

    Args:
        task: n codes.
        label: n codes from 0; for ``ordinal`` in the order of the scale.
        level: nominal, ordinal or interval.
        values: for ``interval``: the number that every label code stands for; by default the code.

    Returns:
        At most 1; None where no task has two labels, or all labels are the same.
    """
    task, label = _paired(task, label)
    n = len(task)
    totals = np.bincount(label).astype(np.float64)
    if np.count_nonzero(totals) < 2:
        return None
    size = np.bincount(task).astype(np.float64)
    pairable = np.maximum(size - 1, 1)
    if level == "nominal":
        cell_task, _, times = _cells(task, label)
        same = np.bincount(cell_task, times**2, minlength=len(size))
        apart = ((size**2 - same) / pairable).sum()
        return float(1 - apart / ((n * n - (totals**2).sum()) / (n - 1)))
    if level == "ordinal":
        scale = np.cumsum(totals) - totals / 2
    else:
        scale = np.asarray(np.arange(len(totals)) if values is None else values, dtype=np.float64)
        scale = scale[: len(totals)]
    scale = scale - (totals * scale).sum() / n
    first = np.bincount(task, scale[label])
    second = np.bincount(task, scale[label] ** 2)
    apart = ((size * second - first**2) / pairable).sum()
    expected = n * (totals * scale**2).sum() / (n - 1)
    return float(1 - apart / expected) if expected > 0 else None


def fleiss_kappa(task: Codes, label: Codes) -> float | None:
    """Fleiss' kappa over all labels of tasks that have at least two.

    Source: Fleiss (1971), Measuring nominal scale agreement among many raters. He asks for the same number of
    labels a task; where it differs, each task's agreement counts alike and chance is taken over all labels.

    Args:
        task: n codes.
        label: n codes from 0.

    Returns:
        At most 1; None where no task has two labels, or all labels are the same.
    """
    task, label = _paired(task, label)
    totals = np.bincount(label)
    if np.count_nonzero(totals) < 2:
        return None
    size = np.bincount(task).astype(np.float64)
    cell_task, _, times = _cells(task, label)
    agreeing = np.bincount(cell_task, times * (times - 1), minlength=len(size))
    kept = size > 0
    observed = (agreeing[kept] / (size[kept] * (size[kept] - 1))).mean()
    chance = ((totals / len(task)) ** 2).sum()
    return float((observed - chance) / (1 - chance))


def cohen_kappa(worker: Codes, task: Codes, label: Codes, seed: int = 0) -> float | None:
    """Cohen's kappa of every two workers on the tasks that both labelled, averaged over the pairs.

    Source: Cohen (1960), A coefficient of agreement for nominal scales; the mean over pairs is Light's
    (1971). A worker's first label of a task counts. Pairs in which both only ever gave one and the same label
    have no kappa and are left out.

    Args:
        worker: n codes from 0.
        task: n codes from 0.
        label: n codes from 0.
        seed: of the draw of tasks above ``MOST_PAIRS`` pairs.

    Returns:
        At most 1; None where no two workers have a kappa.
    """
    if len(task) == 0:
        return None
    order = np.lexsort((worker, task))
    worker, task, label = worker[order], task[order], label[order]
    first = np.ones(len(task), dtype=bool)
    first[1:] = (worker[1:] != worker[:-1]) | (task[1:] != task[:-1])
    worker, task, label = worker[first].astype(np.int64), task[first], label[first].astype(np.int64)
    one, other = _pairs(task, seed)
    if len(one) == 0:
        return None
    workers, labels = int(worker.max()) + 1, int(label.max()) + 1
    pair = worker[one] * workers + worker[other]
    if workers * workers * labels > _MOST_CELLS:
        pair = np.unique(pair, return_inverse=True)[1]
    count = int(pair.max()) + 1
    both = np.bincount(pair, minlength=count).astype(np.float64)
    agreed = np.bincount(pair, label[one] == label[other], minlength=count)
    product = _products(pair * labels + label[one], pair * labels + label[other], count, labels)
    met = both > 0
    observed, chance = agreed[met] / both[met], product[met] / both[met] ** 2
    defined = chance < 1
    if not defined.any():
        return None
    return float(((observed[defined] - chance[defined]) / (1 - chance[defined])).mean())


def _paired(task: Codes, label: Codes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The labels of tasks that have at least two."""
    kept = np.bincount(task)[task] >= 2 if len(task) else np.zeros(0, dtype=bool)
    return task[kept].astype(np.int64), label[kept].astype(np.int64)


def _cells(
    task: NDArray[np.int64], label: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Every task and label that occur together, and how often."""
    span = int(label.max(initial=0)) + 1
    keys, times = np.unique(task * span + label, return_counts=True)
    return keys // span, keys % span, times.astype(np.float64)


def _products(left: NDArray[np.int64], right: NDArray[np.int64], pairs: int, labels: int) -> Floats:
    """For each pair of workers, the sum over labels of how often the one and the other gave it."""
    if pairs * labels <= _MOST_CELLS:
        cells = pairs * labels
        product = np.bincount(left, minlength=cells).astype(np.float64) * np.bincount(right, minlength=cells)
        return np.asarray(product.reshape(pairs, labels).sum(axis=1))
    left_keys, left_times = np.unique(left, return_counts=True)
    right_keys, right_times = np.unique(right, return_counts=True)
    shared, at_left, at_right = np.intersect1d(left_keys, right_keys, assume_unique=True, return_indices=True)
    product = left_times[at_left].astype(np.float64) * right_times[at_right]
    return np.asarray(np.bincount(shared // labels, product, minlength=pairs), dtype=np.float64)


def _pairs(task: Codes, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of every two labels of one task, for tasks in order."""
    size = np.bincount(task)
    wanted = size * (size - 1) // 2
    if wanted.sum() > MOST_PAIRS:
        drawn = np.random.default_rng(seed).permutation(len(size))
        drawn = drawn[np.cumsum(wanted[drawn]) <= MOST_PAIRS]
        rows = np.flatnonzero(np.isin(task, drawn))
    else:
        rows = np.arange(len(task))
    ends = np.cumsum(size)[task]
    ones, others = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    step = 1
    while len(rows := rows[rows + step < ends[rows]]):
        ones.append(rows)
        others.append(rows + step)
        step += 1
    return np.concatenate(ones), np.concatenate(others)
