"""Columns of records as numbers: what each field holds is learned from the records to learn from."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingather.sample import Json
from ingather.training.label_names import label_name, number

MOST_CATEGORIES = 100
NUMERIC_SHARE = 0.9
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?"})


@dataclass(frozen=True, slots=True)
class Column:
    """One field.

    Attributes:
        name: of the field.
        kind: number, time (read as seconds since 1970) or category.
        categories: the values of a category that are told apart, the most frequent first.
    """

    name: str
    kind: str
    categories: tuple[str, ...] = ()

    def encode(self, records: Sequence[Any]) -> NDArray[np.float64]:
        """One value a record: the number, or the place of the category; NaN where missing or never met."""
        cells = [_cell(record, self.name) for record in records]
        if self.kind == "category":
            places = {name: float(place) for place, name in enumerate(self.categories)}
            return np.array([places.get(_name(cell), math.nan) for cell in cells], float)
        read = _seconds if self.kind == "time" else _number
        return np.array([math.nan if (value := read(cell)) is None else value for cell in cells], float)


def learn_columns(
    records: Sequence[Any], labels: Sequence[Json], ignore: Sequence[str]
) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    """The fields that can tell something, and what is told of those that are left aside.

    Left aside are fields to ignore, fields with one value, names of single records (more than half of the
    values differ and they are words), lists and mappings, and a field that is the label itself.

    Args:
        records: mappings of field to value.
        labels: the answers, to find a field that gives them away.
        ignore: names of fields to leave aside.
    """
    names = dict.fromkeys(name for record in records if isinstance(record, dict) for name in record)
    answers = [label_name(value) for value in labels]
    columns: list[Column] = []
    told: list[str] = []
    for name in names:
        if name in ignore:
            continue
        cells = [_cell(record, name) for record in records]
        column, why = _learn(name, cells, answers)
        if column is not None:
            columns.append(column)
        elif why:
            told.append(f"The field '{name}' is left aside: {why}.")
    return tuple(columns), tuple(told)


def encode(columns: Sequence[Column], records: Sequence[Any]) -> NDArray[np.float64]:
    """Records x columns; NaN where missing."""
    if not columns:
        return np.zeros((len(records), 1))
    return np.stack([column.encode(records) for column in columns], axis=1)


def _learn(name: str, cells: list[Json], answers: list[str | None]) -> tuple[Column | None, str]:
    known = [cell for cell in cells if not _missing(cell)]
    if not known:
        return None, "it is empty"
    if any(isinstance(cell, list | dict) for cell in known):
        return None, "it holds lists or mappings"
    words = [_name(cell) for cell in known]
    counts = Counter(words)
    if len(counts) == 1 and len(known) == len(cells):
        return None, "it always has the same value"
    pairs = [(label_name(cell), answer) for cell, answer in zip(cells, answers, strict=True)]
    if len(set(answers)) > 1 and all(cell == answer for cell, answer in pairs):
        return None, "it is the label itself"
    enough = NUMERIC_SHARE * len(known)
    if sum(_number(cell) is not None for cell in known) >= enough:
        return Column(name, "number"), ""
    if sum(_seconds(cell) is not None for cell in known) >= enough:
        return Column(name, "time"), ""
    if len(counts) > max(20, len(known) / 2):
        return None, "nearly every record has a value of its own"
    frequent = sorted(counts, key=lambda word: (-counts[word], word))[:MOST_CATEGORIES]
    return Column(name, "category", tuple(frequent)), ""


def _cell(record: Any, name: str) -> Json:
    found: Json = record.get(name) if isinstance(record, dict) else None
    return found


def _missing(cell: Json) -> bool:
    if isinstance(cell, str):
        return cell.strip().lower() in _MISSING
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def _name(cell: Json) -> str:
    return "" if _missing(cell) else (label_name(cell) or "").strip()


def _number(cell: Json) -> float | None:
    return None if _missing(cell) else number(cell)


def _seconds(cell: Json) -> float | None:
    if not isinstance(cell, str) or len(cell) < 8 or cell.isdigit():
        return None
    try:
        moment = datetime.fromisoformat(cell.strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
