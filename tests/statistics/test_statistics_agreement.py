"""Agreement against published tables and scikit-learn."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from ingather.statistics import agreement
from ingather.statistics.agreement import cohen_kappa, fleiss_kappa, krippendorff_alpha

# Krippendorff (2011), example D: 4 observers, 12 units, missing values as 0.
OBSERVERS = ("123321412000", "123322412503", "033323422510", "123324412510")


def long_form(rows: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    cells = [(w, t, int(v) - 1) for w, row in enumerate(rows) for t, v in enumerate(row) if v != "0"]
    worker, task, label = np.array(cells).T
    return worker, task, label


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_of_krippendorffs_example(level: str, alpha: float) -> None:
    _, task, label = long_form(OBSERVERS)
    assert krippendorff_alpha(task, label, level) == pytest.approx(alpha, abs=5e-4)  # type: ignore[arg-type]


def test_alpha_of_interval_takes_the_values() -> None:
    task, label = np.array([0, 0, 1, 1]), np.array([0, 1, 2, 2])
    # values 0, 1, 10: observed (1 + 0 + ...)/4 * 2 = .5; expected 2/(4*3) * (1 + 2*100 + 2*81) = 60.5
    assert krippendorff_alpha(task, label, "interval", [0, 1, 10]) == pytest.approx(1 - 0.5 / 60.5)


def test_fleiss_of_the_worked_table() -> None:
    # 14 raters, 10 subjects, 5 categories; kappa .210.
    table = np.array([
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ])  # fmt: skip
    task, label = (np.repeat(grid.ravel(), table.ravel()) for grid in np.indices(table.shape))
    assert fleiss_kappa(task, label) == pytest.approx(0.210, abs=5e-4)


def test_cohen_is_the_mean_over_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    table = np.where(rng.random((5, 60)) < 0.7, rng.integers(0, 4, 60), rng.integers(0, 4, (5, 60)))
    there = rng.random((5, 60)) < 0.6
    worker, task = np.nonzero(there)
    kappas = []
    for one, other in combinations(range(5), 2):
        both = there[one] & there[other]
        grid = np.zeros((4, 4))
        np.add.at(grid, (table[one][both], table[other][both]), 1 / both.sum())
        chance = grid.sum(axis=0) @ grid.sum(axis=1)
        kappas.append((np.trace(grid) - chance) / (1 - chance))
    shuffled = rng.permutation(len(worker))
    for most in (8_000_000, 1):
        monkeypatch.setattr(agreement, "_MOST_CELLS", most)
        found = cohen_kappa(worker[shuffled], task[shuffled], table[worker, task][shuffled])
        assert found == pytest.approx(np.mean(kappas))


def test_cohens_own_kind_of_table() -> None:
    # 50 subjects: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: observed .7, chance .5, kappa .4.
    left, right = np.repeat([0, 0, 1, 1], [20, 5, 10, 15]), np.repeat([0, 1, 0, 1], [20, 5, 10, 15])
    task = np.tile(np.arange(50), 2)
    assert cohen_kappa(np.repeat([0, 1], 50), task, np.concatenate([left, right])) == pytest.approx(0.4)


def test_many_pairs_are_taken_on_drawn_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    truth, worker = rng.integers(0, 2, 4000), np.tile(np.arange(4), 4000)
    task = np.repeat(np.arange(4000), 4)
    label = np.where(rng.random(16000) < 0.8, truth[task], 1 - truth[task])
    whole = cohen_kappa(worker, task, label)
    monkeypatch.setattr(agreement, "MOST_PAIRS", 6000)
    assert cohen_kappa(worker, task, label) == pytest.approx(whole, abs=0.05)
    assert cohen_kappa(worker, task, label) != whole


def test_nothing_to_agree_on() -> None:
    none, alone, same = np.zeros(0, dtype=np.int64), np.arange(3), np.zeros(4, dtype=np.int64)
    for task, label in ((none, none), (alone, alone), (np.array([0, 0, 1, 1]), same)):
        assert krippendorff_alpha(task, label) is None
        assert krippendorff_alpha(task, label, "ordinal") is None
        assert fleiss_kappa(task, label) is None
    assert cohen_kappa(none, none, none) is None
    assert cohen_kappa(same, np.arange(4), same) is None
    assert cohen_kappa(np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]), same) is None
