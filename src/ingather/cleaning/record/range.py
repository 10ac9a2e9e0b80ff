"""Range: numbers that cannot be, and numbers far from all others.

Outside of a range that the plan gives, or that holds for anyone (an age over 130), a record is quarantined.
Far from what the column usually holds is only a doubt: such a record goes to review.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pydantic import Field

from ingather.cleaning.cells import number_in
from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.cleaning.key_names import is_key_name
from ingather.cleaning.spread import lot, sample_numbers, usual_range

if TYPE_CHECKING:
    from ingather.media.record import RecordBatch

reads = "record"
measures = {"outside": pa.int32(), "outliers": pa.int32(), "which": pa.string()}

_POSSIBLE = {
    "age": (0.0, 130.0),
    "latitude": (-90.0, 90.0),
    "lat": (-90.0, 90.0),
    "longitude": (-180.0, 180.0),
    "lon": (-180.0, 180.0),
    "lng": (-180.0, 180.0),
}
_NEARLY_ALL = 0.98


class Config(OperatorConfig):
    """The ranges of columns, and how far out is far."""

    ranges: dict[str, tuple[float | None, float | None]] = Field(
        default_factory=dict, description="least and greatest value of a column; null is no limit"
    )
    reach: float = Field(
        3.0, gt=0, description="how many times the usual spread a number may lie outside of it"
    )
    max_outside: int = limit(0, ge=0, description="numbers outside of a given or possible range")
    max_outliers: int = limit(0, ge=0, description="numbers far outside of what is usual")


def learn(batch: RecordBatch, config: Config, state: dict[str, Any] | None) -> dict[str, Any]:
    """Keeps a sample of the numbers of every column: ``{column: [[hash, number], ...]}``."""
    fresh: dict[str, list[tuple[int, float]]] = {}
    for name, row in zip(batch.ids, batch.rows, strict=True):
        place = lot(name)
        for column, cell in (row or {}).items():
            value = number_in(cell)
            if value is not None and (column in config.ranges or not is_key_name(column)):
                fresh.setdefault(column, []).append((place, value))
    known: dict[str, Any] = dict(state or {})
    for column, numbers in fresh.items():
        known[column] = sample_numbers(known.get(column, []), numbers)
    return known


def measure(batch: RecordBatch, config: Config, state: dict[str, Any] | None = None) -> dict[str, pa.Array]:
    """How many numbers of every record cannot be, how many are unusual, and which they are."""
    fixed, usual = _ranges(state or {}, config)
    outside: list[int | None] = []
    outliers: list[int | None] = []
    which: list[str | None] = []
    for row in batch.rows:
        wrong = _beyond(row or {}, fixed)
        odd = [name for name in _beyond(row or {}, usual) if name not in wrong]
        outside.append(len(wrong) if row is not None else None)
        outliers.append(len(odd) if row is not None else None)
        which.append("; ".join(f"{name}: {(row or {})[name]}" for name in [*wrong, *odd]) or None)
    return {
        "outside": pa.array(outside, pa.int32()),
        "outliers": pa.array(outliers, pa.int32()),
        "which": pa.array(which, pa.string()),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """Impossible values are quarantined, unusual ones reviewed."""
    return (
        Bound(
            "outside",
            "{value} numbers are outside of the range that their field can have: see 'which'.",
            high=config.max_outside,
            field="ranges",
        ),
        Bound(
            "outliers",
            "{value} numbers are far from all others of their field: see 'which'.",
            high=config.max_outliers,
            to="review",
            field="reach",
        ),
    )


def _ranges(
    state: dict[str, Any], config: Config
) -> tuple[dict[str, tuple[float, float]], dict[str, tuple[float, float]]]:
    """Ranges that hold, and ranges that are usual, by column."""
    fixed: dict[str, tuple[float, float]] = {}
    usual: dict[str, tuple[float, float]] = {}
    for column, told in state.items():
        numbers = [value for _, value in told]
        possible = _POSSIBLE.get(column.lower())
        if possible and np.mean([possible[0] <= one <= possible[1] for one in numbers]) >= _NEARLY_ALL:
            fixed[column] = possible
        learnt = usual_range(numbers, config.reach)
        if learnt is not None:
            usual[column] = learnt
    for column, (low, high) in config.ranges.items():
        fixed[column] = (-np.inf if low is None else low, np.inf if high is None else high)
    return fixed, usual


def _beyond(row: dict[str, Any], ranges: dict[str, tuple[float, float]]) -> list[str]:
    found = []
    for name, (low, high) in ranges.items():
        value = number_in(row.get(name))
        if value is not None and not low <= value <= high:
            found.append(name)
    return found
