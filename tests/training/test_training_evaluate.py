from __future__ import annotations

import json

import numpy as np
import pytest
from training_plans import plan

from ingather.training.answers import Answers
from ingather.training.contract import Predictions
from ingather.training.evaluate import Evaluation, evaluate
from ingather.training.stage import beside_the_worst

ACCENTS = {"accent": {"of": "contributor", "values": ["us", "scotland", "caribbean", "wales"]}}


def group(evaluation: Evaluation, **by: str | None):
    return next(one for one in evaluation.groups if one.by == by)


def spoken(**sections: object) -> Evaluation:
    """Two accents of ten people each (95 and 60 % right), one of two people, one of nobody, one unknown."""
    rng = np.random.default_rng(0)
    labels, said, who, accent = [], [], [], []
    for name, first, people, share in (
        ("us", 0, 10, 0.95),
        ("scotland", 10, 10, 0.6),
        ("caribbean", 20, 2, 0.9),
        (None, 30, 6, 0.5),
    ):
        for person in range(first, first + people):
            for _ in range(20):
                label = str(rng.choice(["yes", "no"]))
                right = rng.random() < share
                labels.append(label)
                said.append(label if right else {"yes": "no", "no": "yes"}[label])
                who.append(person)
                accent.append(name)
    answers = Answers(
        [f"{i:04}" for i in range(len(labels))],
        labels,
        Predictions(said),
        np.array(who),
        {"accent": accent},
        "panel",
    )
    task = {"type": "classification", "labels": ["yes", "no"]}
    targets = {"groups": [{"by": "accent", "each": 50}]}
    return evaluate(plan(task=task, attributes=ACCENTS, targets=targets, **sections), answers)


def test_the_worst_group_is_found_among_those_that_can_be_judged() -> None:
    found = spoken()
    assert found.worst.by == {"accent": "scotland"}
    assert found.best.by == {"accent": "us"}
    assert found.gap == pytest.approx(0.35, abs=0.1)
    assert [one.by for one in found.tied] == [{"accent": "scotland"}]
    assert found.worst.figure.contributors == 10


def test_groups_that_may_be_worse_than_the_worst_are_named_but_not_those_unknown() -> None:
    thin = [one["by"] for one in beside_the_worst(spoken().as_json())]
    assert thin == [{"accent": "caribbean"}, {"accent": "wales"}]


def test_what_cannot_be_judged_says_why_and_what_would_be_enough() -> None:
    found = spoken()
    assert "2 of at least 5 contributors" in group(found, accent="caribbean").why_not
    assert "0 of at least 20 samples" in group(found, accent="wales").why_not
    assert "unknown" in group(found, accent=None).why_not
    assert any(line.startswith("accent is unknown for some samples") for line in found.told)


def test_labels_are_judged_too_but_the_worst_is_sought_where_the_plan_looks() -> None:
    found = spoken()
    assert group(found, label="yes").why_not is None
    assert not group(found, label="yes").named
    without = evaluate(plan(), Answers(["a"], ["x"], Predictions(["x"]), np.array([-1])))
    assert group(without, label="x").named


def test_the_json_is_as_the_design_says() -> None:
    told = json.loads(json.dumps(spoken().as_json(), allow_nan=False))
    assert told["metric"] == "accuracy"
    assert told["basis"] == "panel"
    assert set(told["overall"]) >= {"value", "low", "high", "n"}
    for row in told["groups"]:
        assert set(row) == {"by", "value", "low", "high", "n", "contributors", "judged"}
    assert told["worst_group"] in told["groups"]
    assert all(row in told["groups"] for row in told["tied_worst"])
    assert {row["by"]["accent"] for row in told["unjudged"] if "accent" in row["by"]} == {
        "caribbean",
        "wales",
        None,
    }
    assert set(told["also"]) >= {"f1_macro", "balanced_accuracy", "false_positive_rate"}
    assert len(told["also"]["f1_macro"]["groups"]) == len(told["groups"])


def test_overlapping_groups_are_tied() -> None:
    rng = np.random.default_rng(2)
    right = rng.random(400) < 0.8
    said = ["a" if r else "b" for r in right]
    accent = ["us" if i % 2 else "scotland" for i in range(400)]
    answers = Answers(
        [str(i) for i in range(400)], ["a"] * 400, Predictions(said), np.full(400, -1), {"accent": accent}
    )
    found = evaluate(plan(attributes=ACCENTS, targets={"groups": [{"by": "accent", "each": 9}]}), answers)
    assert {one.by["accent"] for one in found.tied} == {"us", "scotland"}
    assert any("400 samples have no known contributor" in line for line in found.told)
    assert any("same label" in line for line in found.told)


def test_a_label_is_judged_against_the_rest_where_its_own_samples_say_nothing() -> None:
    labels = ["spam"] * 50 + ["ham"] * 150
    said = ["spam"] * 40 + ["ham"] * 10 + ["ham"] * 140 + ["spam"] * 10
    answers = Answers([str(i) for i in range(200)], labels, Predictions(said), np.full(200, -1))
    found = evaluate(plan(train={"recipe": "text-classification", "metric": "f1_macro"}), answers)
    spam = group(found, label="spam").figure
    assert spam.value == pytest.approx(2 * 40 / (2 * 40 + 10 + 10))
    assert spam.n == 50
    assert spam.contributors == 50


def test_crossed_groups_and_groups_of_train_by() -> None:
    found = spoken(train={"recipe": "text-classification", "by": [["accent", "label"]]})
    one = group(found, accent="us", label="yes")
    assert one.named
    assert one.figure.n == pytest.approx(100, abs=25)
    assert group(found, accent="wales", label="no").figure.n == 0


def test_nothing_to_judge_is_told() -> None:
    found = evaluate(plan(), Answers(["a"], [None], Predictions(["x"]), np.array([0])))
    assert found.worst is None
    assert found.as_json()["overall"]["value"] is None
    assert any("No sample can be judged" in line for line in found.told)
    few = evaluate(plan(), Answers(["a"], ["x"], Predictions(["x"]), np.array([0])))
    assert any("No group is large enough" in line for line in few.told)


def test_users_count_once_and_things_can_be_groups() -> None:
    said = [
        {"user": "u", "rank": 1, "popularity_rank": 30, "liked": True},
        {"user": "u", "rank": 50, "popularity_rank": 1, "liked": True},
        {"user": "v", "rank": 2, "popularity_rank": None, "liked": True},
        {"user": "v", "given": True},
        None,
    ]
    answers = Answers(
        list("abcde"),
        [None] * 5,
        Predictions(said),
        np.array([0, 0, 1, 1, 1]),
        {"era": ["old", "new", "new", "old", "old"]},
    )
    found = evaluate(
        plan(
            modality="record",
            task={"type": "recommendation"},
            attributes={"era": {"values": ["old", "new"]}},
            train={"recipe": "recommendation", "metric": "recall_at_k", "by": ["era"]},
        ),
        answers,
    )
    assert (found.overall.value, found.overall.n) == (pytest.approx(0.75), 2)
    assert group(found, era="old").figure.n == 1
    assert group(found, era="new").figure.value == pytest.approx(0.5)
    popular = next(one for one in found.also if one.metric == "recall_at_k of what is popular")
    assert popular.overall.value == pytest.approx(0.25)
