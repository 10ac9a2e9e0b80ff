"""Metrics of search: every question counts once, however many documents were graded for it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ingather.training.metrics.estimate import NOTHING, Estimate, Floats, ratio
from ingather.training.metrics.facts import Codes, QueryFacts


def graded_facts(query: Codes, grade: Floats, score: Floats, k: int) -> QueryFacts:
    """Questions with graded documents, one row a pair.

    Args:
        query: code of the question of each pair, n.
        grade: how well the document answers it, 0 for not at all, n.
        score: by which the answer sorts the documents, n.
        k: places of the list that are looked at.

    Returns:
        Entries of the questions that have any answer among their documents; equal scores stand in the order
        of their rows.
    """
    order = np.lexsort((np.arange(len(query)), -score, query))
    ends = np.flatnonzero(np.diff(query[order], prepend=-1, append=-1))
    discount = 1 / np.log2(np.arange(2, k + 2))
    entries: list[tuple[Codes, float, float]] = []
    for start, end in pairwise(ends.tolist()):
        rows = order[start:end]
        gains = np.maximum(grade[rows], 0)
        best = np.sort(gains)[::-1][:k]
        answering = int((gains > 0).sum())
        if answering:
            found = float((gains[:k] > 0).sum()) / min(answering, k)
            top = float(gains[:k] @ discount[: len(gains[:k])]) / float(best @ discount[: len(best)])
            entries.append((rows, found, top))
    if not entries:
        return QueryFacts(query[:0], query[:0], grade[:0], grade[:0], len(query))
    rows = np.concatenate([one[0] for one in entries])
    sizes = [len(one[0]) for one in entries]
    return QueryFacts(
        query[rows],
        rows,
        np.repeat([one[1] for one in entries], sizes),
        np.repeat([one[2] for one in entries], sizes),
        len(query),
    )


def placed_facts(row: Codes, rank: Codes, n: int, k: int) -> QueryFacts:
    """Questions with one right answer each, of which only its place in the list is known.

    Args:
        row: row of the sample that each question belongs to.
        rank: place of the right answer from 1; 0 where it is not in the list.
        n: number of samples.
        k: places that are looked at.
    """
    listed = (rank >= 1) & (rank <= k)
    gain = np.where(listed, 1 / np.log2(np.maximum(rank, 1) + 1), 0.0)
    return QueryFacts(np.arange(len(row)), row, listed.astype(float), gain, n)


def recall_at_k(facts: QueryFacts) -> Estimate:
    """Of what answers a question and fits into k places, the share found there; the mean over questions."""
    return _mean(facts, facts.recall)


def ndcg_at_k(facts: QueryFacts) -> Estimate:
    """Grades over log2(place + 1) in the first k places, over the best order's; the mean over questions.

    Source: K. Järvelin, J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques" (2002).
    """
    return _mean(facts, facts.gain)


def _mean(facts: QueryFacts, values: Floats) -> Estimate:
    if not len(values):
        return NOTHING
    _, first = np.unique(facts.query, return_index=True)
    return ratio(values[first], np.ones(len(first)), rows=facts.row[first])
