"""Video classification: light, movement and edges of sampled frames into a linear model or boosted trees.

A baseline for short films of one thing each: gestures, scenes, states of a machine. About eight small grey
pictures a second are looked at, so that it costs what decoding costs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import Field

from ingather.training.contract import Examples, Predictions, RecipeConfig
from ingather.training.film_features import film_features
from ingather.training.table_models import Learner
from ingather.training.vector_classifier import VectorClassifier, fit_vectors

tasks = frozenset({"classification", "tagging", "anomaly", "failure"})
modalities = frozenset({"video"})
most = 50_000


class Config(RecipeConfig):
    """Options of video classification."""

    learner: Learner = Field(
        "auto", description="linear, boosted trees, lightgbm (extra boosting), or by the number of films"
    )
    balanced: bool = Field(False, description="rare labels weigh as much as frequent ones")


@dataclass(frozen=True, slots=True)
class VideoClassifier:
    """A fitted classifier."""

    machine: VectorClassifier

    def predict(self, examples: Examples) -> Predictions:
        """Labels with probabilities, in order."""
        return self.machine.answer(_vectors(examples))


def prepare(examples: Examples, config: Config) -> Examples:
    """The same examples with features for films, so that several fits decode once."""
    return replace(examples, inputs=list(_vectors(examples)))


def fit(train: Examples, config: Config, seed: int) -> VideoClassifier:
    """Learns from the films that have a label and can be decoded.

    Raises:
        InputError: there is none.
        MissingExtra: PyAV is not installed, or LightGBM is asked for and is not.
    """
    vectors = _vectors(train)
    return VideoClassifier(fit_vectors(train, vectors, config.learner, balanced=config.balanced, seed=seed))


def _vectors(examples: Examples) -> list[Any]:
    """Features of films; features that are there already pass."""
    return [film_features(one) if isinstance(one, Path | bytes) else one for one in examples.inputs]
