"""Tagging and retrieval on real texts: each must reach what was measured, less a little."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from training_plans import plan

from ingather.formats.layouts import conll, schema_guided
from ingather.sample import Item
from ingather.training.answers import Answers
from ingather.training.contract import Beside, Examples
from ingather.training.evaluate import evaluate
from ingather.training.folds import prepared
from ingather.training.recipes import retrieval, sequence_tagging
from ingather.training.tokens import spans_of_tags, tags_of_spans, tokens_of


def examples(items: list[Item], task: str) -> Examples:
    return Examples(
        [item.key for item in items],
        [item.text for item in items],
        [item.label for item in items],
        {"type": task},
        "text",
        [Beside(item.parts, dict(item.data or {}), item.session) for item in items],
    )


def test_names_in_posts_are_found_and_judged_by_kind(data: Path) -> None:
    folder = data / "wnut17-ner"
    read = [conll.read(folder / name, conll.Config()) for name in ("wnut17train.conll", "emerging.dev.conll")]
    learn, asked = (examples([one for one in of if isinstance(one, Item)], "tagging") for of in read)
    config = sequence_tagging.Config()
    model = sequence_tagging.fit(prepared(sequence_tagging, learn, config), config, 0)
    answers = model.predict(asked)
    told = Answers(asked.ids, asked.labels, answers, np.full(len(asked.ids), -1), {}, "test", asked.beside)
    found = evaluate(plan(task={"type": "tagging"}), told)
    assert (found.metric, found.overall.n > 400) == ("entity_f1", True)
    assert 0.2 < found.overall.low < found.overall.value < found.overall.high < 0.3
    assert found.overall.value >= 0.225
    kinds = {group.by["label"]: group.figure for group in found.groups}
    assert set(kinds) >= {"person", "location", "product"}
    assert kinds["person"].value > kinds["product"].value
    assert kinds["person"].n == sum("B-person" in label for label in asked.labels)
    assert {one.metric: one.overall.value for one in found.also}["accuracy"] > 0.92


def test_spans_of_characters_come_back_as_they_were() -> None:
    text = "Ann Lee met Bob, in New York."
    tokens = tokens_of(text, Beside())
    spans = [
        {"type": "labels", "value": {"start": 0, "end": 7, "text": "Ann Lee", "labels": ["person"]}},
        {"type": "labels", "value": {"start": 12, "end": 15, "text": "Bob", "labels": ["person"]}},
        {"type": "labels", "value": {"start": 20, "end": 28, "text": "New York", "labels": ["place"]}},
    ]
    tags = tags_of_spans(tokens, spans)
    assert tags == ["B-person", "I-person", "O", "B-person", "O", "O", "B-place", "I-place", "O"]
    assert spans_of_tags(tokens, tags, text) == spans


def test_replies_of_dialogues_are_found_far_better_than_by_chance(data: Path) -> None:
    items = [
        one
        for one in schema_guided.read(data / "sgd-dialogues", schema_guided.Config())
        if isinstance(one, Item)
    ]
    assert len(items) == 256
    some = examples(items, "dialogue")
    learn, asked = some.take(np.arange(0, 256, 2)), some.take(np.arange(1, 256, 2))
    config = retrieval.Config()
    answers = retrieval.fit(learn, config, 0).predict(asked)
    told = Answers(asked.ids, asked.labels, answers, np.full(128, -1), {}, "test", asked.beside)
    found = evaluate(plan(task={"type": "dialogue"}), told)
    recall = next(one.overall for one in found.also if one.metric == "recall_at_k")
    assert found.metric == "ndcg_at_k"
    assert 0.60 <= recall.value <= 0.75  # ten of a hundred by chance
    assert recall.low > 0.5
    assert any("among 100 candidates" in line for line in found.told)
