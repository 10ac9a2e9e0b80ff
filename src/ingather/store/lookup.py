"""Joins one table to batches of another by id, in memory that hardly grows: 16 bytes a row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.store.packed_ids import id_numbers
from ingather.store.tables import Table


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
