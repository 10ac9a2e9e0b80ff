"""From windows of machines with one label each to alarms, and to what they warn of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ingather.training.contract import Beside
from ingather.training.metrics.facts import ClassFacts, Codes, CountFacts, Flags, Floats, WindowFacts

_ADJACENT = 1.5
"""Usual steps between windows up to which they belong to one run."""


def window_facts(classes: ClassFacts, beside: Sequence[Beside], contributors: Codes) -> WindowFacts:
    """Counts of alarms and events, each with the window where it ends or begins.

    A run of windows that foretell an event stands for that event; it is found where an alarm falls into the
    run, and the warning lasts from the end of the first such window to the end of the run, the least time
    that is left. A run of windows that are answered so is one alarm, right where it meets any such window.

    Args:
        classes: of n windows; without a positive class the most frequent one is what is normal.
        beside: their sessions or parents, and segments with ``start`` and ``end`` in seconds.
        contributors: the machine where no session tells it.
    """
    n = len(classes.truth)
    start, end = times_of(beside)
    true, said = _foretelling(classes, classes.truth), _foretelling(classes, classes.answer)
    counts = {name: np.zeros(n) for name in ("true", "found", "alarms", "right", "lead", "watched")}
    for rows in _by_machine(beside, contributors, start):
        gaps = np.diff(start[rows])
        step = float(np.median(gaps)) if len(gaps) else 0.0
        lasts = end[rows] - start[rows]
        counts["watched"][rows] = np.minimum(np.append(gaps, np.inf), lasts)
        together = gaps <= max(_ADJACENT * step, 1e-9)
        for run in _runs(true[rows], together):
            last = rows[run[-1]]
            counts["true"][last] = 1
            alarmed = run[said[rows[run]]]
            if len(alarmed):
                counts["found"][last] = 1
                counts["lead"][last] = end[last] - end[rows[alarmed[0]]]
        for run in _runs(said[rows], together):
            counts["alarms"][rows[run[0]]] = 1
            counts["right"][rows[run[0]]] = float(true[rows[run]].any())
    return WindowFacts(classes, CountFacts(counts))


def times_of(beside: Sequence[Beside]) -> tuple[Floats, Floats]:
    """Start and end of each window in seconds; NaN where they are not known."""
    ends = [(one.segment or {}).get(name) for name in ("start", "end") for one in beside]
    told = np.array([float(v) if isinstance(v, int | float) else np.nan for v in ends])
    return told[: len(beside)], told[len(beside) :]


def _foretelling(classes: ClassFacts, codes: Codes) -> Flags:
    if classes.positive is not None:
        return np.asarray(codes == classes.positive, bool)
    usual = int(np.bincount(classes.truth, minlength=len(classes.classes)).argmax())
    return np.asarray((codes != usual) & (codes >= 0), bool)


def _by_machine(beside: Sequence[Beside], contributors: Codes, start: Floats) -> list[Codes]:
    names = [
        one.session or one.parent or str(code)
        for one, code in zip(beside, contributors.tolist(), strict=True)
    ]
    _, machine = np.unique(names, return_inverse=True)
    order = np.lexsort((start, machine))
    ends = np.flatnonzero(np.diff(machine[order])) + 1
    return [rows.astype(np.int64) for rows in np.split(order, ends)] if len(order) else []


def _runs(flags: Flags, together: Flags) -> list[Codes]:
    """Places of windows that have the flag, those that follow each other in one list."""
    places = np.flatnonzero(flags)
    if not len(places):
        return []
    apart = [at for at in range(1, len(places)) if not together[places[at - 1] : places[at]].all()
             or places[at] != places[at - 1] + 1]  # fmt: skip
    return [run.astype(np.int64) for run in np.split(places, apart)]
