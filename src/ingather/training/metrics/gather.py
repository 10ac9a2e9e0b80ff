"""From answers as JSON to the facts that metrics count, leaving out what cannot be judged and saying so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingather.sample import Json
from ingather.training.answers import Answers
from ingather.training.contract import Predictions
from ingather.training.label_names import class_names, label_name, label_set, number
from ingather.training.metrics.alarms import window_facts
from ingather.training.metrics.bleu import bleu_facts
from ingather.training.metrics.chrf import chrf_facts
from ingather.training.metrics.facts import (
    ClassFacts,
    CountFacts,
    Facts,
    MultiFacts,
    NumberFacts,
    QueryFacts,
    RankFacts,
)
from ingather.training.metrics.found_things import found_facts
from ingather.training.metrics.retrieval import graded_facts, placed_facts
from ingather.training.metrics.spans import span_facts
from ingather.training.metrics.stretches import stretch_facts
from ingather.training.metrics.table import (
    LISTS,
    MANY_LABELS,
    MARKS,
    NUMBERS,
    ONE_LABEL,
    QUERIES,
    STRETCHES,
    TEXTS,
    THINGS,
    TRACKS,
    WINDOWS,
    task_kind,
)
from ingather.training.metrics.tracking import track_facts
from ingather.training.metrics.transcription import NORMALISER, edit_facts

Gathered = tuple[Answers, Facts, tuple[str, ...]]


def gather(task: dict[str, Any], answers: Answers) -> Gathered:
    """The answers that can be judged, the facts about them row by row, and what has to be told.

    Args:
        task: the plan's task, one that has metrics.
        answers: as the recipe gave them.
    """
    kind = task_kind(task)
    if kind in LISTS:
        return _ranks(task, answers)
    if kind in NUMBERS:
        return _numbers(answers)
    if kind == "dialogue, ranks":
        return _places(task, answers)
    kept, told = _with(answers, [value is not None for value in answers.labels], "have no label yet")
    if kind in ONE_LABEL:
        facts, more = _one_label(task, kept)
        return kept, facts, (*told, *more)
    if kind in WINDOWS:
        classes, more = _one_label(task, kept)
        return kept, window_facts(classes, kept.beside, kept.contributors), (*told, *more)
    if kind in MANY_LABELS:
        return kept, _many_labels(task, kept), told
    if kind in QUERIES:
        return kept, _grades(task, kept), told
    truths, said = kept.labels, kept.predictions.values
    if kind in MARKS:
        return kept, span_facts(truths, said), told
    if kind in THINGS:
        return kept, found_facts(truths, said, outlines=kind == "polygons"), told
    if kind in TRACKS:
        return kept, track_facts(truths, said), told
    if kind in STRETCHES:
        return kept, stretch_facts(truths, said), told
    if kind in TEXTS:
        texts = _texts(truths), _texts(said)
        counts = {**chrf_facts(*texts).counts, **bleu_facts(*texts).counts}
        return kept, CountFacts(counts), told
    facts_of_words = edit_facts(_texts(kept.labels), _texts(kept.predictions.values))
    return kept, facts_of_words, (*told, f"Transcripts are compared after: {NORMALISER}.")


def _with(answers: Answers, kept: list[bool], lack: str) -> tuple[Answers, tuple[str, ...]]:
    lost = kept.count(False)
    if not lost:
        return answers, ()
    return answers.take(np.flatnonzero(kept)), (f"{lost} of {len(kept)} samples {lack} and are not judged.",)


def _texts(values: Sequence[Json]) -> list[str]:
    return ["" if value is None else str(value) for value in values]


def _one_label(task: dict[str, Any], answers: Answers) -> tuple[ClassFacts, tuple[str, ...]]:
    given = answers.predictions
    classes = class_names(task, answers.labels, given.values, given.classes)
    codes = {name: code for code, name in enumerate(classes)}
    truth = _codes(answers.labels, codes)
    answer = _codes(given.values, codes)
    told = []
    if missing := int((answer < 0).sum()):
        told.append(f"{missing} samples were not answered; that counts as wrong.")
    positive, why = _positive(task, classes, truth)
    return ClassFacts(truth, answer, classes, _aligned(given, codes), positive), (*told, *why)


def _codes(values: Sequence[Json], codes: dict[str, int]) -> NDArray[np.int64]:
    names = map(label_name, values)
    return np.array([-1 if name is None else codes[name] for name in names], np.int64)


def _positive(
    task: dict[str, Any], classes: tuple[str, ...], truth: NDArray[np.int64]
) -> tuple[int | None, tuple[str, ...]]:
    """The code of the label that rates are about: the plan's, else the rarer of two, else none."""
    if (chosen := task.get("positive")) is not None and str(chosen) in classes:
        return classes.index(str(chosen)), ()
    if len(classes) != 2:
        why = "Rates are means over the labels, each against the rest: task.positive names none."
        return None, (why,) if len(classes) > 2 else ()
    counts = np.bincount(truth, minlength=2)
    rarer = int(counts[1] <= counts[0])
    return rarer, (f"Rates are about '{classes[rarer]}', the rarer label: task.positive names none.",)


def _many_labels(task: dict[str, Any], answers: Answers) -> MultiFacts:
    given = answers.predictions
    classes = class_names(task, answers.labels, given.values, given.classes)
    codes = {name: code for code, name in enumerate(classes)}

    def flags(values: Sequence[Json]) -> NDArray[np.bool_]:
        table = np.zeros((len(values), len(classes)), bool)
        for row, value in enumerate(values):
            for name in label_set(value) or ():
                table[row, codes[name]] = True
        return table

    return MultiFacts(flags(answers.labels), flags(given.values), classes, _aligned(given, codes))


def _aligned(given: Predictions, codes: dict[str, int]) -> NDArray[np.float64] | None:
    if given.scores is None or not given.classes:
        return None
    scores = np.zeros((len(given.scores), len(codes)))
    scores[:, [codes[name] for name in given.classes]] = given.scores
    return scores


def _numbers(answers: Answers) -> Gathered:
    truth = [number(value) for value in answers.labels]
    said = [number(value) for value in answers.predictions.values]
    kept = [a is not None and b is not None for a, b in zip(truth, said, strict=True)]
    some, told = _with(answers, kept, "have no number as label or as answer")

    def column(values: list[float | None]) -> NDArray[np.float64]:
        return np.array([v for v, keep in zip(values, kept, strict=True) if keep and v is not None], float)

    return some, NumberFacts(column(truth), column(said)), told


def _ranks(
    task: dict[str, Any], answers: Answers, place: Callable[[dict[str, Any]], Any] = lambda a: a["rank"]
) -> Gathered:
    """Facts of the answers ``{"user", "rank", "popularity_rank", "liked"}``; the rest was shown to it."""
    asked = [isinstance(value, dict) and bool(value.get("liked")) for value in answers.predictions.values]
    kept = answers.take(np.flatnonzero(asked))
    said = [value for value in kept.predictions.values if isinstance(value, dict)]
    _, users = np.unique([str(value["user"]) for value in said], return_inverse=True)
    ranks = np.array([int(place(value) or 0) for value in said], np.int64)
    facts = RankFacts(users.astype(np.int64), ranks, int(task.get("k", 10)))
    told = (
        f"{len(kept)} held-out likings of {len(set(users.tolist()))} users are judged; the other "
        f"{len(asked) - len(kept)} interactions were shown to the model or are no likings.",
    )
    return kept, facts, told


def _grades(task: dict[str, Any], answers: Answers) -> QueryFacts:
    """Documents of one question share their session; a sample without one is a question of its own."""
    sessions = [one.session for one in answers.beside] or [None] * len(answers)
    names = [name or f"\0{row}" for row, name in enumerate(sessions)]
    _, query = np.unique(names, return_inverse=True)
    grades = np.array([number(value) or 0.0 for value in answers.labels], float)
    told = [number(value) for value in answers.predictions.values]
    scores = np.array([-np.inf if value is None else value for value in told], float)
    return graded_facts(query.astype(np.int64), grades, scores, int(task.get("k", 10)))


def _places(task: dict[str, Any], answers: Answers) -> Gathered:
    """Facts of the answers ``{"ranks": [...], "of": n}``: places of the replies that were given."""
    said = answers.predictions.values
    asked = [isinstance(value, dict) and bool(value.get("ranks")) for value in said]
    kept, told = _with(answers, asked, "have no turn to reply to")
    ranks = [value["ranks"] for value in kept.predictions.values if isinstance(value, dict)]
    listed = [list(one) if isinstance(one, list) else [] for one in ranks]
    rows = np.repeat(np.arange(len(listed)), [len(one) for one in listed]).astype(np.int64)
    places = np.array([int(number(rank) or 0) for one in listed for rank in one], np.int64)
    of = {value["of"] for value in kept.predictions.values if isinstance(value, dict) and "of" in value}
    among = f"Replies are sought among {max(map(int, map(str, of)))} candidates." if of else ""
    facts = placed_facts(rows, places, len(listed), int(task.get("k", 10)))
    return kept, facts, (*told, *([among] if among else []))


def newcomers(task: dict[str, Any], answers: Answers) -> dict[str, Gathered]:
    """The same facts for people met in learning, for new ones, and for things that were met; by name.

    Nothing is told apart where all are alike: in folds by contributor everybody is new.
    """
    said = answers.predictions.values
    asked = [value if isinstance(value, dict) and value.get("liked") else None for value in said]
    new = np.array([one is not None and bool(one.get("new_user")) for one in asked])
    known = np.array([one is not None and not one.get("new_user") for one in asked])
    met = np.array([one is not None and one.get("rank") is not None for one in asked])
    parts: dict[str, NDArray[np.bool_]] = {}
    if new.any() and known.any():
        parts |= {"people met before": known, "new people": new}
    if met.any() and (met != (new | known)).any():
        parts["things met before"] = met
    return {name: _ranks(task, answers.take(np.flatnonzero(rows))) for name, rows in parts.items()}


def popularity(task: dict[str, Any], answers: Answers) -> Gathered:
    """The same facts for the list that everybody gets: what is popular, without what a user has seen."""
    return _ranks(task, answers, lambda value: value["popularity_rank"])
