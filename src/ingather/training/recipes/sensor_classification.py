"""Sensor classification: numbers that describe each channel, then a linear model or boosted trees.

A baseline for windows of series: activities, states of a machine, kinds of a beat. Further streams of the
same recording are described too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pydantic import Field

from ingather.training.contract import Examples, Predictions, RecipeConfig
from ingather.training.series_features import series_features, streams_of
from ingather.training.table_models import Learner
from ingather.training.vector_classifier import VectorClassifier, fit_vectors

tasks = frozenset({"classification", "tagging", "anomaly", "failure"})
modalities = frozenset({"sensor"})
most = 100_000


class Config(RecipeConfig):
    """Options of sensor classification."""

    learner: Learner = Field(
        "auto", description="linear, boosted trees, lightgbm (extra boosting), or by the number of windows"
    )
    balanced: bool = Field(False, description="rare labels weigh as much as frequent ones")


@dataclass(frozen=True, slots=True)
class SensorClassifier:
    """A fitted classifier."""

    machine: VectorClassifier

    def predict(self, examples: Examples) -> Predictions:
        """Labels with probabilities, in order."""
        return self.machine.answer(_vectors(examples))


def prepare(examples: Examples, config: Config) -> Examples:
    """The same examples with features for streams, so that several fits read them once."""
    return replace(examples, inputs=list(_vectors(examples)))


def fit(train: Examples, config: Config, seed: int) -> SensorClassifier:
    """Learns from the windows that have a label and can be read.

    Raises:
        InputError: there is none.
        MissingExtra: LightGBM is asked for and not installed.
    """
    vectors = _vectors(train)
    return SensorClassifier(fit_vectors(train, vectors, config.learner, balanced=config.balanced, seed=seed))


def _vectors(examples: Examples) -> list[Any]:
    """Features of streams; features that are there already pass."""
    return [
        series_features(streams_of(one, examples.of(row))) if isinstance(one, bytes) else one
        for row, one in enumerate(examples.inputs)
    ]
