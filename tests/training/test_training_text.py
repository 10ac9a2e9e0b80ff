"""Text classification beside being right: several labels, paths, bounds of memory, probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from ingather.training.calibration import calibrate
from ingather.training.contract import Examples
from ingather.training.recipes import text_classification as recipe
from ingather.training.sparse_rows import join_rows, split_rows

TOPICS = {"sport": "goal match team", "money": "bank loan price", "law": "court judge appeal"}


def notes(n: int, names: list[list[str]]) -> list[str]:
    rng = np.random.default_rng(0)
    filler = ["the", "of", "today", "with", "again", "near"]
    told = []
    for row in range(n):
        words = [word for name in names[row] for word in TOPICS[name].split()]
        words += list(rng.choice(filler, 4))
        told.append(" ".join(rng.permutation(words)))
    return told


@pytest.mark.parametrize("task", [{"type": "classification", "multi": True}, {"type": "tagging"}])
def test_several_labels_at_once(task: dict) -> None:
    sets = [["sport"], ["money", "law"], ["law"], ["sport", "money"], []] * 20
    some = Examples([str(i) for i in range(100)], notes(100, sets), sets, task)
    found = recipe.fit(some.take(np.arange(80)), recipe.Config(), 0).predict(some.take(np.arange(80, 100)))
    assert [sorted(value) for value in found.values] == [sorted(names) for names in sets[80:]]
    assert found.scores.max() <= 1


def test_paths_are_answered_as_paths() -> None:
    labels = [["news", "sport"], ["news", "law"]] * 20
    task = {"type": "classification", "tree": True}
    some = Examples([str(i) for i in range(40)], notes(40, [[path[1]] for path in labels]), labels, task)
    assert recipe.fit(some, recipe.Config(), 0).predict(some).values == labels


def test_above_the_budget_a_sample_is_learned_from_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = ["sport", "law"] * 50
    texts = notes(100, [[label] for label in labels])
    some = Examples([str(i) for i in range(100)], texts, labels, {"type": "classification"})
    whole = recipe.fit(some, recipe.Config(), 0)
    assert whole.told == ()
    monkeypatch.setattr(recipe, "BUDGET", sum(map(len, texts)) // 2)
    half = recipe.fit(some, recipe.Config(), 0)
    assert half.told == ("Learned from 49 of 100 texts, drawn by lot: more would not fit into memory.",)
    assert recipe.prepare(some, recipe.Config()).inputs == texts
    assert half.predict(some).values == labels
    assert half.told == recipe.fit(some, recipe.Config(), 0).told


def test_portions_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = ["sport", "law"] * 50
    some = Examples([str(i) for i in range(100)], notes(100, [[label] for label in labels]), labels, {})
    model = recipe.fit(some, recipe.Config(), 0)
    whole = model.predict(some).scores
    monkeypatch.setattr(recipe, "BUDGET", 400)
    assert model.predict(some).scores == pytest.approx(whole)


def test_probabilities_mean_what_they_say() -> None:
    rng = np.random.default_rng(0)
    margins = rng.normal(0, 2, (20_000, 1))
    chance = 1 / (1 + np.exp(-(1.5 * margins - 0.5)))
    fitted = calibrate(margins, rng.random((20_000, 1)) < chance)
    assert fitted.slope == pytest.approx(np.array([1.5]), abs=0.06)
    assert fitted.offset == pytest.approx(np.array([-0.5]), abs=0.06)
    assert np.abs(fitted.each(margins) - chance).max() < 0.03


def test_margins_that_separate_all_stay_finite() -> None:
    margins = np.array([[-50.0], [-40.0], [40.0], [50.0]])
    fitted = calibrate(margins, margins > 0)
    found = fitted.each(margins)
    assert np.isfinite(found).all()
    assert ((found > 0.5) == (margins > 0)).all()


def test_rows_come_apart_and_together() -> None:
    from scipy.sparse import random as sparse

    matrix = sparse(7, 30, 0.2, format="csr", random_state=0)
    assert (join_rows(split_rows(matrix), 30) != matrix).nnz == 0
    assert join_rows([], 30).shape == (0, 30)
