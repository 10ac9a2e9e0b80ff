"""Training stays within 4 GB: above a size samples are drawn by lot and that is told, below it they fit."""

from __future__ import annotations

import sys
import tracemalloc
from pathlib import Path
from types import ModuleType

import pytest
from recipe_specimens import examples, task_of
from test_recipe_contract import PROGRAM

from command_line import ingather
from ingather.plan.read import read_plan
from ingather.plugins import RECIPES, load, names
from ingather.store.workspace import Workspace
from ingather.training import examples as reading
from ingather.training.examples import MOST, load_examples
from ingather.training.folds import prepared
from ingather.training.recipes import text_classification

GIGABYTE = 1 << 30
FEW, MORE = 40, 120

PLAN = """\
version: 1
name: notes
objective: Try.
modality: text
task: {type: classification, labels: [a, b]}
rights: {licences: [CC0-1.0]}
clean: []
sources:
  - {name: all, kind: files, path: notes.csv, text: text, label: label, licence: CC0-1.0}
release: {splits: {train: 1}}
train: {recipe: text-classification, metric: accuracy}
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("memory")
    (place / "plan.yaml").write_text(PLAN)
    rows = [f"{'ab'[n % 2]},the number {n} is {'odd' if n % 2 else 'even'}" for n in range(300)]
    (place / "notes.csv").write_text("label,text\n" + "\n".join(rows) + "\n")
    ingather("-C", place, "run")
    return place


def test_above_the_most_samples_are_drawn_by_lot_and_that_is_told(
    released: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = read_plan(released / "plan.yaml")
    workspace = Workspace(released)
    folder = released / "releases" / "v1"
    some = load_examples(workspace, plan, folder, 100)
    assert (len(some.examples.ids), some.left) == (100, 200)
    assert load_examples(workspace, plan, folder, 100).examples.ids == some.examples.ids
    more = load_examples(workspace, plan, folder, 200)
    assert set(some.examples.ids) < set(more.examples.ids), "the lot of a sample is its own"
    monkeypatch.setattr(reading, "MOST_BYTES", 1000)
    light = load_examples(workspace, plan, folder)
    assert 30 < len(light.examples.ids) < 60
    assert sum(len(text) for text in light.examples.inputs) <= 1000
    from ingather.training import stage

    monkeypatch.setattr(text_classification, "most", 100)
    monkeypatch.setattr(reading, "MOST_BYTES", 10**9)
    told = stage.train(workspace, plan.model_copy(update={"seed": 1}))
    assert told.details["learned_from"] == 100
    assert any("200 samples above" in note for note in told.notes)


@pytest.mark.parametrize("recipe", sorted(names(RECIPES)))
def test_as_many_as_a_recipe_takes_fit_into_memory(recipe: str, tmp_path: Path) -> None:
    """What one fit holds grows at most in proportion; for as many as it takes that is within 3 GB."""
    module = load(RECIPES, recipe)
    most = getattr(module, "most", MOST)
    assert most <= 200_000
    peaks = [peak(module, n, tmp_path) for n in (FEW, MORE)]
    a_sample = (peaks[1] - peaks[0]) / (MORE - FEW)
    assert peaks[1] + a_sample * most < 3 * GIGABYTE, f"{a_sample:.0f} bytes a sample"


def peak(recipe: ModuleType, n: int, folder: Path) -> int:
    """Bytes held at most while n samples are made ready, learned from and answered."""
    some = examples(recipe, n)
    if task_of(recipe) == "recommendation":
        some.inputs[:] = [{**one, "user": f"u{i // 5}"} for i, one in enumerate(some.inputs)]
    program = folder / "program.py"
    program.write_text(PROGRAM)
    if "run" in recipe.Config.model_fields:
        config = recipe.Config(run=[sys.executable, str(program)], folder=str(folder))
    else:
        config = recipe.Config()
    tracemalloc.start()
    ready = prepared(recipe, some, config)
    recipe.fit(ready, config, 0).predict(ready)
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return held
