"""Types: cells that are not of their column's type, such as a word in a column of numbers.

What type a column has is learnt from all records: the kind that nearly all of its filled cells are of. A
column of words takes anything but lists and objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pydantic import Field

from ingather.cleaning.cells import Kind, is_missing_word, kind_of
from ingather.cleaning.contract import Bound, OperatorConfig, limit

if TYPE_CHECKING:
    from ingather.media.record import RecordBatch
    from ingather.sample import Json

reads = "record"
measures = {"wrong_cells": pa.int32(), "wrong": pa.string()}


class Config(OperatorConfig):
    """Which types are expected, and how many cells may be of another."""

    columns: dict[str, Kind] = Field(default_factory=dict, description="types of columns, where not learnt")
    least_share: float = Field(
        0.95, gt=0.5, le=1, description="cells of one kind that make it the column's type"
    )
    least_cells: int = Field(20, ge=1, description="filled cells that are needed to learn a type")
    max_wrong: int = limit(0, ge=0, description="cells of another type that a record may have")


def learn(batch: RecordBatch, config: Config, state: dict[str, Any] | None) -> dict[str, Any]:
    """Counts the kinds of cells by column: ``{column: {kind: cells}}``."""
    counts: dict[str, dict[str, int]] = {name: dict(told) for name, told in (state or {}).items()}
    for row in batch.rows:
        for name, cell in (row or {}).items():
            kind = kind_of(cell)
            if kind is not None and not is_missing_word(cell):
                known = counts.setdefault(name, {})
                known[kind] = known.get(kind, 0) + 1
    return counts


def measure(batch: RecordBatch, config: Config, state: dict[str, Any] | None = None) -> dict[str, pa.Array]:
    """How many cells of every record are of another type than their column, and which."""
    expected = {**_learnt_types(state or {}, config), **config.columns}
    counts: list[int | None] = []
    told: list[str | None] = []
    for row in batch.rows:
        wrong = [(name, cell) for name, cell in (row or {}).items() if _is_wrong(cell, expected.get(name))]
        counts.append(len(wrong) if row is not None else None)
        told.append("; ".join(f"{name}: {str(cell)[:40]!r}" for name, cell in wrong) or None)
    return {"wrong_cells": pa.array(counts, pa.int32()), "wrong": pa.array(told, pa.string())}


def bounds(config: Config) -> tuple[Bound, ...]:
    """No more wrong cells than allowed."""
    return (
        Bound(
            "wrong_cells",
            "{value} fields are not of their column's type (at most {threshold}): see 'wrong'.",
            high=config.max_wrong,
            field="max_wrong",
        ),
    )


def _learnt_types(counts: dict[str, dict[str, int]], config: Config) -> dict[str, str]:
    types: dict[str, str] = {}
    for name, kinds in counts.items():
        filled = sum(kinds.values())
        kind = max(kinds, key=lambda one: (kinds[one], one))
        if filled >= config.least_cells:
            types[name] = kind if kinds[kind] >= config.least_share * filled else "text"
    structured = {
        name for name, kinds in counts.items() if kinds.get("structure", 0) > 0.01 * sum(kinds.values())
    }
    return {name: kind for name, kind in types.items() if kind != "text" or name not in structured}


def _is_wrong(cell: Json, expected: str | None) -> bool:
    if expected is None:
        return False
    kind = kind_of(cell)
    if kind is None or kind == expected:
        return False
    if expected == "text":
        return kind == "structure"
    return not is_missing_word(cell)
