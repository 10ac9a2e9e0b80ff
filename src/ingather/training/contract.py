"""What a recipe is: a module that fits a baseline and predicts; metrics belong to the task, not to it.

``tasks`` and ``modalities`` say what it can learn. ``fit(train, config, seed) -> Model`` and
``Model.predict(examples) -> Predictions``. A recipe sees examples in memory: the stage that calls it
samples above ``most`` examples and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from ingather.sample import Json


class RecipeConfig(BaseModel):
    """Options of a recipe."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Examples:
    """Samples to learn from or to answer.

    Attributes:
        ids: sample ids, n strings.
        inputs: texts (list of str), media bytes (list of bytes) or records (list of dict), n of them.
        labels: the settled labels as JSON, n of them; None where there is none.
        task: the plan's task, as a dict.
        modality: the plan's modality.
    """

    ids: list[str]
    inputs: list[Any]
    labels: list[Json]
    task: dict[str, Any] = field(default_factory=dict)
    modality: str = "text"

    def take(self, rows: NDArray[np.int64]) -> Examples:
        """The examples at these rows, in that order."""
        return Examples(
            [self.ids[i] for i in rows],
            [self.inputs[i] for i in rows],
            [self.labels[i] for i in rows],
            self.task,
            self.modality,
        )


@dataclass(frozen=True, slots=True)
class Predictions:
    """Answers to n examples.

    Attributes:
        values: the answer as the task's JSON, n of them.
        scores: n x k scores of the k ``classes`` (rows sum to 1 where they are probabilities), or None.
        classes: names of the columns of ``scores``.
    """

    values: list[Json]
    scores: NDArray[np.float64] | None = None
    classes: tuple[str, ...] = ()


class Model(Protocol):
    """A fitted baseline."""

    def predict(self, examples: Examples) -> Predictions:
        """Answers every example, in order."""
        ...
