"""Settling votes: one label a task with its probabilities, how good each worker is, how far they agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingather.annotation.votes import Votes
from ingather.errors import InputError
from ingather.statistics.agreement import cohen_kappa, fleiss_kappa, krippendorff_alpha
from ingather.statistics.consensus import METHODS, Consensus, Method, majority

_MOST_CELLS = 100_000_000
_MOST_RATES = 1_000_000


@dataclass(frozen=True, slots=True)
class Settled:
    """What the votes come to.

    Attributes:
        labels: the settled label by task; empty where the task is subjective.
        names: the possible labels, in the order of the columns of ``posteriors``.
        tasks: the tasks, in the order of the rows of ``posteriors``.
        posteriors: (tasks, names) probabilities; for majority and subjective tasks shares of votes.
        marginals: probability of every label over all tasks.
        log_likelihood: natural logarithm without the multinomial constant; None for majority.
        iterations: rounds of EM.
        workers: by worker: ``labels`` given, ``accuracy`` (mean probability that they are right), ``gold``
            (number and share right, where known) and ``confusion`` (label given by true label, for
            Dawid-Skene; None where a truth was never met, left out above a million figures in all).
        agreement: ``alpha`` (Krippendorff, nominal), ``fleiss``, ``cohen`` (mean over pairs); None where
            not defined.
        gold_accuracy: share of gold tasks settled as known; None without gold.
    """

    labels: dict[str, str]
    names: tuple[str, ...]
    tasks: tuple[str, ...]
    posteriors: NDArray[np.float64]
    marginals: dict[str, float]
    log_likelihood: float | None
    iterations: int
    workers: dict[str, dict[str, Any]]
    agreement: dict[str, float | None]
    gold_accuracy: float | None = None

    def distribution(self, task: int) -> dict[str, float]:
        """Probabilities of the labels of one task, by its row."""
        return dict(zip(self.names, self.posteriors[task].tolist(), strict=True))

    def as_json(self) -> dict[str, Any]:
        """The shape that ``ingather consensus --json`` prints."""
        told: dict[str, Any] = {
            "labels": self.labels,
            "posteriors": {
                task: dict(zip(self.names, row, strict=True))
                for task, row in zip(self.tasks, self.posteriors.tolist(), strict=True)
            },
            "marginals": self.marginals,
            "log_likelihood": self.log_likelihood,
            "iterations": self.iterations,
            "workers": self.workers,
            "agreement": self.agreement,
        }
        if self.gold_accuracy is not None:
            told["gold_accuracy"] = self.gold_accuracy
        return told


def settle(votes: Votes, method: Method = "dawid-skene", *, subjective: bool = False) -> Settled:
    """Settles every task by one method; subjective tasks keep the distribution of votes and get no label.

    Raises:
        InputError: there are so many different labels that they are no closed list.
    """
    tasks, names = len(votes.tasks), len(votes.labels)
    if tasks * names > _MOST_CELLS:
        raise InputError(
            f"The votes hold {names:,} different labels over {tasks:,} tasks.",
            why="Consensus chooses from a closed list of labels; free text has no majority.",
            fix="Map the answers to a list of labels first.",
        )
    choose = majority if subjective else METHODS[method]
    found = choose(votes.worker, votes.task, votes.label, tasks, names)
    settled = (
        {}
        if subjective
        else {t: votes.labels[k] for t, k in zip(votes.tasks, found.labels.tolist(), strict=True)}
    )
    known = [task for task in settled if task in votes.gold]
    right = sum(settled[task] == votes.gold[task] for task in known)
    return Settled(
        labels=settled,
        names=votes.labels,
        tasks=votes.tasks,
        posteriors=found.posteriors,
        marginals=dict(zip(votes.labels, found.marginals.tolist(), strict=True)),
        log_likelihood=found.log_likelihood,
        iterations=found.iterations,
        workers=_workers(votes, found),
        agreement={
            "alpha": krippendorff_alpha(votes.task, votes.label),
            "fleiss": fleiss_kappa(votes.task, votes.label),
            "cohen": cohen_kappa(votes.worker, votes.task, votes.label),
        },
        gold_accuracy=right / len(known) if known else None,
    )


def _workers(votes: Votes, found: Consensus) -> dict[str, dict[str, Any]]:
    given = np.bincount(votes.worker, minlength=len(votes.workers)).tolist()
    told: dict[str, dict[str, Any]] = {
        worker: {"labels": given[at], "accuracy": float(found.accuracy[at])}
        for at, worker in enumerate(votes.workers)
    }
    if votes.gold:
        code = {label: at for at, label in enumerate(votes.labels)}
        truth = np.array([code.get(votes.gold.get(task, ""), -1) for task in votes.tasks])
        known = np.array([task in votes.gold for task in votes.tasks])[votes.task]
        tried = np.bincount(votes.worker[known], minlength=len(votes.workers)).tolist()
        hits = known & (truth[votes.task] == votes.label)
        right = np.bincount(votes.worker[hits], minlength=len(votes.workers)).tolist()
        for at, worker in enumerate(votes.workers):
            if tried[at]:
                told[worker]["gold"] = {"labels": tried[at], "right": right[at] / tried[at]}
    if len(found.pairs) and len(votes.workers) * len(votes.labels) ** 2 <= _MOST_RATES:
        _add_confusion(told, votes, found)
    return told


def _add_confusion(told: dict[str, dict[str, Any]], votes: Votes, found: Consensus) -> None:
    """Adds P(label given | true label) of every worker, true label first."""
    size = len(votes.labels)
    rates = np.zeros((len(votes.workers), size, size))
    rates[found.pairs[:, 0], :, found.pairs[:, 1]] = found.rates
    for at, worker in enumerate(votes.workers):
        told[worker]["confusion"] = {
            true: None if np.isnan(row).any() else dict(zip(votes.labels, row.tolist(), strict=True))
            for true, row in zip(votes.labels, rates[at], strict=True)
        }
