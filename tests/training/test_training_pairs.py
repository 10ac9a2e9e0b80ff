"""Pairs of texts on real dialogues, and machines that fail, from features to warning time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
import pytest
from training_plans import plan

from ingather.formats.layouts import nab, sktime_ts
from ingather.sample import Item, Part
from ingather.series import SECOND, Stream, encode
from ingather.training.answers import Answers
from ingather.training.contract import Beside, Examples
from ingather.training.evaluate import Evaluation, evaluate
from ingather.training.folds import fold_units, out_of_fold, prepared
from ingather.training.inputs import truths
from ingather.training.recipes import (
    anomaly,
    failure_within_horizon,
    pair_classification,
    sensor_classification,
)


def exchanges(data: Path) -> list[tuple[str, str, str]]:
    """Every user's turn with the reply to it, and the dialogue it is of."""
    found = []
    for name in ("dev", "test"):
        file = data / "sgd-dialogues" / name / "dialogues_001.json"
        for dialogue in orjson.loads(file.read_bytes()):
            turns = [turn["utterance"] for turn in dialogue["turns"]]
            found += [(a, b, dialogue["dialogue_id"]) for a, b in zip(turns[::2], turns[1::2], strict=False)]
    return found[:900]


def test_the_better_answer_is_chosen_and_exchanging_them_turns_it_round(data: Path) -> None:
    pairs = exchanges(data)
    lots = np.random.default_rng(0).permutation(len(pairs))
    beside = [
        Beside((Part("chosen", text=reply), Part("rejected", text=pairs[lots[n]][1])), session=session)
        for n, (_, reply, session) in enumerate(pairs)
    ]
    task = {"type": "preference"}
    labels = truths(task, [None] * len(pairs), beside)
    some = Examples([str(n) for n in range(len(pairs))], [p[0] for p in pairs], labels, task, "text", beside)
    learn, asked = some.take(np.arange(600)), some.take(np.arange(600, len(pairs)))
    model = pair_classification.fit(learn, pair_classification.Config(), 0)
    found = model.predict(asked)
    right = np.mean([value == "chosen" for value in found.values])
    assert right >= 0.65
    turned = [
        Beside((Part("chosen", text=one.words("rejected")), Part("rejected", text=one.words("chosen"))))
        for one in asked.beside
    ]
    other = model.predict(Examples(asked.ids, asked.inputs, asked.labels, task, "text", turned))
    assert found.scores[:, 0] == pytest.approx(other.scores[:, 1])
    told = Answers(asked.ids, asked.labels, found, np.full(len(asked.ids), -1), {}, "test", asked.beside)
    judged = evaluate(plan(task=task), told)
    assert (judged.metric, judged.overall.value) == ("accuracy", pytest.approx(right))


def test_answers_are_graded_by_their_words(data: Path) -> None:
    pairs = exchanges(data)
    grades = [float(min(len(reply.split()), 20)) for _, reply, _ in pairs]
    beside = [Beside((Part("answer", text=reply),)) for _, reply, _ in pairs]
    task = {"type": "regression"}
    some = Examples([str(n) for n in range(len(pairs))], [p[0] for p in pairs], grades, task, "text", beside)
    model = pair_classification.fit(some.take(np.arange(600)), pair_classification.Config(), 0)
    told = model.predict(some.take(np.arange(600, len(pairs)))).values
    assert np.corrcoef(told, grades[600:])[0, 1] > 0.9


def series(items: list[Item], task: str) -> Examples:
    beside = [Beside(one.parts, dict(one.data or {}), one.session) for one in items]
    contents, labels = [one.content for one in items], [one.label for one in items]
    return Examples([one.key for one in items], contents, labels, {"type": task}, "sensor", beside)


def test_motions_are_told_apart(data: Path) -> None:
    read = sktime_ts.read(data / "basic-motions", sktime_ts.Config())
    items = [one for one in read if isinstance(one, Item)]
    ready = prepared(sensor_classification, series(items, "classification"), sensor_classification.Config())
    split = np.array([one.split == "train" for one in items])
    assert (split.sum(), (~split).sum()) == (40, 40)
    model = sensor_classification.fit(ready.take(np.flatnonzero(split)), sensor_classification.Config(), 0)
    asked = ready.take(np.flatnonzero(~split))
    right = np.mean([a == b for a, b in zip(model.predict(asked).values, asked.labels, strict=True)])
    assert right >= 0.95


def test_anomalies_of_real_series_are_judged_by_stretch_and_by_day(data: Path) -> None:
    items = [one for one in nab.read(data / "nab", nab.Config()) if isinstance(one, Item)]
    some = series(items, "anomaly")
    assert sum(len(label) for label in some.labels) == 12
    ready = prepared(anomaly, some, anomaly.Config())
    nobody = np.full(len(items), -1)
    answers = out_of_fold(anomaly, ready, nobody, anomaly.Config(), 0).predictions
    told = Answers(some.ids, some.labels, answers, nobody, {}, "cv", some.beside)
    found = evaluate(plan(modality="sensor", task={"type": "anomaly"}), told)
    also = {one.metric: one.overall.value for one in found.also}
    assert found.metric == "windowed_f1"
    assert found.overall.value >= 0.3
    assert also["windowed_precision"] >= 0.5
    assert also["false_alarms_per_day"] < 0.05


def machines(count: int, hours: int) -> Examples:
    """Hours of machines that fail every 60 to 90 hours and tremble for eight hours before."""
    inputs, labels, beside, ids = [], [], [], []
    for machine in range(count):
        rng = np.random.default_rng(machine)
        failing = np.cumsum(rng.integers(60, 90, hours // 60))
        usual = rng.normal(0, 3)
        for hour in range(hours):
            ahead = min((int(f - hour) for f in failing if f > hour), default=999)
            tremble = 1 + 2 * (ahead <= 8)
            values = usual + rng.normal(0, tremble, 60)
            inputs.append(encode(Stream(np.arange(60) * 60 * SECOND, {"vibration": values})))
            labels.append("failure" if ahead <= 6 else "normal")
            segment = {"start": hour * 3600.0, "end": (hour + 1) * 3600.0}
            beside.append(Beside(session=f"machine {machine}", segment=segment))
            ids.append(f"{machine}-{hour}")
    return Examples(ids, inputs, labels, {"type": "failure", "positive": "failure"}, "sensor", beside)


def judged(some: Examples) -> Evaluation:
    recipe, config = failure_within_horizon, failure_within_horizon.Config(learner="linear", hold=1)
    nobody = np.full(len(some.ids), -1)
    units, _ = fold_units(some, nobody)
    answers = out_of_fold(recipe, prepared(recipe, some, config), units, config, 0).predictions
    told = Answers(some.ids, some.labels, answers, nobody, {}, "cv", some.beside)
    task = {"type": "failure", "positive": "failure"}
    train = {"recipe": "failure-within-horizon", "metric": "windowed_recall"}
    return evaluate(plan(modality="sensor", task=task, train=train), told)


def test_failures_are_foretold_with_hours_to_spare() -> None:
    some = machines(6, 300)
    found = judged(some)
    also = {one.metric: one.overall for one in found.also}
    events = sum(
        now == "failure" and (after != "failure" or row % 300 == 299)
        for row, (now, after) in enumerate(zip(some.labels, [*some.labels[1:], "normal"], strict=True))
    )
    assert found.metric == "windowed_recall"
    assert found.overall.n == events > 15
    assert found.overall.value >= 0.9
    assert 3 * 3600 <= also["lead_time"].value <= 5 * 3600  # the first of six windows leaves five hours
    assert also["false_alarms_per_day"].value < 1.0
    assert also["accuracy"].value > 0.9


def test_few_machines_are_parted_by_time_and_that_is_told() -> None:
    some = machines(2, 100)
    units, told = fold_units(some, np.full(200, -1))
    assert len(set(units.tolist())) == 10
    assert all(len(set(units[start : start + 20].tolist())) == 1 for start in range(0, 200, 20))
    assert "stretches of time" in told[0]
    many, none = fold_units(machines(6, 10), np.full(60, -1))
    assert (len(set(many.tolist())), none) == (6, ())
