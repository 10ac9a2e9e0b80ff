"""A Lance dataset as a table by id: scanned in batches, written by id, its version the cursor of others."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

FRAGMENT_ROWS = 100_000
"""Rows of a file after compacting: what one holds is in memory while it is written."""
VERSION_COLUMN = "_row_last_updated_at_version"


class Table:
    """One Lance table keyed by ``id``. It need not exist: then it is empty."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        self.schema = schema

    @property
    def exists(self) -> bool:
        """Whether anything was ever written."""
        return (self.path / "_versions").is_dir()

    @property
    def version(self) -> int:
        """Rises with every write; 0 where there is nothing."""
        return int(self._dataset.version) if self.exists else 0

    @property
    def columns(self) -> list[str]:
        """The columns that are there now."""
        return list(self._dataset.schema.names) if self.exists else list(self.schema.names)

    def count(self, where: str | None = None) -> int:
        """How many rows there are, or how many match an SQL condition."""
        return int(self._dataset.count_rows(where)) if self.exists else 0

    def scan(
        self,
        columns: list[str] | None = None,
        *,
        where: str | None = None,
        since: int | None = None,
        batch_size: int = 10_000,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Rows in the order in which they were written, in batches.

        Args:
            columns: which; all by default.
            where: an SQL condition.
            since: only rows written or changed after this version.
            batch_size: rows a batch at the most.
            limit: rows in all at the most.
            offset: rows to pass over first.
        """
        if not self.exists:
            return
        conditions = [f"({where})"] if where else []
        if since:
            conditions.append(f"{VERSION_COLUMN} > {since}")
        scanner = self._dataset.scanner(
            columns=columns,
            filter=" AND ".join(conditions) or None,
            batch_size=batch_size,
            limit=limit,
            offset=offset,
            scan_in_order=True,
            batch_readahead=2,
            fragment_readahead=1,
        )
        for batch in scanner.to_batches():
            if batch.num_rows:
                yield batch.select(columns) if columns else batch

    def read(self, columns: list[str] | None = None, *, where: str | None = None) -> pa.Table:
        """All rows at once: only where a stage needs them so."""
        batches = list(self.scan(columns, where=where))
        if batches:
            return pa.Table.from_batches(batches)
        there = self._dataset.schema if self.exists else self.schema
        wanted = [there.field(name) for name in columns] if columns else list(there)
        return pa.schema(wanted).empty_table()

    def rows(self, offsets: list[int], columns: list[str]) -> pa.Table:
        """Rows by their place in the order of ``scan``."""
        return self._dataset.take(offsets, columns=columns)

    def by_ids(self, ids: list[str], columns: list[str] | None = None) -> pa.Table:
        """The rows with these ids, in no particular order."""
        if not ids or not self.exists:
            return self.read(columns, where="false")
        told = ",".join(f"'{one.replace(chr(39), chr(39) * 2)}'" for one in ids)
        return self.read(columns, where=f"id IN ({told})")

    def upsert(self, rows: pa.Table | pa.RecordBatchReader) -> None:
        """Writes rows by id in one commit; columns that are not named keep what they hold.

        Args:
            rows: a table, or a reader of batches in the table's own schema, for more than should be held.
        """
        if isinstance(rows, pa.Table) and rows.num_rows == 0:
            return
        import lance

        if not self.exists:
            schema = self.schema
            if isinstance(rows, pa.Table) and set(rows.schema.names) == set(schema.names):
                rows = rows.select(schema.names).cast(schema)
            lance.write_dataset(
                rows, str(self.path), mode="create", enable_stable_row_ids=True, data_storage_version="2.2"
            )
        else:
            target = self._dataset.schema
            if isinstance(rows, pa.Table):
                rows = rows.cast(pa.schema([target.field(name) for name in rows.schema.names]))
            self._dataset.merge_insert("id").when_matched_update_all().when_not_matched_insert_all().execute(
                rows
            )
        self._forget()

    def ensure_columns(self, fields: list[pa.Field]) -> None:
        """Adds the columns that are not there yet, empty; costs nothing by size."""
        missing = [field for field in fields if field.name not in self.columns]
        if missing and self.exists:
            self._dataset.add_columns(pa.schema(missing))
            self._forget()
        self.schema = pa.schema([*self.schema, *(f for f in missing if f.name not in self.schema.names)])

    def drop_columns(self, names: list[str]) -> None:
        """Takes columns away."""
        there = [name for name in names if name in self.columns]
        if there and self.exists:
            self._dataset.drop_columns(there)
            self._forget()

    def delete(self, where: str) -> None:
        """Removes the rows that match from the newest version; erasing their bytes is another matter."""
        if self.exists:
            self._dataset.delete(where)
            self._forget()

    def compact(self) -> None:
        """Merges many small files into few; done when a stage ends, under the workspace's lease."""
        if self.exists and len(self._dataset.get_fragments()) > 40:
            self._dataset.optimize.compact_files(
                num_threads=1, batch_size=10_000, target_rows_per_fragment=FRAGMENT_ROWS
            )
            self._forget()

    def index(self, column: str, kind: str) -> None:
        """Makes or extends a scalar index (BTREE or BITMAP)."""
        if not self.exists:
            return
        names = {entry["name"] for entry in self._dataset.list_indices()}
        if f"{column}_idx" in names:
            self._dataset.optimize.optimize_indices()
        else:
            self._dataset.create_scalar_index(column, kind)
        self._forget()

    @cached_property
    def _dataset(self) -> Any:
        import lance

        return lance.dataset(str(self.path))

    def _forget(self) -> None:
        self.__dict__.pop("_dataset", None)
