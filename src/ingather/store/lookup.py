"""Joins one table to batches of another by id, in memory that hardly grows: 16 bytes a row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.store.tables import Table

_AT_ONCE = 1 << 15
_SHIFTS = np.arange(60, -4, -4, dtype=np.uint64)


def id_numbers(ids: pa.Array | pa.ChunkedArray) -> NDArray[np.uint64]:
    """The first 64 bits of ids of 32 hex digits, as numbers."""
    if isinstance(ids, pa.ChunkedArray):
        ids = ids.combine_chunks()
    if len(ids) == 0:
        return np.zeros(0, np.uint64)
    ids = ids.cast(pa.string())
    _, offsets, values = ids.buffers()
    start = np.frombuffer(offsets, np.int32, count=len(ids) + 1, offset=ids.offset * 4)
    text = np.frombuffer(values, np.uint8)[start[0] : start[-1]].reshape(len(ids), 32)[:, :16]
    numbers = np.empty(len(ids), np.uint64)
    for first in range(0, len(ids), _AT_ONCE):  # a digit takes 16 bytes on the way
        part = text[first : first + _AT_ONCE]
        digits = np.where(part > 57, part - 87, part - 48).astype(np.uint64)
        np.bitwise_or.reduce(digits << _SHIFTS, axis=1, out=numbers[first : first + _AT_ONCE])
    return numbers


class Lookup:
    """Left-joins a table's columns to any batch that has ids; pinned to the version it was made at."""

    def __init__(self, table: Table, columns: list[str], *, batch_size: int = 50_000) -> None:
        there = set(table.columns)
        self.columns = columns
        self._there = [name for name in columns if name in there]
        fields = {field.name: field.type for field in table.schema}
        if table.exists:
            fields |= {field.name: field.type for field in table._dataset.schema}
        self._types = {name: fields.get(name, pa.null()) for name in columns}
        numbers = [id_numbers(batch.column(0)) for batch in table.scan(["id"], batch_size=batch_size)]
        joined = np.concatenate(numbers) if numbers else np.zeros(0, np.uint64)
        del numbers
        self._order = np.argsort(joined, kind="stable").astype(np.uint32)
        self._sorted = joined[self._order]
        self._table = table
        self._pinned = table._dataset if table.exists else None

    def find(self, ids: pa.Array) -> NDArray[np.int64]:
        """The place of each id in the table's scan order, -1 where it is not."""
        wanted = id_numbers(ids)
        if not len(self._sorted):
            return np.full(len(wanted), -1, np.int64)
        place = np.minimum(np.searchsorted(self._sorted, wanted), len(self._sorted) - 1)
        return np.where(self._sorted[place] == wanted, self._order[place].astype(np.int64), -1)

    def match(self, ids: pa.Array) -> pa.Table:
        """The looked-up columns, one row for each id, nulls where the table has none."""
        rows = self.find(ids)
        found = np.flatnonzero(rows >= 0)
        if self._pinned is None or not len(found) or not self._there:
            return pa.table({name: pa.nulls(len(ids), self._types[name]) for name in self.columns})
        asked = rows[found]
        order = np.argsort(asked, kind="stable")
        taken = self._pinned.take(asked[order].tolist(), columns=self._there)
        back = np.full(len(ids), -1, np.int64)
        back[found[order]] = np.arange(len(found))
        index = pa.array(back, mask=back < 0)
        return pa.table(
            {
                name: taken[name].take(index)
                if name in self._there
                else pa.nulls(len(ids), self._types[name])
                for name in self.columns
            }
        )
