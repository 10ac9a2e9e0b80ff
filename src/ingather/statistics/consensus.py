"""Consensus: what several people's labels of one task most likely mean, by majority or by EM over workers.

Labels come as three columns of codes, one row a label; a worker who reads a task again has another row.
EM starts from majority shares and smooths nothing: what a worker was never seen to do has probability 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Codes: TypeAlias = NDArray[np.integer[Any]]
Floats: TypeAlias = NDArray[np.float64]
Method: TypeAlias = Literal["majority", "one-coin", "dawid-skene"]

MOST_ITERATIONS = 1000
TOLERANCE = 1e-9
"""EM ends when the log-likelihood gains no more than this share of itself."""
_BLOCK = 16_384


@dataclass(frozen=True, slots=True)
class Consensus:
    """The settled labels of t tasks over k possible labels.

    Attributes:
        labels: t codes, the most probable label; the least code of equals, -1 where a task has no label.
        posteriors: (t, k) probabilities; rows sum to 1, or are 0 where a task has no label.
        marginals: k probabilities of the labels over all tasks.
        log_likelihood: natural logarithm, without the multinomial constant; None for majority.
        iterations: rounds of EM, 0 for majority.
        pairs: (u, 2) the worker and the label of every combination that was seen, sorted.
        rates: (u, k) the chance that this worker gives this label when the truth is each of k; NaN where the
            worker is never thought to have met that truth; empty for majority.
        accuracy: a worker's mean posterior of the labels given; NaN for a worker without labels.
    """

    labels: NDArray[np.int64]
    posteriors: Floats
    marginals: Floats
    log_likelihood: float | None
    iterations: int
    pairs: NDArray[np.int64]
    rates: Floats
    accuracy: Floats
    history: tuple[float, ...] = field(default=(), repr=False)


def majority(worker: Codes, task: Codes, label: Codes, n_tasks: int, n_labels: int) -> Consensus:
    """Every task's shares of labels, and the label with the greatest.

    A tie goes to the label with the least code, so that the answer never depends on the order of rows.

    Args:
        worker: n codes from 0.
        task: n codes in 0..n_tasks-1.
        label: n codes in 0..n_labels-1.
        n_tasks: number of tasks, those without labels too.
        n_labels: number of possible labels.
    """
    shares = _shares(task, label, n_tasks, n_labels)
    return Consensus(
        labels=_settled(shares),
        posteriors=shares,
        marginals=_mean_of_labelled(shares),
        log_likelihood=None,
        iterations=0,
        pairs=np.zeros((0, 2), dtype=np.int64),
        rates=np.zeros((0, n_labels)),
        accuracy=_accuracy(worker, task, label, shares),
    )


def dawid_skene(
    worker: Codes,
    task: Codes,
    label: Codes,
    n_tasks: int,
    n_labels: int,
    *,
    tolerance: float = TOLERANCE,
    most_iterations: int = MOST_ITERATIONS,
) -> Consensus:
    """EM over every worker's own confusion matrix, from majority shares.

    Source: Dawid and Skene (1979), Maximum likelihood estimation of observer error-rates using the EM
    algorithm, Applied Statistics 28(1).

    Args:
        worker: n codes from 0.
        task: n codes in 0..n_tasks-1.
        label: n codes in 0..n_labels-1.
        n_tasks: number of tasks.
        n_labels: number of possible labels.
        tolerance: EM ends when the log-likelihood gains no more than this share of itself.
        most_iterations: EM ends after so many rounds at the latest.
    """

    def rates(seen: Floats, pairs: NDArray[np.int64], workers: int) -> Floats:
        whole = _sum_rows(seen, pairs[:, 0], workers)
        with np.errstate(divide="ignore", invalid="ignore"):
            return seen / whole[pairs[:, 0]]

    return _expectation_maximisation(
        worker, task, label, n_tasks, n_labels, rates, tolerance, most_iterations
    )


def one_coin(
    worker: Codes,
    task: Codes,
    label: Codes,
    n_tasks: int,
    n_labels: int,
    *,
    tolerance: float = TOLERANCE,
    most_iterations: int = MOST_ITERATIONS,
) -> Consensus:
    """EM over one figure a worker: how often right; errors fall evenly on the other labels.

    For few labels a worker, where a whole confusion matrix cannot be known. Source: the symmetric case of
    Dawid and Skene (1979). Arguments as in ``dawid_skene``.
    """

    def rates(seen: Floats, pairs: NDArray[np.int64], workers: int) -> Floats:
        rows = np.arange(len(pairs))
        hits = np.bincount(pairs[:, 0], seen[rows, pairs[:, 1]], minlength=workers)
        given = np.bincount(pairs[:, 0], seen.sum(axis=1), minlength=workers)
        right = hits / np.maximum(given, np.finfo(float).tiny)
        wrong = np.maximum(given - hits, 0.0) / np.maximum(given, np.finfo(float).tiny) / max(1, n_labels - 1)
        out = np.repeat(wrong[pairs[:, 0]][:, None], n_labels, axis=1)
        out[rows, pairs[:, 1]] = right[pairs[:, 0]]
        return out

    return _expectation_maximisation(
        worker, task, label, n_tasks, n_labels, rates, tolerance, most_iterations
    )


METHODS: dict[Method, Callable[..., Consensus]] = {
    "majority": majority,
    "one-coin": one_coin,
    "dawid-skene": dawid_skene,
}


def _expectation_maximisation(
    worker: Codes,
    task: Codes,
    label: Codes,
    n_tasks: int,
    n_labels: int,
    rates_of: Callable[[Floats, NDArray[np.int64], int], Floats],
    tolerance: float,
    most_iterations: int,
) -> Consensus:
    """EM on the sparse matrix of tasks by (worker, label): only what was seen takes memory and time."""
    from scipy.sparse import csr_array

    workers = int(worker.max(initial=-1)) + 1
    keys, column = np.unique(worker.astype(np.int64) * max(1, n_labels) + label, return_inverse=True)
    pairs = np.stack(np.divmod(keys, max(1, n_labels)), axis=1)
    seen_in = csr_array((np.ones(len(task)), (task, column)), shape=(n_tasks, len(keys)))
    seen_in.sum_duplicates()
    # Blocks of tasks stay in the processor's cache through all steps of a round.
    blocks = [seen_in[start : start + _BLOCK] for start in range(0, n_tasks, _BLOCK)]
    turned = [block.T.tocsr() for block in blocks]
    posterior = _shares(task, label, n_tasks, n_labels)
    unlabelled = np.bincount(task, minlength=n_tasks) == 0
    counted = max(1, n_tasks - int(unlabelled.sum()))
    marginals, rates = np.zeros(n_labels), np.zeros((len(keys), n_labels))
    parts = [posterior[start : start + _BLOCK] for start in range(0, n_tasks, _BLOCK)]
    history: list[float] = []
    for _ in range(most_iterations if len(task) else 0):
        marginals = sum((np.ones(len(part)) @ part for part in parts), np.zeros(n_labels)) / counted
        seen = sum((of @ part for of, part in zip(turned, parts, strict=True)), np.zeros(rates.shape))
        rates = rates_of(seen, pairs, workers)
        with np.errstate(divide="ignore", invalid="ignore"):
            # A truth that a worker never met has rate 0/0 and weight 0 wherever that worker is: 0^0 is 1.
            logs, base = np.where(np.isnan(rates), -np.inf, np.log(rates)), np.log(marginals)
        history.append(
            sum(
                _expect(block, logs, base, part, unlabelled[number * _BLOCK : (number + 1) * _BLOCK])
                for number, (block, part) in enumerate(zip(blocks, parts, strict=True))
            )
        )
        if len(history) > 1 and history[-1] - history[-2] <= tolerance * abs(history[-1]):
            break
    return Consensus(
        labels=_settled(posterior),
        posteriors=posterior,
        marginals=marginals,
        log_likelihood=history[-1] if history else 0.0,
        iterations=len(history),
        pairs=pairs,
        rates=rates,
        accuracy=_accuracy(worker, task, label, posterior),
        history=tuple(history),
    )


def _expect(seen: Any, logs: Floats, base: Floats, out: Floats, unlabelled: NDArray[np.bool_]) -> float:
    """Writes the posteriors of a block of tasks into ``out``, gives its log-likelihood."""
    joint = seen @ logs
    joint += base
    top = _row_maxima(joint)
    joint -= top[:, None]
    np.exp(joint, out=joint)
    whole = joint @ np.ones(len(base))
    np.divide(joint, whole[:, None], out=out)
    likelihood = top + np.log(whole)
    if unlabelled.any():
        out[unlabelled] = 0.0
        likelihood[unlabelled] = 0.0
    return float(likelihood.sum())


def _shares(task: Codes, label: Codes, n_tasks: int, n_labels: int) -> Floats:
    cells = task.astype(np.int64) * n_labels + label
    counts = np.bincount(cells, minlength=n_tasks * n_labels).reshape(n_tasks, n_labels).astype(np.float64)
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0))


def _mean_of_labelled(posterior: Floats) -> Floats:
    count = int(posterior.any(axis=1).sum())
    return np.asarray(posterior.sum(axis=0) / max(1, count))


def _settled(posterior: Floats) -> NDArray[np.int64]:
    if posterior.shape[1] == 0:
        return np.full(len(posterior), -1, dtype=np.int64)
    # Equals that differ in the last bits of an EM are equals still.
    best = (posterior >= posterior.max(axis=1, keepdims=True) - 1e-12).argmax(axis=1)
    return np.where(posterior.any(axis=1), best, -1).astype(np.int64)


def _row_maxima(values: Floats) -> Floats:
    """Maxima of rows, column by column: far quicker than along an axis of few entries."""
    top = values[:, 0].copy()
    for column in range(1, values.shape[1]):
        np.maximum(top, values[:, column], out=top)
    return top


def _sum_rows(values: Floats, at: NDArray[np.int64], count: int) -> Floats:
    """Sums of rows by a sorted code."""
    out = np.zeros((count, values.shape[1]))
    if len(values):
        starts = np.flatnonzero(np.diff(at, prepend=-1))
        out[at[starts]] = np.add.reduceat(values, starts, axis=0)
    return out


def _accuracy(worker: Codes, task: Codes, label: Codes, posterior: Floats) -> Floats:
    workers = int(worker.max(initial=-1)) + 1
    given = np.bincount(worker, minlength=workers)
    right = np.bincount(worker, posterior[task, label], minlength=workers) if len(task) else np.zeros(workers)
    with np.errstate(divide="ignore", invalid="ignore"):
        return right / given
