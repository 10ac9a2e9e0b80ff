"""Writes questions with the places of their answers as SQuAD's JSON, version 2.0."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import orjson

from ingather.formats.left_out import LeftOut
from ingather.formats.squad_read import LABEL
from ingather.formats.text_spans import from_span_results
from ingather.sample import Item, Json, Loss

_SPLITS = {"train": "train", "validation": "dev", "test": "test"}
_CARRIED = frozenset({"key", "text", "data", "parts", "label", "split", "session"})
Articles = dict[str, dict[str, list[Json]]]
"""Questions by title and passage."""


def write_questions(items: Iterable[Item], path: Path) -> list[Loss]:
    """Writes ``train.json``, ``dev.json``, ``test.json``, and ``data.json`` for items without a split."""
    path.mkdir(parents=True, exist_ok=True)
    out = LeftOut("SQuAD", _CARRIED)
    files: dict[str, Articles] = {}
    for item in items:
        asked = _question(item, out)
        if isinstance(asked, str):
            out.refuse(item, asked)
            continue
        out.see(item)
        stem = _SPLITS.get(item.split or "", "data")
        if item.split and stem == "data":
            out.count(f"the split {item.split}")
        article = files.setdefault(stem, {}).setdefault(item.session or "", {})
        article.setdefault(item.text or "", []).append(asked)
    for stem, articles in files.items():
        data: list[Json] = [
            {
                "title": title,
                "paragraphs": [{"context": context, "qas": asked} for context, asked in passages.items()],
            }
            for title, passages in articles.items()
        ]
        (path / f"{stem}.json").write_bytes(orjson.dumps({"version": "v2.0", "data": data}))
    return out.told(path.name)


def _question(item: Item, out: LeftOut) -> dict[str, Json] | str:
    """The question of an item as SQuAD has it, or why there is none."""
    question = next((part.text for part in item.parts if part.role == "question" and part.text), None)
    if question is None or item.text is None:
        return "it has no passage with a question"
    asked: dict[str, Json] = {**(item.data or {}), "id": item.key, "question": question}
    if item.label is None:
        return asked
    try:
        spans = from_span_results(item.label, item.text)
    except ValueError as error:
        return f"its label cannot be written: {error}"
    answers: list[Json] = [
        {"text": span.text, "answer_start": span.start} for span in spans if span.label == LABEL
    ]
    asked["answers"] = answers
    others = sum(span.label != LABEL for span in spans)
    if others:
        out.count("spans that are no answers", others)
    if len(item.parts) > 1:
        out.count("further parts", len(item.parts) - 1)
    if (item.data is not None and "is_impossible" in item.data) or not answers:
        asked["is_impossible"] = not answers
    return asked
