"""What a recipe is: a module that fits a baseline and predicts; metrics belong to the task, not to it.

``tasks`` and ``modalities`` say what it can learn. ``fit(train, config, seed) -> Model`` and
``Model.predict(examples) -> Predictions``. A recipe sees examples in memory: the stage that calls it
samples above ``most`` examples and says so. A recipe may have ``prepare(examples, config) -> Examples``: it
puts features of each sample by itself in the place of its input, so that several fits make them once and
media never lie in memory all together; ``fit`` and ``predict`` take examples either way.
``together = True`` says that an answer depends on what else is asked at once: earlier windows of a machine,
the other replies to choose from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from ingather.sample import Json, Part


class RecipeConfig(BaseModel):
    """Options of a recipe."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of a sample beside its main part and its label.

    Attributes:
        parts: its further parts, media as files of the store.
        data: a dialogue's turns, tokens, a series' channels; for a record it is the input itself.
        session: drive, patient, conversation, query.
        segment: where it was cut from its parent: seconds, characters, rows.
        parent: the sample that it was cut from.
    """

    parts: tuple[Part, ...] = ()
    data: dict[str, Any] | None = None
    session: str | None = None
    segment: dict[str, Any] | None = None
    parent: str | None = None

    def part(self, role: str) -> Part | None:
        """The first part of that role."""
        return next((part for part in self.parts if part.role == role), None)

    def words(self, role: str) -> str:
        """The text of the first part of that role, '' where there is none."""
        part = self.part(role)
        return part.text or "" if part is not None else ""


NOTHING_BESIDE = Beside()


@dataclass(frozen=True, slots=True)
class Examples:
    """Samples to learn from or to answer.

    Attributes:
        ids: sample ids, n strings.
        inputs: texts (list of str), media bytes (list of bytes; videos: the files that hold them), or
            records (list of dict), n of them.
        labels: the settled labels as JSON, n of them; None where there is none.
        task: the plan's task, as a dict.
        modality: the plan's modality.
        beside: what else is known of each, n of them; empty where nothing is.
    """

    ids: list[str]
    inputs: list[Any]
    labels: list[Json]
    task: dict[str, Any] = field(default_factory=dict)
    modality: str = "text"
    beside: list[Beside] = field(default_factory=list)

    def of(self, row: int) -> Beside:
        """What is known of one sample beside its input and its label."""
        return self.beside[row] if self.beside else NOTHING_BESIDE

    def take(self, rows: NDArray[np.int64]) -> Examples:
        """The examples at these rows, in that order."""
        return Examples(
            [self.ids[i] for i in rows],
            [self.inputs[i] for i in rows],
            [self.labels[i] for i in rows],
            self.task,
            self.modality,
            [self.beside[i] for i in rows] if self.beside else [],
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
