"""Reads SQuAD's JSON: articles of paragraphs, each with its questions and the places of their answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson
import xxhash

from ingather.formats.json_document import read_json
from ingather.formats.split_names import split_of
from ingather.formats.text_spans import Span, to_span_results
from ingather.sample import Item, Json, Loss, Part

LABEL = "answer"
_KNOWN = frozenset({"id", "question", "answers"})


def read_questions(file: Path, name: str, licence: str | None, seen: set[str]) -> Iterator[Item | Loss]:
    """Every question of a file.

    Args:
        file: the JSON file.
        name: what it is called in what is told.
        licence: of the set, where it is known.
        seen: ids that came before; added to.
    """
    found = read_json(file, name)
    if isinstance(found, Loss):
        yield found
        return
    articles = found.get("data") if isinstance(found, Mapping) else None
    if not isinstance(articles, list):
        yield Loss(name, "has no list 'data' of articles")
        return
    split = split_of(file.stem)
    for number, article in enumerate(articles):
        where = f"{name}, data[{number}]"
        paragraphs = article.get("paragraphs") if isinstance(article, Mapping) else None
        if not isinstance(article, Mapping) or not isinstance(paragraphs, list):
            yield Loss(where, "has no list of paragraphs")
            continue
        title = article.get("title")
        for place, paragraph in enumerate(paragraphs):
            told = f"{where}.paragraphs[{place}]"
            for made in _paragraph(paragraph, told, seen):
                if isinstance(made, Item):
                    made.session = title if isinstance(title, str) and title else None
                    made.split, made.licence = split, licence
                yield made


def _paragraph(paragraph: Json, where: str, seen: set[str]) -> Iterator[Item | Loss]:
    context = paragraph.get("context") if isinstance(paragraph, Mapping) else None
    questions = paragraph.get("qas") if isinstance(paragraph, Mapping) else None
    if not isinstance(questions, list):
        yield Loss(where, "has no list 'qas' of questions")
        return
    if not isinstance(context, str):
        yield Loss(where, "has no context", max(len(questions), 1))
        return
    for number, asked in enumerate(questions):
        yield _question(asked, context, f"{where}.qas[{number}]", seen)


def _question(asked: Json, context: str, where: str, seen: set[str]) -> Item | Loss:
    if not isinstance(asked, Mapping) or not isinstance(asked.get("question"), str):
        return Loss(where, "has no question")
    key = asked.get("id")
    key = str(key) if isinstance(key, str | int) and key != "" else where
    if key in seen:
        return Loss(where, f"the id '{key}' came before; the first is kept")
    seen.add(key)
    item = Item(key, "text", text=context, parts=(Part("question", text=str(asked["question"])),))
    told = orjson.dumps([context, dict(asked)], option=orjson.OPT_SORT_KEYS)
    item.stamp = xxhash.xxh3_128_hexdigest(told)
    item.data = {name: value for name, value in asked.items() if name not in _KNOWN} or None
    answers = asked.get("answers")
    if answers is None:
        item.label = [] if asked.get("is_impossible") is True else None
        return item
    if not isinstance(answers, list):
        item.fault = "its answers are no list"
        return item
    spans = []
    for answer in answers:
        span = _span(answer, context)
        if isinstance(span, str):
            item.fault = item.fault or span
        else:
            spans.append(span)
    item.label = to_span_results(spans)
    return item


def _span(answer: Json, context: str) -> Span | str:
    if not isinstance(answer, Mapping):
        return "an answer is no object"
    text, start = answer.get("text"), answer.get("answer_start")
    if not isinstance(text, str) or isinstance(start, bool) or not isinstance(start, int):
        return "an answer has no text or no answer_start"
    if start < 0 or context[start : start + len(text)] != text:
        return f"the answer '{text[:60]}' does not stand at character {start} of its passage"
    return Span(start, start + len(text), LABEL, text)
