"""What is judged: answers beside the truth, with who gave each sample and the groups it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ingather.sample import Json
from ingather.training.contract import Beside, Predictions


@dataclass(frozen=True, slots=True)
class Answers:
    """Predictions for n samples that the model was not fitted on.

    Attributes:
        ids: sample ids, n strings.
        labels: the settled labels as JSON; None where there is none.
        predictions: the answers, in the same order.
        contributors: codes of contributors, n integers; -1 where nobody is known.
        groups: values by attribute name, n each; None is unknown.
        basis: where the answers come from: panel, test or cv.
        beside: what is known of each sample beside its input, n of them; empty where nothing is.
    """

    ids: list[str]
    labels: list[Json]
    predictions: Predictions
    contributors: NDArray[np.int64]
    groups: dict[str, list[str | None]] = field(default_factory=dict)
    basis: str = "test"
    beside: list[Beside] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: NDArray[np.int64]) -> Answers:
        """The answers at these rows, in that order."""
        given = self.predictions
        return Answers(
            [self.ids[i] for i in rows],
            [self.labels[i] for i in rows],
            Predictions(
                [given.values[i] for i in rows],
                None if given.scores is None else given.scores[rows],
                given.classes,
            ),
            self.contributors[rows],
            {name: [column[i] for i in rows] for name, column in self.groups.items()},
            self.basis,
            [self.beside[i] for i in rows] if self.beside else [],
        )
