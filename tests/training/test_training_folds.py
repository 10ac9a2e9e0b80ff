from __future__ import annotations

from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from ingather.training.contract import Examples, Predictions, RecipeConfig
from ingather.training.folds import assign_folds, out_of_fold

TASK = {"type": "classification"}


def examples(labels: list[str | None]) -> Examples:
    return Examples([f"id-{i}" for i in range(len(labels))], list(range(len(labels))), labels, TASK)


def test_contributors_stay_together_and_labels_stay_in_proportion() -> None:
    rng = np.random.default_rng(0)
    who = rng.integers(0, 60, 600)
    labels = [str(v) for v in rng.choice(["a", "b", "c"], 600, p=[0.7, 0.2, 0.1])]
    folds = assign_folds(examples(labels), who, 0)
    assert folds.count == 5
    assert all(len(set(folds.of[who == person])) == 1 for person in range(60))
    assert np.ptp(np.bincount(folds.of)) <= 30
    for label in "abc":
        per_fold = np.bincount(folds.of[np.array(labels) == label], minlength=5)
        assert per_fold.min() >= 0.6 * per_fold.mean()


def test_single_samples_are_dealt_exactly() -> None:
    labels = ["a"] * 103 + ["b"] * 22
    folds = assign_folds(examples(labels), np.full(125, -1), 3)
    assert np.bincount(folds.of).tolist() == [25] * 5
    assert set(np.bincount(folds.of[103:])) <= {4, 5}


def test_the_order_of_rows_does_not_matter_and_the_seed_does() -> None:
    labels = [str(i % 3) for i in range(200)]
    who = np.array([i % 50 if i < 150 else -1 for i in range(200)])
    whole = examples(labels)
    first = assign_folds(whole, who, 7)
    mixed = np.random.default_rng(1).permutation(200)
    assert (assign_folds(whole.take(mixed), who[mixed], 7).of == first.of[mixed]).all()
    assert (assign_folds(whole, who, 8).of != first.of).any()


def test_one_contributor_groups_are_dealt_by_sample_and_told() -> None:
    who = np.repeat([0, 1, 2], 40)
    accent = ["us"] * 40 + ["uk"] * 80
    folds = assign_folds(examples(["a", "b"] * 60), who, 0, groups={"accent": accent})
    assert len(set(folds.of[:40])) == folds.count
    assert len(set(folds.of[40:80])) == len(set(folds.of[80:])) == 1
    assert any(line.startswith("accent us: one contributor only") for line in folds.told)


def test_few_contributors_make_fewer_folds() -> None:
    folds = assign_folds(examples(["a"] * 30), np.repeat([0, 1, 2], 10), 0)
    assert folds.count == 3
    assert any("Only 3 folds" in line for line in folds.told)
    alone = assign_folds(examples(["a"] * 30), np.zeros(30, np.int64), 0)
    assert alone.count == 5
    assert any("one contributor" in line for line in alone.told)


def test_numbers_are_dealt_by_size() -> None:
    some = Examples([str(i) for i in range(100)], list(range(100)), list(range(100)), {"type": "regression"})
    folds = assign_folds(some, np.full(100, -1), 0)
    means = [np.mean(np.arange(100)[folds.of == fold]) for fold in range(5)]
    assert max(means) - min(means) < 6


def memory() -> ModuleType:
    """A recipe that knows by heart what it learned from and nothing else."""

    def fit(train: Examples, config: RecipeConfig, seed: int) -> SimpleNamespace:
        known = dict(zip(train.inputs, train.labels, strict=True))
        classes = tuple(sorted({label for label in train.labels if label}))

        def predict(asked: Examples) -> Predictions:
            values = [known.get(value, "never seen") for value in asked.inputs]
            return Predictions(values, np.full((len(values), len(classes)), 1 / len(classes)), classes)

        return SimpleNamespace(predict=predict, told=("knows by heart",))

    return SimpleNamespace(fit=fit)  # type: ignore[return-value]


def test_nothing_is_answered_by_a_model_that_has_seen_it() -> None:
    some = examples(["a"] * 20 + ["b"] * 20 + ["c"])
    found = out_of_fold(memory(), some, np.full(41, -1), RecipeConfig(), 0)
    assert set(found.predictions.values) == {"never seen"}
    assert found.told == ("knows by heart",)
    assert set(found.predictions.classes) == {"a", "b", "c"}
    assert found.predictions.scores.sum(axis=1) == pytest.approx(np.ones(41))


def test_no_samples_no_folds() -> None:
    assert assign_folds(examples([]), np.empty(0, np.int64), 0).of.tolist() == []
