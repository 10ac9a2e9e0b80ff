"""The groups that answers are judged by, and which samples are in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ingather.plan.model import Plan
from ingather.training.answers import Answers
from ingather.training.label_names import label_name, label_set, names_within, several_labels

LABEL = "label"
MOST_CELLS = 400
_LABELLED = frozenset({"classification", "failure", "anomaly", "tagging", "spans", "boxes", "polygons"})


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to divide the samples.

    Attributes:
        by: the attributes that are crossed, one or more; 'label' is the true answer.
        named: whether the plan names it; such groups are the ones that the worst is sought among.
    """

    by: tuple[str, ...]
    named: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One group of samples.

    Attributes:
        by: value by attribute; None is unknown.
        rows: rows of its samples, ascending.
        rest: rows that it is part of once the label is left aside; the same as ``rows`` without a label.
    """

    by: dict[str, str | None]
    rows: NDArray[np.int64]
    rest: NDArray[np.int64]

    @property
    def unknown(self) -> bool:
        """Whether a value of it is not known."""
        return None in self.by.values()


def dimensions(plan: Plan) -> tuple[Dimension, ...]:
    """Every quota of the plan, every group of ``train.by``, and the label where the task has labels."""
    named = [group.by for group in plan.targets.groups]
    named += [tuple(by) for by in (plan.train.by if plan.train else ())]
    found = {by: Dimension(by, True) for by in map(tuple, named)}
    if plan.task.type in _LABELLED:
        found.setdefault((LABEL,), Dimension((LABEL,), not found))
    return tuple(found.values())


def columns_needed(plan: Plan) -> tuple[str, ...]:
    """The attributes whose values the answers must carry."""
    names = {name for dimension in dimensions(plan) for name in dimension.by}
    return tuple(sorted(names - {LABEL}))


def cells(plan: Plan, dimension: Dimension, answers: Answers) -> list[Cell]:
    """The groups of one division: those that the plan knows, also empty ones, then others, unknown last.

    Args:
        plan: says which values there are.
        dimension: the division.
        answers: the judged answers with their columns of groups; a missing column is all unknown.
    """
    every = np.arange(len(answers), dtype=np.int64)
    others = tuple(name for name in dimension.by if name != LABEL)
    rest: dict[tuple[str | None, ...], list[int]] = {}
    rows: dict[tuple[str | None, ...], list[int]] = {}
    columns = [answers.groups.get(name, [None] * len(answers)) for name in others]
    labels = _labels(plan, answers) if LABEL in dimension.by else None
    for row in every.tolist():
        of = tuple(column[row] for column in columns)
        rest.setdefault(of, []).append(row)
        for label in labels[row] if labels else ((),):
            rows.setdefault(_placed(dimension.by, of, label), []).append(row)
    keys = list(dict.fromkeys([*_planned(plan, dimension.by), *sorted(rows, key=_order)]))
    found = []
    for key in keys:
        by = dict(zip(dimension.by, key, strict=True))
        inside = np.array(rows.get(key, ()), np.int64)
        whole = np.array(rest.get(tuple(by[name] for name in others), ()), np.int64)
        found.append(Cell(by, inside, whole if labels else inside))
    return found


def known_values(plan: Plan, name: str) -> tuple[str, ...]:
    """The values that the plan names for an attribute, the label, the language or the source."""
    if name == LABEL:
        return plan.task.labels
    if name in plan.attributes:
        return plan.attributes[name].known_values
    if name == "language":
        return plan.languages
    return ()


def _labels(plan: Plan, answers: Answers) -> Sequence[Sequence[tuple[str | None, ...]]]:
    marked = any(names_within(value) is not None for value in answers.labels)
    if marked or several_labels(plan.task.model_dump()):
        return [[(name,) for name in sorted(label_set(value) or ())] for value in answers.labels]
    return [[(label_name(value),)] for value in answers.labels]


def _placed(
    by: tuple[str, ...], others: tuple[str | None, ...], label: tuple[str | None, ...]
) -> tuple[str | None, ...]:
    values = iter(others)
    return tuple(label[0] if name == LABEL else next(values) for name in by)


def _planned(plan: Plan, by: tuple[str, ...]) -> list[tuple[str | None, ...]]:
    values = [known_values(plan, name) for name in by]
    if np.prod([len(known) for known in values]) > MOST_CELLS:
        return []
    return list(product(*values))


def _order(key: tuple[str | None, ...]) -> tuple[tuple[bool, str], ...]:
    return tuple((value is None, value or "") for value in key)
