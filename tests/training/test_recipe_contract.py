"""What every recipe must do, the installed ones too: repeatable, and never at a loss on odd data."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from recipe_specimens import examples, picture, series, sound, task_of

from ingather.errors import InputError
from ingather.formats.time_ranges import read_ranges
from ingather.plugins import RECIPES, load, names
from ingather.sample import MODALITIES
from ingather.training.contract import Examples, Predictions, RecipeConfig

PROGRAM = """
import os
import pyarrow as pa
import pyarrow.parquet as pq
labels = pq.read_table(os.environ["INGATHER_TRAIN"])["label"].to_pylist()
ids = pq.read_table(os.environ["INGATHER_PREDICT"])["id"].to_pylist()
usual = max(sorted(set(labels)), key=labels.count)
pq.write_table(pa.table({"id": ids, "prediction": [usual] * len(ids)}), os.environ["INGATHER_OUT"])
"""


def those(holds: Callable[[ModuleType], bool]) -> pytest.MarkDecorator:
    """Only the recipes of which that holds: a rule that does not bind a recipe is not asked of it."""
    bound = [name for name in sorted(names(RECIPES)) if holds(load(RECIPES, name))]
    return pytest.mark.parametrize("recipe", bound, indirect=True)


def answers_one_by_one(recipe: ModuleType) -> bool:
    """Some recipes answer samples together, and a program of the user's is run anew for each call."""
    return not getattr(recipe, "together", False) and "run" not in recipe.Config.model_fields


@pytest.fixture(params=sorted(names(RECIPES)))
def recipe(request: pytest.FixtureRequest) -> ModuleType:
    return load(RECIPES, request.param)


@pytest.fixture
def config(recipe: ModuleType, tmp_path: Path) -> RecipeConfig:
    if "run" in recipe.Config.model_fields:
        program = tmp_path / "program.py"
        program.write_text(PROGRAM)
        return recipe.Config(run=[sys.executable, str(program)], folder=str(tmp_path))
    return recipe.Config()


def touching(value: Any) -> bool:
    """Whether an answer marks the moments that are far out."""
    return any(one.start <= 304 and one.end >= 300 and one.label == "odd" for one in read_ranges(value))


def check(predictions: Predictions, n: int) -> None:
    assert len(predictions.values) == n
    if predictions.scores is not None:
        assert predictions.scores.shape == (n, len(predictions.classes))
        assert np.isfinite(predictions.scores).all()


def test_says_what_it_is_for(recipe: ModuleType) -> None:
    assert recipe.tasks
    assert set(recipe.modalities) <= set(MODALITIES)
    assert issubclass(recipe.Config, RecipeConfig)
    assert all(field.description for field in recipe.Config.model_fields.values())
    assert (recipe.__doc__ or "").strip()


def test_fitted_twice_answers_the_same(recipe: ModuleType, config: RecipeConfig) -> None:
    some = examples(recipe, 40)
    first = recipe.fit(some, config, 3).predict(some)
    second = recipe.fit(some, config, 3).predict(some)
    check(first, 40)
    assert first.values == second.values
    assert first.classes == second.classes
    if first.scores is not None:
        assert np.array_equal(first.scores, second.scores)
        assert list(first.classes) == sorted(first.classes)


@those(answers_one_by_one)
def test_answers_one_by_one_as_together(recipe: ModuleType, config: RecipeConfig) -> None:
    some = examples(recipe, 40)
    model = recipe.fit(some, config, 0)
    apart = [model.predict(some.take(np.array([row]))).values[0] for row in range(4)]
    at_once = model.predict(some.take(np.arange(4))).values
    assert apart == (pytest.approx(at_once) if isinstance(at_once[0], float) else at_once)


@those(answers_one_by_one)
def test_learns_what_is_plain(recipe: ModuleType, config: RecipeConfig) -> None:
    some = examples(recipe, 60)
    found = recipe.fit(some.take(np.arange(40)), config, 0).predict(some.take(np.arange(40, 60)))
    if some.task["type"] == "regression":
        assert found.values == pytest.approx(some.labels[40:], abs=0.2)
    elif some.task["type"] == "anomaly":
        assert [touching(value) for value in found.values] == [touching(value) for value in some.labels[40:]]
    elif some.task["type"] in ("retrieval", "ranking"):
        assert [a < b for a, b in zip(found.values[::2], found.values[1::2], strict=True)] == [True] * 10
    else:
        assert found.values == some.labels[40:]


@those(lambda recipe: hasattr(recipe, "prepare"))
def test_prepared_answers_like_unprepared(recipe: ModuleType, config: RecipeConfig) -> None:
    some = examples(recipe, 40)
    ready = recipe.prepare(some, config)
    plain = recipe.fit(some, config, 0).predict(some)
    assert recipe.fit(ready, config, 0).predict(ready).values == plain.values
    again = recipe.fit(ready, config, 0).predict(ready).scores
    assert (again is None) == (plain.scores is None)
    if plain.scores is not None:
        assert again == pytest.approx(plain.scores)


@pytest.mark.parametrize("n", [1, 2, 12])
def test_one_class_and_few_samples(recipe: ModuleType, config: RecipeConfig, n: int) -> None:
    some = examples(recipe, n, one_class=True)
    found = recipe.fit(some, config, 0).predict(examples(recipe, 4))
    check(found, 4)
    if some.task["type"] == "classification":
        assert set(found.values) == {"no"}


@those(lambda recipe: task_of(recipe) == "classification")
def test_a_single_sample_of_a_class_is_enough_to_go_on(recipe: ModuleType, config: RecipeConfig) -> None:
    some = examples(recipe, 12, one_class=True)
    other = examples(recipe, 2).take(np.array([1]))
    mixed = Examples(
        [*some.ids, "other"],
        [*some.inputs, *other.inputs],
        [*some.labels, *other.labels],
        some.task,
        some.modality,
        [*some.beside, *other.beside],
    )
    check(recipe.fit(mixed, config, 0).predict(mixed), 13)


@those(lambda recipe: task_of(recipe) != "recommendation")
def test_missing_labels_are_passed_over(recipe: ModuleType, config: RecipeConfig) -> None:
    some = examples(recipe, 30)
    holed = [None if i % 3 == 0 else value for i, value in enumerate(some.labels)]
    part = replace(some, labels=holed)
    check(recipe.fit(part, config, 0).predict(some), 30)
    none = replace(some, labels=[None] * 30)
    with pytest.raises(InputError) as refused:
        recipe.fit(none, config, 0)
    assert refused.value.fix


def test_nothing_asked_nothing_answered(recipe: ModuleType, config: RecipeConfig) -> None:
    some = examples(recipe, 20)
    check(recipe.fit(some, config, 0).predict(some.take(np.empty(0, np.int64))), 0)


def test_odd_inputs_are_answered(recipe: ModuleType, config: RecipeConfig, tmp_path: Path) -> None:
    """What was never met in learning: other words, other categories, other fields, no content at all."""
    some = examples(recipe, 20)
    some_file = tmp_path / "no film"
    some_file.write_bytes(b"nonsense")
    odd = {
        "text": ["", "\u1234\u4e2d\u6587", "x" * 10_000],
        "audio": [b"", b"RIFF nonsense", sound(1, 0)[:400]],
        "sensor": [b"", b"ARROW1 nonsense", series(1, 0, 60)[:300]],
        "video": [None, some_file, some_file],
        "image": [b"", b"\x89PNG nonsense", picture(1, 0)[:100]],
        "record": [{}, {"colour": "green", "amount": "n/a"}, {"user": "new", "item": "new", "more": [1]}],
    }[some.modality]
    asked = Examples(["p", "q", "r"], odd, [None] * 3, some.task, some.modality)
    check(recipe.fit(some, config, 0).predict(asked), 3)
