"""A classifier of named numbers, such as features of a series or a film; numbers may be missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ingather.errors import InputError
from ingather.training.contract import Examples, Predictions
from ingather.training.table_columns import Column
from ingather.training.table_models import Learner, fit_table
from ingather.training.targets import ClassTargets, class_targets

Vector: TypeAlias = Mapping[str, float]
"""Features by name; what one sample has not is missing."""


@dataclass(frozen=True, slots=True)
class VectorClassifier:
    """A fitted classifier.

    Attributes:
        names: of the features.
        targets: the classes.
        machines: one for all classes, or one each where several hold at once; a bool always answers alike.
    """

    names: tuple[str, ...]
    targets: ClassTargets
    machines: tuple[Any, ...]

    def answer(self, vectors: Sequence[Vector | None]) -> Predictions:
        """Labels with probabilities, in order; what has no features is answered as if all were missing."""
        scores = np.zeros((len(vectors), len(self.targets.classes)))
        if len(vectors):
            table = table_of(vectors, self.names)
            if self.targets.multi:
                for code, machine in enumerate(self.machines):
                    always = isinstance(machine, bool)
                    scores[:, code] = float(machine) if always else machine.predict_proba(table)[:, 1]
            else:
                machine = self.machines[0]
                scores[:] = 1.0 if isinstance(machine, bool) else machine.predict_proba(table)
        return self.targets.answers(scores)


def fit_vectors(
    train: Examples, vectors: Sequence[Vector | None], learner: Learner, *, balanced: bool, seed: int
) -> VectorClassifier:
    """Fits to those samples that have a label and features.

    Args:
        train: n samples.
        vectors: their features, None where they could not be made.
        learner: as for tables.
        balanced: whether rare classes weigh as much as frequent ones.
        seed: of everything that draws lots.

    Raises:
        InputError: there is no such sample.
    """
    targets = class_targets(train)
    seen = np.array([row for row in targets.rows if vectors[row] is not None], np.int64)
    if not len(seen):
        raise InputError(
            f"There is nothing to learn from: none of {len(targets.rows)} labelled samples can be decoded.",
            why="A baseline is fitted on features of what was recorded.",
            fix="See what was set aside and why: ingather samples --quarantined",
            where="train",
        )
    if len(seen) < len(targets.rows):
        targets = class_targets(train.take(seen))
    chosen = [vectors[row] for row in seen]
    names = tuple(sorted({name for vector in chosen if vector is not None for name in vector}))
    table = table_of(chosen, names)
    columns = [Column(name, "number") for name in names]

    def machine(truth: NDArray[Any]) -> Any:
        if len(np.unique(truth)) == 1:
            return bool(truth[0])
        return fit_table(learner, columns, table, truth, numbers=False, balanced=balanced, seed=seed)

    truths = targets.holds.T if targets.multi else [targets.codes]
    return VectorClassifier(names, targets, tuple(machine(truth) for truth in truths))


def table_of(vectors: Sequence[Vector | None], names: Sequence[str]) -> NDArray[np.float64]:
    """Samples x features; NaN where missing or not finite."""
    table = np.full((len(vectors), max(len(names), 1)), np.nan)
    place = {name: column for column, name in enumerate(names)}
    for row, vector in enumerate(vectors):
        for name, value in (vector or {}).items():
            if name in place and np.isfinite(value):
                table[row, place[name]] = value
    return table
