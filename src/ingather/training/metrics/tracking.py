"""Metrics of things followed through frames: MOTA counts mistakes frame by frame, IDF1 whole ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ingather.formats.boxes import Box
from ingather.formats.tracks import Seen, read_tracks
from ingather.sample import Json
from ingather.training.metrics.estimate import Estimate, ratio
from ingather.training.metrics.facts import CountFacts
from ingather.training.metrics.found_things import LEAST_OVERLAP, overlaps

_COLUMNS = ("there", "missed", "false", "switched", "said", "followed")


def track_facts(truths: Sequence[Json], answers: Sequence[Json]) -> CountFacts:
    """Counts of n sequences: things there, missed, false, switched, answered, followed as one."""
    rows = [_of_sequence(_seen(truth), _seen(said)) for truth, said in zip(truths, answers, strict=True)]
    table = np.array(rows, float).reshape(len(rows), len(_COLUMNS))
    return CountFacts(dict(zip(_COLUMNS, table.T, strict=True)))


def mota(facts: CountFacts) -> Estimate:
    """1 less misses, false alarms and switched identities, over the things that are there in all frames.

    Source: K. Bernardin, R. Stiefelhagen, "Evaluating multiple object tracking performance: the CLEAR MOT
    metrics" (2008).
    """
    counts = facts.counts
    wrong = ratio(counts["missed"] + counts["false"] + counts["switched"], counts["there"])
    return replace(wrong, value=1 - wrong.value, influence=-wrong.influence)


def idf1(facts: CountFacts) -> Estimate:
    """F1 of identities: things followed by the one answered track that fits best, over truth and answers.

    Source: E. Ristani and others, "Performance measures and a data set for multi-target, multi-camera
    tracking" (2016).
    """
    return ratio(2 * facts.counts["followed"], facts.counts["there"] + facts.counts["said"])


def _seen(value: Json) -> dict[int, list[Seen]]:
    try:
        found = read_tracks(value)
    except ValueError:
        found = []
    frames: dict[int, list[Seen]] = {}
    for one in found:
        frames.setdefault(one.frame, []).append(one)
    return frames


def _of_sequence(true: dict[int, list[Seen]], said: dict[int, list[Seen]]) -> tuple[int, ...]:
    from scipy.optimize import linear_sum_assignment

    there = sum(map(len, true.values()))
    answered = sum(map(len, said.values()))
    missed = false = switched = 0
    last: dict[str, str] = {}
    together: dict[tuple[str, str], int] = {}
    for frame in sorted({*true, *said}):
        own, given = true.get(frame, []), said.get(frame, [])
        table = _overlap(own, given)
        for i, j in zip(*np.nonzero(table >= LEAST_OVERLAP), strict=True):
            pair = own[i].track, given[j].track
            together[pair] = together.get(pair, 0) + 1
        pairs = _kept(own, given, table, last)
        free = [i for i in range(len(own)) if i not in pairs]
        rest = [j for j in range(len(given)) if j not in pairs.values()]
        # what fits nowhere costs more than all that fits together
        part = table[np.ix_(free, rest)]
        cost = np.where(part >= LEAST_OVERLAP, 1 - part, 1e6)
        for at, to in zip(*linear_sum_assignment(cost), strict=True):
            if part[at, to] >= LEAST_OVERLAP:
                name, other = own[free[at]].track, given[rest[to]].track
                switched += name in last and last[name] != other
                pairs[free[at]] = rest[to]
        last |= {own[i].track: given[j].track for i, j in pairs.items()}
        missed += len(own) - len(pairs)
        false += len(given) - len(pairs)
    return there, missed, false, switched, answered, _followed(together)


def _overlap(own: list[Seen], given: list[Seen]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    left, right = ([Box(one.label, one.x, one.y, one.width, one.height) for one in of] for of in (own, given))
    same = np.array([[a.label == b.label for b in right] for a in left], bool).reshape(len(left), len(right))
    return np.where(same, overlaps(left, right), 0.0)


def _kept(
    own: list[Seen],
    given: list[Seen],
    table: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    last: dict[str, str],
) -> dict[int, int]:
    """Pairs that were together when last seen and still fit: they stay, even where others fit better."""
    place = {one.track: j for j, one in enumerate(given)}
    pairs: dict[int, int] = {}
    for i, one in enumerate(own):
        j = place.get(last.get(one.track, ""), -1)
        if j >= 0 and j not in pairs.values() and table[i, j] >= LEAST_OVERLAP:
            pairs[i] = j
    return pairs


def _followed(together: dict[tuple[str, str], int]) -> int:
    """Frames that are right when every thing is given the one track that makes most of all right."""
    from scipy.optimize import linear_sum_assignment

    if not together:
        return 0
    names, others = (sorted({pair[side] for pair in together}) for side in (0, 1))
    table = np.zeros((len(names), len(others)))
    for (name, other), count in together.items():
        table[names.index(name), others.index(other)] = count
    return int(table[linear_sum_assignment(-table)].sum())
