"""Records as fixed numbers: a hash of every field's name beside a hash of its value.

Eight bytes a filled field, in the order of the names' hashes, so rows of many tables can be compared by
arithmetic alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import orjson
import pyarrow as pa
import xxhash
from numpy.typing import NDArray

from ingather.cleaning.cells import kind_of, number_in
from ingather.media.record import RecordBatch
from ingather.sample import Json

MOST_FIELDS = 200
_WIDTH = 8


@dataclass(frozen=True, eq=False)
class Cells:
    """Filled fields of many records, one after another.

    Attributes:
        rows: int64 (cells,), the record of every cell, rising.
        names: uint32 (cells,), hash of the field's name.
        values: uint32 (cells,), hash of the value.
    """

    rows: NDArray[np.int64]
    names: NDArray[np.uint32]
    values: NDArray[np.uint32]


def sign_cells(batch: RecordBatch, wanted: Callable[[str, Json], bool]) -> pa.Array:
    """Large binary, one value a record: its filled fields that are wanted; null where there is none."""
    return pa.array([_signature(row, wanted) for row in batch.rows], pa.large_binary())


def read_cells(signatures: pa.Array) -> Cells:
    """The cells of signatures; null ones have none."""
    lengths = pa.compute.binary_length(signatures).fill_null(0).to_numpy(zero_copy_only=False)
    content = b"".join(signatures.drop_null().to_pylist())
    pairs = np.frombuffer(content, dtype="<u4").reshape(-1, 2)
    rows = np.repeat(np.arange(len(signatures)), lengths.astype(np.int64) // _WIDTH)
    return Cells(rows, pairs[:, 0].astype(np.uint32), pairs[:, 1].astype(np.uint32))


def _signature(row: dict[str, Json] | None, wanted: Callable[[str, Json], bool]) -> bytes | None:
    cells = [
        (_name_hash(name), _value_hash(cell))
        for name, cell in (row or {}).items()
        if kind_of(cell) is not None and wanted(name, cell)
    ]
    cells.sort()
    return np.asarray(cells[:MOST_FIELDS], dtype="<u4").tobytes() or None


@lru_cache(maxsize=4096)
def _name_hash(name: str) -> int:
    return xxhash.xxh32_intdigest(name.encode())


def _value_hash(cell: Json) -> int:
    if isinstance(cell, str):
        value = number_in(cell)
        return xxhash.xxh32_intdigest(repr(value).encode() if value is not None else _folded(cell))
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return xxhash.xxh32_intdigest(repr(float(cell)).encode())
    return xxhash.xxh32_intdigest(orjson.dumps(cell, option=orjson.OPT_SORT_KEYS))


def _folded(text: str) -> bytes:
    return " ".join(text.casefold().split()).encode("utf-8", "surrogatepass")
