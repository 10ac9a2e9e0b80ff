"""Failure within a horizon: which windows of a machine's series are followed by a failure soon enough to act.

Windows are cut and labelled by the splitter ``windows`` with ``log`` and ``ahead``. Each is described by its
channels and by how they differ from the machine's windows just before. An alarm is raised where the chance of
a failure is high enough for so many windows in a row. It is judged by window, and by events, warning time and
false alarms per machine and day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ingather.sample import Json
from ingather.training.contract import Examples, Predictions, RecipeConfig
from ingather.training.series_features import series_features, streams_of
from ingather.training.table_models import Learner
from ingather.training.vector_classifier import VectorClassifier, fit_vectors

tasks = frozenset({"failure"})
modalities = frozenset({"sensor"})
most = 50_000
together = True


class Config(RecipeConfig):
    """Options of failure within a horizon."""

    learner: Learner = Field(
        "auto", description="linear, boosted trees, lightgbm (extra boosting), or by the number of windows"
    )
    history: int = Field(
        3, ge=0, le=100, description="windows just before that one is compared with; 0: none"
    )
    alarm: float = Field(0.5, gt=0, lt=1, description="chance of a failure from which an alarm is raised")
    hold: int = Field(1, ge=1, description="windows in a row that must be so before it is raised")
    balanced: bool = Field(True, description="rare failures weigh as much as what is normal")


@dataclass(frozen=True, slots=True)
class FailureForecaster:
    """A fitted forecaster.

    Attributes:
        config: its options.
        machine: the chance of each label.
        normal: place of the label of windows that no failure follows.
    """

    config: Config
    machine: VectorClassifier
    normal: int

    def predict(self, examples: Examples) -> Predictions:
        """Labels with chances, in order; the label is that of the likeliest failure while the alarm lasts."""
        found = self.machine.answer(_with_history(examples, self.config.history))
        scores = found.scores
        assert scores is not None
        if len(found.classes) < 2:
            return found
        failing = scores.copy()
        failing[:, self.normal] = -1
        raised = 1 - scores[:, self.normal] >= self.config.alarm
        for rows in _in_time(examples):
            raised[rows] = _held(raised[rows], self.config.hold)
        kind = np.where(raised, failing.argmax(axis=1), self.normal)
        values: list[Json] = [found.classes[code] for code in kind.tolist()]
        return Predictions(values, scores, found.classes)


def prepare(examples: Examples, config: Config) -> Examples:
    """The same examples with features for streams, so that several fits read them once."""
    return replace(examples, inputs=list(_vectors(examples)))


def fit(train: Examples, config: Config, seed: int) -> FailureForecaster:
    """Learns from the windows that have a label and can be read; the most frequent label is what is normal.

    Raises:
        InputError: there is none.
        MissingExtra: LightGBM is asked for and not installed.
    """
    vectors = _with_history(train, config.history)
    machine = fit_vectors(train, vectors, config.learner, balanced=config.balanced, seed=seed)
    named = train.task.get("positive")
    counts = machine.targets.holds.sum(axis=0)
    if named in machine.targets.classes and len(machine.targets.classes) == 2:
        counts[machine.targets.classes.index(str(named))] = -1
    return FailureForecaster(config, machine, int(counts.argmax()))


def _vectors(examples: Examples) -> list[Any]:
    """Features of streams; features that are there already pass."""
    return [
        series_features(streams_of(one, examples.of(row))) if isinstance(one, bytes) else one
        for row, one in enumerate(examples.inputs)
    ]


def _with_history(examples: Examples, history: int) -> list[dict[str, float] | None]:
    """Each window's features, and by how much they exceed the mean of the windows just before."""
    plain = _vectors(examples)
    found: list[dict[str, float] | None] = [None if one is None else dict(one) for one in plain]
    if not history:
        return found
    for rows in _in_time(examples):
        for at, row in enumerate(rows.tolist()):
            vector = found[row]
            before = [plain[i] for i in rows[max(0, at - history) : at].tolist() if plain[i] is not None]
            if vector is None or not before:
                continue
            for name, value in plain[row].items():
                past = [one[name] for one in before if name in one]
                if past:
                    vector[f"{name}, change"] = value - sum(past) / len(past)
    return found


def _in_time(examples: Examples) -> list[NDArray[np.int64]]:
    """Rows of each machine's windows by their start; windows without a session or parent are single."""
    names, starts = [], []
    for row in range(len(examples.ids)):
        beside = examples.of(row)
        start = (beside.segment or {}).get("start")
        names.append(beside.session or beside.parent or f"\0{row}")
        starts.append(float(start) if isinstance(start, int | float) else 0.0)
    if not names:
        return []
    _, machine = np.unique(names, return_inverse=True)
    order = np.lexsort((np.array(starts), machine))
    return np.split(order, np.flatnonzero(np.diff(machine[order])) + 1)


def _held(raised: NDArray[np.bool_], hold: int) -> NDArray[np.bool_]:
    """True from the window on that is the last of so many raised ones in a row."""
    count = 0
    found = np.zeros(len(raised), bool)
    for place, one in enumerate(raised.tolist()):
        count = count + 1 if one else 0
        found[place] = count >= hold
    return found
