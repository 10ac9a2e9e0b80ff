"""The train stage: fits the recipe, answers what it has not seen, judges by group, keeps every answer."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from pydantic import ValidationError

from ingather.engine.progress import SILENT, Progress
from ingather.errors import InputError, NotMet
from ingather.plan.model import LOWER_IS_BETTER, Plan, Train
from ingather.plugins import RECIPES, load
from ingather.sample import Json
from ingather.store.cursors import get_cursor, set_cursor
from ingather.store.release_log import list_releases
from ingather.store.runs import Run, StageResult
from ingather.store.workspace import Workspace
from ingather.training.answers import Answers
from ingather.training.bases import Bases, divide
from ingather.training.contract import Predictions, RecipeConfig
from ingather.training.curves import learning_curve
from ingather.training.evaluate import Evaluation, evaluate
from ingather.training.examples import MOST, Labelled, load_examples
from ingather.training.folds import OutOfFold, fold_units, out_of_fold, prepared
from ingather.training.inputs import Ready

VERSION = 2


@dataclass(frozen=True)
class Judged:
    """What training found: one evaluation for each basis, and the one that is reported."""

    reported: Evaluation
    by_basis: dict[str, Evaluation]
    told: tuple[str, ...]


def train(
    workspace: Workspace, plan: Plan, *, strict: bool = False, progress: Progress = SILENT
) -> StageResult:
    """Trains the plan's baseline on the newest release and judges it.

    Raises:
        InputError: there is no release, or the recipe's options are wrong.
        NotMet: ``strict``, and the plan's goal is not met.
    """
    if plan.train is None:
        raise InputError(
            "The plan has no train section.",
            why="Without a recipe and a metric there is nothing to train.",
            fix="Add to the plan: train: {recipe: text-classification, metric: accuracy}",
            where=str(workspace.plan_path),
        )
    folder, release = _newest(workspace)
    run = Run(workspace, plan.hash, "train")
    state: Json = [release["digest"], plan.train.model_dump_json(), plan.seed, VERSION, _judging(plan)]
    last: Any = get_cursor(workspace, "trained") or {}
    result = StageResult("train", taken=release["samples"], kept=release["samples"])
    if last.get("state") == state:
        told = last["told"]
    else:
        told = _train(workspace, plan, plan.train, folder, progress)
        told["release"] = release["release"]
        told = orjson.loads(orjson.dumps(told, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS))
        result.new = told["predicted"]
        with workspace.database.begin() as connection:
            set_cursor(connection, "trained", {"state": state, "told": told})
    result.details = told
    result.notes = _notes(plan, told)
    run.end(result)
    if strict and told.get("goal_met") is False:
        raise NotMet(
            "The goal is not met.",
            why="; ".join(result.notes[:2]),
            fix="ingather next   says what to collect.",
        )
    return result


def _newest(workspace: Workspace) -> tuple[Path, dict[str, Any]]:
    known = list_releases(workspace) if workspace.started else []
    if not known:
        raise InputError(
            "There is no release to train on.",
            why="A baseline is trained on a release, so that its figures can be traced.",
            fix="ingather release",
        )
    return workspace.root / known[-1]["path"], known[-1]


def _train(
    workspace: Workspace, plan: Plan, settings: Train, folder: Path, progress: Progress
) -> dict[str, Any]:
    recipe = load(RECIPES, settings.recipe)
    config = _config(recipe, settings)
    if {"release", "folder"} <= set(type(config).model_fields):  # a program of the user's works on files
        config = config.model_copy(update={"release": str(folder), "folder": str(workspace.root)})
    progress.begin("train: reading", None)
    labelled = load_examples(
        workspace, plan, folder, getattr(recipe, "most", MOST), ready=_ready(recipe, config)
    )
    bases = divide(labelled)
    if not len(bases.learn):
        raise InputError(
            "The train split of the release is empty.",
            why="There is nothing to learn from.",
            fix="Collect more, or change release.splits in the plan; then: ingather release",
        )
    progress.begin("train: fitting", None)
    answers, crossed = _answer(plan, recipe, config, labelled, bases)
    evaluations = {name: evaluate(plan, part) for name, part in answers.items() if name != "decide"}
    basis = bases.report(labelled)
    if basis not in evaluations:
        basis = "cv"
    if "decide" in answers:
        evaluations["decide"] = evaluate(plan, answers["decide"])
    predicted = _keep(workspace, answers, crossed)
    curve: list[Json] = []
    if crossed is not None:
        progress.begin("train: learning curve", None)
        learn = labelled.take(bases.learn)
        curve = learning_curve(
            recipe,
            plan,
            learn.examples,
            learn.contributors,
            config,
            learn.groups,
            crossed.folds,
            evaluations["cv"],
        ).as_json()
    told = evaluations[basis].as_json()
    if basis == "cv" and crossed is not None:
        told["told"] = [*crossed.told, *told["told"]]  # type: ignore[misc]
    if labelled.left:
        note = (
            f"{labelled.left:,} samples above what the recipe takes at once were left out of training by lot."
        )
        told["told"] = [note, *told["told"]]  # type: ignore[misc]
    return {
        **told,
        "by_basis": {name: one.as_json() for name, one in evaluations.items()},
        "recipe": settings.recipe,
        "learned_from": len(bases.learn),
        "predicted": predicted,
        "curve": curve,
        "goal": settings.goal.model_dump(),
        **_goal(settings, evaluations[basis]),
    }


def _ready(recipe: Any, config: RecipeConfig) -> Ready | None:
    return partial(prepared, recipe, config=config) if hasattr(recipe, "prepare") else None


def _config(recipe: Any, settings: Train) -> RecipeConfig:
    try:
        config: RecipeConfig = recipe.Config(**settings.options)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise InputError(
            f"train: {settings.recipe}: {'.'.join(map(str, first['loc']))}: {first['msg']}",
            fix="ingather check",
        ) from wrong
    return config


def _answer(
    plan: Plan, recipe: Any, config: RecipeConfig, labelled: Labelled, bases: Bases
) -> tuple[dict[str, Answers], OutOfFold | None]:
    """Answers by basis: out of fold for what is learnt from, one model of all of that for the others."""
    learn = labelled.take(bases.learn)
    answers: dict[str, Answers] = {}
    crossed: OutOfFold | None = None
    if not getattr(recipe, "only_test", False):
        groups = {name: column for name, column in learn.groups.items() if name in plan.attributes}
        units, why = fold_units(learn.examples, learn.contributors)
        crossed = out_of_fold(recipe, learn.examples, units, config, plan.seed, groups)
        crossed = replace(crossed, told=(*why, *crossed.told))
        answers["cv"] = _answers(learn, crossed.predictions, "cv")
    rest = {"panel": bases.panel, "test": bases.test, "decide": bases.decide}
    rest = {name: rows for name, rows in rest.items() if len(rows)}
    if rest:
        model = recipe.fit(learn.examples, config, plan.seed)
        for name, rows in rest.items():
            part = labelled.take(rows)
            answers[name] = _answers(part, model.predict(part.examples), name)
    return answers, crossed


def _answers(part: Labelled, predictions: Predictions, basis: str) -> Answers:
    return Answers(
        part.examples.ids,
        part.examples.labels,
        predictions,
        part.contributors,
        part.groups,
        basis,
        part.examples.beside,
    )


def _keep(workspace: Workspace, answers: dict[str, Answers], crossed: OutOfFold | None) -> int:
    """Replaces what an earlier training answered."""
    workspace.predictions.delete("true")
    total = 0
    for basis, part in answers.items():
        scores = part.predictions.scores
        folds = crossed.folds.of if crossed is not None and basis == "cv" else None
        workspace.predictions.upsert(
            pa.table(
                {
                    "id": part.ids,
                    "basis": [basis] * len(part),
                    "fold": pa.nulls(len(part), pa.int32()) if folds is None else pa.array(folds, pa.int32()),
                    "prediction": [orjson.dumps(v).decode() for v in part.predictions.values],
                    "classes": [orjson.dumps(list(part.predictions.classes)).decode()] * len(part),
                    "scores": pa.array(
                        [row.astype(np.float32).tolist() for row in scores]
                        if scores is not None
                        else [None] * len(part),
                        pa.list_(pa.float32()),
                    ),
                }
            )
        )
        total += len(part)
    return total


def _judging(plan: Plan) -> Json:
    """What judging depends on beside the release: the groups and the goal."""
    by = " ".join(" × ".join(names) for names in plan.train.by) if plan.train else ""
    return [by, *(group.model_dump_json() for group in plan.targets.groups)]


def _goal(settings: Train, evaluation: Evaluation) -> dict[str, Any]:
    """Whether the goal is met (the interval's worse end is on its side), reached (the point is), and judged.

    A goal for the worst group cannot be judged while no group is large enough; it is not met then either.
    """
    goal = settings.goal
    lower = evaluation.metric in LOWER_IS_BETTER
    met: list[bool] = []
    reached: list[bool] = []
    judged = True
    for wanted, figure in (
        (goal.overall, evaluation.overall),
        (goal.worst_group, evaluation.worst.figure if evaluation.worst else None),
    ):
        if wanted is None:
            continue
        if figure is None or math.isnan(figure.value):
            judged = False
            continue
        worse = figure.high if lower else figure.low
        met.append(worse <= wanted if lower else worse >= wanted)
        reached.append(figure.value <= wanted if lower else figure.value >= wanted)
    if judged and not met:
        return {"goal_met": None, "goal_reached": None, "goal_judged": None}
    whole = judged or not all(reached)  # one that is missed decides, whatever cannot be judged
    return {"goal_met": judged and all(met), "goal_reached": judged and all(reached), "goal_judged": whole}


def beside_the_worst(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The groups of the worst one's division that cannot be judged: any of them may do worse still.

    Args:
        told: what ``train --json`` prints, with a worst group.
    """
    division = list(told["worst_group"]["by"])
    known = [one for one in told["unjudged"] if None not in one["by"].values()]
    return [one for one in known if list(one["by"]) == division]


def _notes(plan: Plan, told: dict[str, Any]) -> list[str]:
    def figure(one: dict[str, Any]) -> str:
        if one["value"] is None:
            return "cannot be told"
        return f"{one['value']:.3f} ({one['low']:.3f} to {one['high']:.3f}, {one['n']:,} samples)"

    def name(one: dict[str, Any]) -> str:
        return ", ".join(f"{k} {v if v is not None else 'unknown'}" for k, v in one["by"].items())

    notes = [f"{told['metric']} {figure(told['overall'])}, judged on {told['basis']}"]
    popular = told["also"].get(f"{told['metric']} of what is popular")
    if popular is not None:
        notes.append(f"what is popular, given to everybody alike: {figure(popular['overall'])}")
    worst = told["worst_group"]
    if worst is not None:
        unjudged = beside_the_worst(told)
        among = "worst group that can be judged" if unjudged else "worst group"
        notes.append(f"{among}: {name(worst)}: {figure(worst)}")
        if unjudged:
            notes.append("too little of it to be judged: " + "; ".join(name(one) for one in unjudged[:6]))
        ties = [one for one in told["tied_worst"] if one["by"] != worst["by"]]
        if ties:
            notes.append("not to be told from it: " + "; ".join(name(one) for one in ties[:6]))
    if told.get("goal_met") is False and not told["goal_judged"]:
        notes.append("whether the goal is met cannot be said yet: no group is large enough to be judged")
    elif told.get("goal_met") is not None:
        reached = "reached, though not for certain" if told["goal_reached"] else "not reached"
        notes.append("goal met" if told["goal_met"] else f"goal {reached}")
    return notes + list(told["told"])[:6]
