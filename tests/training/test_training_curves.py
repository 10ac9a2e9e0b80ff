from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from test_training_recipes_real import messages
from training_plans import plan

from ingather.training.answers import Answers
from ingather.training.curves import learning_curve
from ingather.training.evaluate import evaluate
from ingather.training.folds import out_of_fold
from ingather.training.recipes import text_classification


def test_more_messages_fewer_errors(data: Path) -> None:
    some = messages(data)
    some = some.take(np.arange(1500))
    nobody = np.full(1500, -1)
    told = plan(task=some.task)
    config = text_classification.Config()
    whole = out_of_fold(text_classification, some, nobody, config, told.seed)
    found = evaluate(told, Answers(some.ids, some.labels, whole.predictions, nobody, {}, "cv"))
    curve = learning_curve(
        text_classification, told, some, nobody, config, {}, whole.folds, found, shares=(0.125, 0.5)
    )
    assert [point.share for point in curve.points] == [0.125, 0.5, 1.0]
    assert [point.learned_from for point in curve.points] == pytest.approx([150, 600, 1200], rel=0.15)
    values = [point.evaluation.overall.value for point in curve.points]
    assert values[0] < values[1] <= values[2]
    assert 0 < curve.slope() < 1.5
    spam = curve.slope({"label": "spam"})
    assert spam is not None
    assert spam > 0
    assert curve.slope({"label": "unheard of"}) is None
    assert len(json.loads(json.dumps(curve.as_json()))[0]["groups"]) == 2


def test_the_same_curve_twice(data: Path) -> None:
    some = messages(data).take(np.arange(300))
    nobody = np.full(300, -1)
    config = text_classification.Config()
    told = plan(task=some.task)
    folds = out_of_fold(text_classification, some, nobody, config, 0).folds
    first, second = (
        learning_curve(text_classification, told, some, nobody, config, {}, folds, shares=(0.5,))
        for _ in "ab"
    )
    assert first == second
