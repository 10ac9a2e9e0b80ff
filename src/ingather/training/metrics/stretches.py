"""Metrics of alarms in series: a stretch is found where an alarm touches it, an alarm right where it does.

A true stretch is an anomaly, or a failure. An alarm for a failure to come reaches from when it is raised to
the end of its horizon, so that the same rule holds. An answer may say by a stretch labelled ``watched`` for
how long it looked, which false alarms a day are counted by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ingather.formats.time_ranges import TimeRange, read_ranges
from ingather.sample import Json
from ingather.training.metrics.estimate import Estimate, ratio
from ingather.training.metrics.facts import CountFacts

WATCHED = "watched"
DAY = 86_400.0
_COLUMNS = ("true", "found", "alarms", "right", "lead", "watched")


def stretch_facts(truths: Sequence[Json], answers: Sequence[Json]) -> CountFacts:
    """Counts of n series: stretches there and found, alarms given and right, seconds of warning, of watching.

    Alarms that touch each other are one.
    """
    rows = [_of_series(_read(truth), _read(said)) for truth, said in zip(truths, answers, strict=True)]
    table = np.array(rows, float).reshape(len(rows), len(_COLUMNS))
    return CountFacts(dict(zip(_COLUMNS, table.T, strict=True)))


def windowed_recall(facts: CountFacts) -> Estimate:
    """Share of the true stretches that an alarm touches; what is left are the misses."""
    return ratio(facts.counts["found"], facts.counts["true"], n=_size(facts, "true"))


def windowed_precision(facts: CountFacts) -> Estimate:
    """Share of the alarms that touch a true stretch; what is left are false alarms."""
    return ratio(facts.counts["right"], facts.counts["alarms"], n=_size(facts, "alarms"))


def windowed_f1(facts: CountFacts) -> Estimate:
    """The harmonic mean of windowed precision and recall."""
    hits, alarms = windowed_recall(facts), windowed_precision(facts)
    n = int((facts.counts["true"] + facts.counts["alarms"]).sum())
    if not hits.n and not alarms.n:
        return replace(hits, n=0)
    if not hits.n or not alarms.n or hits.value + alarms.value == 0:
        whole = ratio(0 * facts.counts["true"], facts.counts["true"] + facts.counts["alarms"])
        return replace(whole, n=n)
    both = hits.value + alarms.value
    influence = np.zeros(len(facts.counts["true"]))
    influence[hits.rows] += 2 * (alarms.value / both) ** 2 * hits.influence
    influence[alarms.rows] += 2 * (hits.value / both) ** 2 * alarms.influence
    return Estimate(2 * hits.value * alarms.value / both, n, influence, np.arange(len(influence)))


def lead_time(facts: CountFacts) -> Estimate:
    """Seconds from the first alarm that touches a stretch to its beginning; the mean over those found."""
    return ratio(facts.counts["lead"], facts.counts["found"], n=_size(facts, "found"))


def false_alarms_per_day(facts: CountFacts) -> Estimate:
    """Alarms that touch no true stretch, a day of watching one machine."""
    wrong = facts.counts["alarms"] - facts.counts["right"]
    return ratio(wrong, facts.counts["watched"] / DAY)


def _size(facts: CountFacts, column: str) -> int:
    return int(facts.counts[column].sum())


def _read(value: Json) -> list[TimeRange]:
    try:
        return read_ranges(value)
    except ValueError:
        return []


def _of_series(true: list[TimeRange], said: list[TimeRange]) -> tuple[float, ...]:
    watched = sum(one.end - one.start for one in said if one.label == WATCHED)
    alarms: list[list[float]] = []
    for one in sorted((one for one in said if one.label != WATCHED), key=lambda one: one.start):
        if alarms and one.start <= alarms[-1][1]:
            alarms[-1][1] = max(alarms[-1][1], one.end)
        else:
            alarms.append([one.start, one.end])
    found, lead = 0, 0.0
    for event in true:
        touching = [start for start, end in alarms if start <= event.end and end >= event.start]
        if touching:
            found += 1
            lead += max(event.start - min(touching), 0.0)
    right = sum(any(s <= one.end and e >= one.start for one in true) for s, e in alarms)
    return len(true), found, len(alarms), right, lead, watched
