"""The labels of examples in the form a classifier is fitted to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingather.errors import InputError
from ingather.sample import Json
from ingather.training.contract import Examples, Predictions
from ingather.training.label_names import class_names, label_name, label_set, number, several_labels

THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class ClassTargets:
    """What a classifier is fitted to.

    Attributes:
        rows: rows of the examples that have a label.
        holds: those rows x classes, whether the class is true.
        classes: classes that occur among them, in the order of the task.
        multi: whether several may be true at once.
        tree: whether a label is a path of steps.
    """

    rows: NDArray[np.int64]
    holds: NDArray[np.bool_]
    classes: tuple[str, ...]
    multi: bool
    tree: bool

    @property
    def codes(self) -> NDArray[np.int64]:
        """Code of the true class by row, for tasks with one label each."""
        return np.asarray(self.holds.argmax(axis=1), np.int64)

    def answers(self, scores: NDArray[np.float64]) -> Predictions:
        """Scores of the classes as answers: the greatest, or with several labels all from one half up."""
        if self.multi:
            values: list[Json] = [
                [self.classes[k] for k in np.flatnonzero(row >= THRESHOLD)] for row in scores
            ]
        else:
            values = [self._value(self.classes[k]) for k in scores.argmax(axis=1)]
        return Predictions(values, scores, self.classes)

    def _value(self, name: str) -> Json:
        return list(name.split("/")) if self.tree else name


def class_targets(examples: Examples) -> ClassTargets:
    """The labels of those examples that have one.

    Raises:
        InputError: none has a label.
    """
    multi, tree = several_labels(examples.task), bool(examples.task.get("tree"))
    names = [label_set(v) if multi else _single(v) for v in examples.labels]
    rows = np.array([row for row, found in enumerate(names) if found is not None], np.int64)
    some_labelled(examples, len(rows))
    met = frozenset[str]().union(*(found for found in names if found is not None))
    classes = tuple(name for name in class_names(examples.task, sorted(met)) if name in met)
    holds = np.zeros((len(rows), len(classes)), bool)
    codes = {name: code for code, name in enumerate(classes)}
    for at, row in enumerate(rows):
        holds[at, [codes[name] for name in names[row] or ()]] = True
    return ClassTargets(rows, holds, classes, multi, tree)


def number_targets(examples: Examples) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows that have a number as their label, and those numbers.

    Raises:
        InputError: none has.
    """
    found = [number(value) for value in examples.labels]
    rows = np.array([row for row, value in enumerate(found) if value is not None], np.int64)
    some_labelled(examples, len(rows))
    return rows, np.array([value for value in found if value is not None], np.float64)


def some_labelled(examples: Examples, found: int) -> None:
    """Refuses to learn from nothing."""
    if not found:
        raise InputError(
            f"None of the {len(examples.ids)} samples to learn from has a label that fits the task.",
            why="A baseline learns from labels.",
            fix="Name the label in the source (label: COLUMN), or annotate first: ingather annotate",
            where="train",
        )


def _single(value: Json) -> frozenset[str] | None:
    name = label_name(value)
    return None if name is None else frozenset({name})
