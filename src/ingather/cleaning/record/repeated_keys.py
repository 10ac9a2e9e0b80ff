"""Repeated keys: records that give the key of an earlier one.

Keys are the fields that the plan names. Without that, a field is taken for a key if its name says so (id,
respondent_id, caseNumber) and nearly all its values are different.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.cell_hashes import read_cells, sign_cells
from ingather.cleaning.contract import OperatorConfig
from ingather.cleaning.key_names import is_key_name
from ingather.cleaning.ngrams import scramble

if TYPE_CHECKING:
    from ingather.media.record import RecordBatch

reads = "record"
_LEAST = 20


class Config(OperatorConfig):
    """Which fields are keys."""

    keys: tuple[str, ...] = Field((), description="fields that together name a record; none: found by name")
    least_distinct: float = Field(
        0.9, gt=0, le=1, description="share of different values that makes a field, found by name, a key"
    )


def sign(batch: RecordBatch, config: Config) -> pa.Array:
    """Hashes of the fields that are or may be keys, 8 bytes each; null where a record has none."""
    if config.keys:
        return sign_cells(batch, lambda name, cell: name in config.keys)
    return sign_cells(batch, lambda name, cell: is_key_name(name) and not isinstance(cell, float))


def pairs(signed: pa.Array, first_new: int, config: Config) -> NDArray[np.int64]:
    """Every record with a key that was there before, beside the first record that has it."""
    cells = read_cells(signed)
    if config.keys:
        mixed = scramble((cells.names.astype(np.uint64) << np.uint64(32)) | cells.values)
        whole = np.zeros(len(signed), dtype=np.uint64)
        np.add.at(whole, cells.rows, mixed)
        rows = np.flatnonzero(np.bincount(cells.rows, minlength=len(signed)) == len(config.keys))
        return np.unique(_with_first(rows, whole[rows], first_new), axis=0)
    found = [np.zeros((0, 2), dtype=np.int64)]
    for name in np.unique(cells.names):
        here = cells.names == name
        rows, values = cells.rows[here], cells.values[here].astype(np.uint64)
        if len(rows) >= _LEAST and len(np.unique(values)) >= config.least_distinct * len(rows):
            found.append(_with_first(rows, values, first_new))
    return np.unique(np.concatenate(found), axis=0)


def reason(config: Config) -> str:
    """Words for who gave the record."""
    told = ", ".join(config.keys) or "its key field"
    return f"An earlier record has the same key ({told})."


def _with_first(rows: NDArray[np.int64], keys: NDArray[np.uint64], first_new: int) -> NDArray[np.int64]:
    order = np.lexsort((rows, keys))
    rows, keys = rows[order], keys[order]
    begins = np.ones(len(keys), dtype=np.bool_)
    begins[1:] = keys[1:] != keys[:-1]
    first = rows[np.maximum.accumulate(np.where(begins, np.arange(len(rows)), 0))]
    late = ~begins & (rows >= first_new)
    return np.stack([first[late], rows[late]], axis=1)
