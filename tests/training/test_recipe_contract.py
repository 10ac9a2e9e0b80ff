"""What every recipe must do, the installed ones too: repeatable, and never at a loss on odd data."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from ingather.errors import InputError
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


def sound(kind: int, n: int) -> bytes:
    import soundfile

    rng = np.random.default_rng(n)
    time = np.arange(4000) / 8000
    wave = 0.3 * np.sin(2 * np.pi * (200 + 400 * kind) * time) * (np.abs(time - 0.25) < 0.2)
    stream = io.BytesIO()
    soundfile.write(stream, wave + rng.normal(0, 0.01, 4000), 8000, format="WAV")
    return stream.getvalue()


def picture(kind: int, n: int) -> bytes:
    from PIL import Image

    rng = np.random.default_rng(n)
    pixels = rng.integers(0, 60, (48, 48, 3)) + np.array([0, 120, 60]) * kind
    stream = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()


WORDS = ("the train is late again today", "win a free prize now, call")


def one_input(modality: str, task: str, kind: int, n: int) -> Any:
    if modality == "text":
        return f"{WORDS[kind]} {n}"
    if modality == "audio":
        return sound(kind, n)
    if modality == "image":
        return picture(kind, n)
    if task == "recommendation":
        return {"user": f"u{n % 6}", "item": f"i{kind}{n % 9}", "rating": 4, "at": n}
    return {"amount": 10 * kind + n % 5, "colour": ("red", "blue")[kind], "empty": None, "size": n % 3}


def label(task: str, kind: int) -> Any:
    return {"regression": 3.5 + kind, "recommendation": None}.get(task, ("no", "yes")[kind])


def examples(recipe: ModuleType, n: int, one_class: bool = False) -> Examples:
    task = task_of(recipe)
    modality = next(m for m in MODALITIES if m in recipe.modalities)
    kinds = [0 if one_class else i % 2 for i in range(n)]
    return Examples(
        [f"id-{i}" for i in range(n)],
        [one_input(modality, task, kind, i) for i, kind in enumerate(kinds)],
        [label(task, kind) for kind in kinds],
        {"type": task, "k": 10},
        modality,
    )


def those(holds: Callable[[ModuleType], bool]) -> pytest.MarkDecorator:
    """Only the recipes of which that holds: a rule that does not bind a recipe is not asked of it."""
    bound = [name for name in sorted(names(RECIPES)) if holds(load(RECIPES, name))]
    return pytest.mark.parametrize("recipe", bound, indirect=True)


def answers_one_by_one(recipe: ModuleType) -> bool:
    """A user's interactions are answered together, and a program of the user's is run anew for each call."""
    return task_of(recipe) != "recommendation" and "run" not in recipe.Config.model_fields


def task_of(recipe: ModuleType) -> str:
    return "classification" if "classification" in recipe.tasks else str(sorted(recipe.tasks)[0])


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
    assert apart == pytest.approx(model.predict(some.take(np.arange(4))).values)


@those(answers_one_by_one)
def test_learns_what_is_plain(recipe: ModuleType, config: RecipeConfig) -> None:
    some = examples(recipe, 60)
    found = recipe.fit(some.take(np.arange(40)), config, 0).predict(some.take(np.arange(40, 60)))
    if some.task["type"] == "regression":
        assert found.values == pytest.approx(some.labels[40:], abs=0.2)
    else:
        assert found.values == some.labels[40:]


@those(lambda recipe: hasattr(recipe, "prepare"))
def test_prepared_answers_like_unprepared(recipe: ModuleType, config: RecipeConfig) -> None:
    some = examples(recipe, 40)
    ready = recipe.prepare(some, config)
    plain = recipe.fit(some, config, 0).predict(some)
    assert recipe.fit(ready, config, 0).predict(ready).values == plain.values
    assert recipe.fit(ready, config, 0).predict(ready).scores == pytest.approx(plain.scores)


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
    )
    check(recipe.fit(mixed, config, 0).predict(mixed), 13)


@those(lambda recipe: task_of(recipe) != "recommendation")
def test_missing_labels_are_passed_over(recipe: ModuleType, config: RecipeConfig) -> None:
    some = examples(recipe, 30)
    holed = [None if i % 3 == 0 else value for i, value in enumerate(some.labels)]
    part = Examples(some.ids, some.inputs, holed, some.task, some.modality)
    check(recipe.fit(part, config, 0).predict(some), 30)
    none = Examples(some.ids, some.inputs, [None] * 30, some.task, some.modality)
    with pytest.raises(InputError) as refused:
        recipe.fit(none, config, 0)
    assert refused.value.fix


def test_nothing_asked_nothing_answered(recipe: ModuleType, config: RecipeConfig) -> None:
    some = examples(recipe, 20)
    check(recipe.fit(some, config, 0).predict(some.take(np.empty(0, np.int64))), 0)


def test_odd_inputs_are_answered(recipe: ModuleType, config: RecipeConfig) -> None:
    """What was never met in learning: other words, other categories, other fields, no content at all."""
    some = examples(recipe, 20)
    odd = {
        "text": ["", "\u1234\u4e2d\u6587", "x" * 10_000],
        "audio": [b"", b"RIFF nonsense", sound(1, 0)[:400]],
        "image": [b"", b"\x89PNG nonsense", picture(1, 0)[:100]],
        "record": [{}, {"colour": "green", "amount": "n/a"}, {"user": "new", "item": "new", "more": [1]}],
    }[some.modality]
    asked = Examples(["p", "q", "r"], odd, [None] * 3, some.task, some.modality)
    check(recipe.fit(some, config, 0).predict(asked), 3)
