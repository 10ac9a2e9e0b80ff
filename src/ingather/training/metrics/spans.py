"""Metrics of things marked in a text: a mark is right where place and label are those of the truth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from ingather.sample import Json
from ingather.training.label_names import is_tags
from ingather.training.metrics.estimate import NOTHING, Estimate, ratio
from ingather.training.metrics.facts import SpanFacts

Mark: TypeAlias = tuple[float, float, str]
"""First place, last place, label."""


def span_facts(truths: Sequence[Json], answers: Sequence[Json]) -> SpanFacts:
    """Compares the marks of n samples: tags of IOB2, or Label Studio results with start and end."""
    true, said = [marks(value) for value in truths], [marks(value) for value in answers]
    classes = tuple(sorted({one[2] for found in (*true, *said) for one in found}))
    codes = {name: code for code, name in enumerate(classes)}

    def table(found: Sequence[frozenset[Mark]]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        counts = np.zeros((len(found), len(classes)))
        for row, of in enumerate(found):
            for one in of:
                counts[row, codes[one[2]]] += 1
        return counts

    tokens, same = np.zeros(len(true)), np.zeros(len(true))
    for row, (truth, answer) in enumerate(zip(truths, answers, strict=True)):
        if isinstance(truth, list) and is_tags(truth):
            tags = answer if isinstance(answer, list) else []
            tokens[row] = len(truth)
            same[row] = sum(a == b for a, b in zip(truth, tags, strict=False))
    both = [a & b for a, b in zip(true, said, strict=True)]
    return SpanFacts(table(both), table(said), table(true), classes, tokens, same)


def marks(value: Json) -> frozenset[Mark]:
    """What an answer marks; a tag I without its B begins a name, as in the CoNLL shared tasks."""
    if not isinstance(value, list):
        return frozenset()
    if is_tags(value):
        return frozenset(_of_tags([str(tag) for tag in value]))
    found: set[Mark] = set()
    for entry in value:
        inner = entry.get("value") if isinstance(entry, dict) else None
        if not isinstance(inner, dict):
            continue
        start, end = inner.get("start"), inner.get("end")
        if not isinstance(start, int | float) or not isinstance(end, int | float):
            continue
        for names in inner.values():
            if isinstance(names, list):
                found |= {(float(start), float(end), str(name)) for name in names}
    return frozenset(found)


def _of_tags(tags: Sequence[str]) -> list[Mark]:
    found: list[Mark] = []
    start, name = 0, ""
    for place, tag in enumerate([*tags, "O"]):
        letter, _, now = tag.partition("-")
        if name and (letter != "I" or now != name):
            found.append((start, place - 1, name))
            name = ""
        if now and not name:
            start, name = place, now
    return found


def entity_f1(facts: SpanFacts) -> Estimate:
    """F1 over all marks: twice the right ones, over those that are there and those that were made.

    Source: E. Tjong Kim Sang, F. De Meulder, "Introduction to the CoNLL-2003 shared task" (2003).
    """
    keep = slice(None) if facts.only is None else slice(facts.only, facts.only + 1)
    right, said, true = (table[:, keep].sum(axis=1) for table in (facts.right, facts.said, facts.true))
    return ratio(2 * right, said + true)


def entity_f1_macro(facts: SpanFacts) -> Estimate:
    """The mean over labels of their F1; labels that neither are there nor were given do not count."""
    above, below = 2 * facts.right, facts.said + facts.true
    sums = below.sum(axis=0)
    counts = sums > 0
    if facts.only is not None:
        counts &= np.arange(len(facts.classes)) == facts.only
    if not counts.any():
        return NOTHING
    above, below, sums = above[:, counts], below[:, counts], sums[counts]
    each = above.sum(axis=0) / sums
    influence = ((above - each * below) / sums).mean(axis=1)
    return Estimate(float(each.mean()), int((below.sum(axis=1) > 0).sum()), influence, np.arange(len(above)))


def token_accuracy(facts: SpanFacts) -> Estimate:
    """Share of tokens whose tag is right."""
    return ratio(facts.same, facts.tokens)
