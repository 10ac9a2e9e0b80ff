"""Consensus on the data of the 1979 paper, on real crowds, and against a plain implementation with loops."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import numpy as np
import pytest

from ingather.statistics.consensus import METHODS, Consensus, dawid_skene, majority, one_coin

# Dawid and Skene (1979), table 1: 45 patients; three readings of observer 1, then one of observers 2 to 5.
PATIENTS = """
1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343
1111111 2223212 1211111 1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222
1111111 1111111 2322222 1111111 1111111 1121121 1111111 3333233 1111111 2222222 2223232 4334343
2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 2222222
"""
OBSERVER = (0, 0, 0, 1, 2, 3, 4)


def anaesthetists() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = [
        (OBSERVER[place], patient, int(grade) - 1)
        for patient, grades in enumerate(PATIENTS.split())
        for place, grade in enumerate(grades)
    ]
    worker, task, label = np.array(rows).T
    return worker, task, label


def by_loops(worker, task, label, n_tasks, n_labels, rounds):  # type: ignore[no-untyped-def]
    """EM as the paper writes it, on a dense cube of counts."""
    counts = np.zeros((n_tasks, worker.max() + 1, n_labels))
    for w, t, y in zip(worker, task, label, strict=True):
        counts[t, w, y] += 1
    posterior = counts.sum(axis=1) / counts.sum(axis=(1, 2))[:, None]
    for _ in range(rounds):
        marginals = posterior.mean(axis=0)
        rates = np.einsum("tj,twl->wjl", posterior, counts)
        whole = rates.sum(axis=2, keepdims=True)
        rates = np.divide(rates, whole, out=np.zeros_like(rates), where=whole > 0)
        joint = np.array(
            [[marginals[j] * np.prod(rates[:, j, :] ** counts[t]) for j in range(n_labels)]
             for t in range(n_tasks)]
        )  # fmt: skip
        posterior = joint / joint.sum(axis=1, keepdims=True)
    return posterior, marginals, float(np.log(joint.sum(axis=1)).sum())


def test_the_papers_patients() -> None:
    worker, task, label = anaesthetists()
    assert np.bincount(label).tolist() == [127, 125, 48, 15]
    found = dawid_skene(worker, task, label, 45, 4)
    assert found.marginals == pytest.approx([0.40, 0.42, 0.11, 0.07], abs=0.005)
    first = {(int(w), int(y)): row for (w, y), row in zip(found.pairs, found.rates, strict=True)}
    assert first[0, 0][:2] == pytest.approx([0.89, 0.07], abs=0.005)
    assert first[0, 1][:2] == pytest.approx([0.11, 0.88], abs=0.005)
    assert (np.diff(found.history) >= -1e-9).all()
    posterior, marginals, likelihood = by_loops(worker, task, label, 45, 4, found.iterations)
    assert found.posteriors == pytest.approx(posterior, abs=1e-9)
    assert found.marginals == pytest.approx(marginals, abs=1e-9)
    assert found.log_likelihood == pytest.approx(likelihood, abs=1e-7)


# ORIGIN.md has .900/.830, .847/.840, .944/.944 (crowd-kit, which keeps unseen errors from being 0); without
# any smoothing Dawid-Skene ends at .840, .837, .944.
@pytest.mark.parametrize(
    ("name", "by_majority", "by_workers"),
    [("CF", 0.900, 0.840), ("CF_amt", 0.847, 0.837), ("SP_amt", 0.944, 0.944)],
)
def test_real_crowds(data: Path, name: str, by_majority: float, by_workers: float) -> None:
    with (data / "active-crowd-toolkit" / "Data" / f"{name}.csv").open() as file:
        rows = list(csv.reader(file))
    worker, task, label = (np.unique([r[i] for r in rows], return_inverse=True)[1] for i in range(3))
    tasks, labels = np.unique([r[1] for r in rows]), np.unique([r[2] for r in rows])
    gold = {r[1]: r[3] for r in rows}
    truth = np.array([gold[t] for t in tasks])

    def accuracy(found: Consensus) -> float:
        return float((labels[found.labels] == truth).mean())

    sizes = (len(tasks), len(labels))
    assert accuracy(majority(worker, task, label, *sizes)) == pytest.approx(by_majority, abs=0.0005)
    assert accuracy(dawid_skene(worker, task, label, *sizes)) == pytest.approx(by_workers, abs=0.0005)
    assert accuracy(one_coin(worker, task, label, *sizes)) >= by_workers


def test_one_coin_finds_the_workers_that_were_planted() -> None:
    rng = np.random.default_rng(0)
    truth, skill = rng.integers(0, 3, 2000), np.array([0.95, 0.8, 0.6, 0.35])
    task, worker = (grid.ravel() for grid in np.meshgrid(np.arange(2000), np.arange(4), indexing="ij"))
    right = rng.random(8000) < skill[worker]
    label = np.where(right, truth[task], (truth[task] + rng.integers(1, 3, 8000)) % 3)
    found = one_coin(worker, task, label, 2000, 3)
    assert found.accuracy == pytest.approx(skill, abs=0.03)
    assert (found.labels == truth).mean() > (majority(worker, task, label, 2000, 3).labels == truth).mean()
    assert (np.diff(found.history) >= -1e-9).all()


def test_a_tie_goes_to_the_least_label_whatever_the_order() -> None:
    worker, task, label = np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]), np.array([2, 1, 1, 2])
    for order in ([0, 1, 2, 3], [3, 2, 1, 0]):
        assert majority(worker[order], task[order], label[order], 2, 3).labels.tolist() == [1, 1]


@pytest.mark.parametrize("method", METHODS)
def test_small_cases(method: str) -> None:
    settle, none = METHODS[method], np.zeros(0, dtype=np.int64)  # type: ignore[index]
    assert settle(none, none, none, 0, 0).labels.tolist() == []
    assert settle(none, none, none, 2, 3).labels.tolist() == [-1, -1]
    one = settle(np.array([0]), np.array([0]), np.array([1]), 1, 2)
    assert (one.labels.tolist(), one.posteriors.tolist()) == ([1], [[0.0, 1.0]])
    same = settle(np.array([0, 1, 2]), np.array([0, 0, 1]), np.array([0, 0, 0]), 2, 1)
    assert same.labels.tolist() == [0, 0]
    assert same.log_likelihood in (None, 0.0)
    alone = settle(np.array([0, 0, 0]), np.array([0, 1, 2]), np.array([0, 1, 1]), 3, 2)
    assert alone.labels.tolist() == [0, 1, 1]


def test_a_million_labels() -> None:
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 5, 200_000)
    task, worker = np.repeat(np.arange(200_000), 5), rng.integers(0, 1000, 1_000_000)
    right = rng.random(1_000_000) < rng.uniform(0.4, 0.95, 1000)[worker]
    label = np.where(right, truth[task], rng.integers(0, 5, 1_000_000))
    start = time.process_time()
    found = dawid_skene(worker, task, label, 200_000, 5)
    assert (found.labels == truth).mean() > 0.9
    assert time.process_time() - start < 4
