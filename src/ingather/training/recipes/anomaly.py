"""Anomaly: the stretches of a series that are unlike the rest of it, found without knowing what to look for.

Every series is judged by itself: by how far values lie from a forecast of what came before, in robust
standard deviations, and by an isolation forest. What is learnt from labelled series is only how odd is odd
enough, so a few of them are enough, and none will do. Windows that have one label each are for
``sensor-classification``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from pydantic import Field

from ingather.errors import InputError
from ingather.formats.time_ranges import TimeRange, as_label
from ingather.sample import Json
from ingather.training.contract import Examples, Predictions, RecipeConfig
from ingather.training.metrics.stretches import WATCHED, stretch_facts, windowed_f1
from ingather.training.oddness import Odd, join, odd_moments, stretches
from ingather.training.series_features import streams_of

tasks = frozenset({"anomaly"})
modalities = frozenset({"sensor"})
most = 20_000
_LEVELS = (3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 40.0)


class Config(RecipeConfig):
    """Options of anomaly."""

    method: Literal["both", "residual", "forest"] = Field(
        "both", description="forecast residual, isolation forest, or the mean of both"
    )
    memory: float | None = Field(
        None, gt=0, description="seconds that the forecast looks back; absent: a day, or a twentieth"
    )
    level: float | None = Field(
        None, gt=2, description="deviations from which a moment is odd; absent: what fits the labels best"
    )
    gap: float | None = Field(
        None, ge=0, description="seconds of quiet between two alarms; absent: a twentieth of the memory"
    )


@dataclass(frozen=True, slots=True)
class AnomalyFinder:
    """What was learnt: how odd is odd enough."""

    config: Config
    seed: int
    level: float
    label: str
    told: tuple[str, ...]

    def predict(self, examples: Examples) -> Predictions:
        """Stretches of time as Label Studio results, and what was watched; None where nothing can be read."""
        return Predictions([
            None if odd is None else _answer(odd, self.level, self.config, self.label)
            for odd in _odds(examples, self.config, self.seed)
        ])  # fmt: skip


def prepare(examples: Examples, config: Config) -> Examples:
    """The same examples with their odd moments for streams; the forest's seed is 0."""
    return replace(examples, inputs=list(_odds(examples, config, 0)))


def fit(train: Examples, config: Config, seed: int) -> AnomalyFinder:
    """Finds the level at which the alarms fit the labelled series best.

    Raises:
        InputError: labels are no stretches of time, or there are samples and none has a label.
    """
    labelled = [row for row, label in enumerate(train.labels) if isinstance(label, list)]
    if not labelled:
        some = next((label for label in train.labels if label is not None), None)
        raise InputError(
            f"No series has labelled stretches of time; a label is such as {some!r}."
            if some is not None
            else "No series has a label, not even an empty one.",
            why="How odd is odd enough is learnt from series whose anomalies are known; [] says none.",
            fix="Label stretches of series, or use sensor-classification for windows with one label each.",
            where="train.recipe",
        )
    labels = [train.labels[row] for row in labelled]
    name = _name(labels)
    told: tuple[str, ...] = ()
    level = config.level
    if level is None:
        odds = _odds(train.take(np.array(labelled)), config, 0)
        level = _best(odds, labels, config, name)
        told = (f"A moment is odd from {level:g} deviations on: so the alarms fit the labels best.",)
    return AnomalyFinder(config, 0, level, name, told)


def _best(odds: list[Odd | None], labels: list[Json], config: Config, name: str) -> float:
    """Of the levels that fit best the middle one: the edge of a plateau is where chance decides."""
    found = []
    for level in _LEVELS:
        answers: list[Json] = [None if one is None else _answer(one, level, config, name) for one in odds]
        figure = windowed_f1(stretch_facts(labels, answers))
        found.append(figure.value if figure.n else 1.0)
    best = [level for level, value in zip(_LEVELS, found, strict=True) if value >= max(found) - 1e-9]
    return best[len(best) // 2]


def _answer(odd: Odd, level: float, config: Config, name: str) -> list[Json]:
    gap = config.gap if config.gap is not None else (config.memory or odd.watched / 20) / 20
    alarms = [TimeRange(start, end, name) for start, end in stretches(odd, level, gap)]
    return as_label([*alarms, TimeRange(0.0, odd.watched, WATCHED)])


def _name(labels: list[Json]) -> str:
    from ingather.training.label_names import names_within

    names = sorted({name for label in labels for name in names_within(label) or ()})
    return names[0] if names else "anomaly"


def _odds(examples: Examples, config: Config, seed: int) -> list[Any]:
    """Odd moments of streams; those that are there already pass."""
    return [
        _of(one, examples, row, config, seed) if isinstance(one, bytes) else one
        for row, one in enumerate(examples.inputs)
    ]


def _of(content: bytes, examples: Examples, row: int, config: Config, seed: int) -> Odd | None:
    found = [
        odd_moments(
            stream,
            residual=config.method != "forest",
            forest=config.method != "residual",
            memory=config.memory,
            seed=seed,
        )
        for stream in streams_of(content, examples.of(row))
    ]
    return join(found) if found else None
