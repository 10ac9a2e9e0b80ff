"""Missing: what share of a record's fields is empty, and which.

The fields that a record should have are learnt: those that most records fill. So a field that is left out of
a JSON line counts as one that is empty, and one that is made for few (other: please specify) is not missed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pydantic import Field

from ingather.cleaning.cells import is_missing_word, kind_of
from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.cleaning.key_names import is_key_name

if TYPE_CHECKING:
    from ingather.media.record import RecordBatch
    from ingather.plan.model import Plan
    from ingather.sample import Json

reads = "record"
measures = {
    "missing_share": pa.float32(),
    "missing": pa.string(),
    "filled": pa.int32(),
    "required_missing": pa.int32(),
}


class Config(OperatorConfig):
    """How much may be missing, and what may not."""

    required: tuple[str, ...] = Field((), description="fields that every record must have")
    common_share: float = Field(
        0.5, gt=0, le=1, description="share of the records that must fill a field, for it to be expected"
    )
    max_share: float = limit(0.9, ge=0, le=1, description="share of the expected fields that may be empty")
    least_filled: int = limit(1, ge=0, description="fields beside keys that must be filled")
    max_required: int = limit(0, ge=0, description="required fields that may be empty")


def defaults(plan: Plan) -> dict[str, Any]:
    """The field that the model predicts is required."""
    return {"required": (plan.task.target,)} if plan.task.target else {}


def learn(batch: RecordBatch, config: Config, state: dict[str, Any] | None) -> dict[str, Any]:
    """Counts records, and by field the records that fill it and those where it is a number or a date."""
    told = state or {"records": 0, "fields": {}}
    fields: dict[str, list[int]] = {name: list(counts) for name, counts in told["fields"].items()}
    records = told["records"]
    for row in batch.rows:
        if row is None:
            continue
        records += 1
        for name, cell in row.items():
            kind = kind_of(cell)
            if kind is not None and not is_missing_word(cell):
                counts = fields.setdefault(name, [0, 0])
                counts[0] += 1
                counts[1] += kind in ("number", "date")
    return {"records": records, "fields": fields}


def measure(batch: RecordBatch, config: Config, state: dict[str, Any] | None = None) -> dict[str, Any]:
    """Share of expected fields that are empty (0 to 1), their names, fields filled, required ones empty."""
    told: dict[str, Any] = state or {"records": 0, "fields": {}}
    least = config.common_share * told["records"]
    expected = [name for name, counts in told["fields"].items() if counts[0] >= least]
    measured = {name for name, (filled, typed) in told["fields"].items() if typed >= 0.9 * filled}
    shares = np.full(len(batch), np.nan, dtype=np.float32)
    names: list[str | None] = [None] * len(batch)
    required: list[int | None] = [None] * len(batch)
    filled: list[int | None] = [None] * len(batch)
    for place, row in enumerate(batch.rows):
        if row is None:
            continue
        wanted = expected or list(row)
        empty = [name for name in wanted if _is_empty(row.get(name), name in measured)]
        shares[place] = len(empty) / len(wanted) if wanted else np.nan
        names[place] = ", ".join(empty) or None
        given = [name for name, cell in row.items() if not _is_empty(cell, name in measured)]
        filled[place] = sum(not is_key_name(name) for name in given)
        needed = [name for name in config.required if name in told["fields"] or not told["fields"]]
        required[place] = sum(_is_empty(row.get(name), name in measured) for name in needed)
    return {
        "missing_share": shares,
        "missing": pa.array(names, pa.string()),
        "filled": pa.array(filled, pa.int32()),
        "required_missing": pa.array(required, pa.int32()),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """Empty records and those without what is required are quarantined; nearly empty ones are reviewed."""
    return (
        Bound(
            "filled", "The record is empty but for its key.", low=config.least_filled, field="least_filled"
        ),
        Bound(
            "required_missing",
            f"A field that must be filled is empty ({', '.join(config.required)}).",
            high=config.max_required,
            field="required",
        ),
        Bound(
            "missing_share",
            "{value} of the fields are empty, more than {threshold}.",
            high=config.max_share,
            to="review",
            field="max_share",
        ),
    )


def _is_empty(cell: Json, measured: bool) -> bool:
    return kind_of(cell) is None or (measured and is_missing_word(cell))
