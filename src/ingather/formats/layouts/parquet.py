"""Parquet: one typed row an item, media as loose files beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.item_rows import dump, is_own_table
from ingather.formats.table_layout import read_items, spool_items, table_files, target_file, written_whole
from ingather.sample import Item, Json, Loss

if TYPE_CHECKING:
    import pyarrow as pa

tasks = (
    "classification", "tagging", "spans", "boxes", "polygons", "transcription", "translation", "regression",
    "ranking", "preference", "retrieval", "recommendation", "dialogue", "none",
)  # fmt: skip
_SUFFIXES = (".parquet", ".pq")
_ROWS = 10_000


class Config(FormatConfig):
    """Parquet has no options here: others' columns are named in the plan's source."""


def sniff(path: Path) -> Sniff | None:
    """Sure where the columns are those that Ingather writes, else half sure of the bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = table_files(path, _SUFFIXES)
    if not files:
        return None
    try:
        columns = pq.read_schema(files[0]).names
    except (pa.ArrowInvalid, OSError):
        return Sniff(0.1, f"{files[0].name} is named so, but cannot be opened")
    if is_own_table(columns):
        return Sniff(0.9, "its columns are those that Ingather writes")
    return Sniff(0.5 if path.is_file() else 0.4, f"{files[0].name} is a Parquet table")


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every row of the file, or of the Parquet files in the folder and its ``data`` folder."""
    return read_items(path, table_files(path, _SUFFIXES), "parquet")


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes ``path`` (or ``data.parquet`` in it) and ``media/`` beside it; nothing is lost.

    A column whose values are of several types, or nested, holds JSON, and its schema says so.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = target_file(path, ".parquet")
    spool = spool_items(items, file.parent, media=True)
    names = list(dict.fromkeys(("key", "modality", *spool.columns)))
    schema = pa.schema([_field(name, spool.columns.get(name, {str})) for name in names])
    try:
        with written_whole(file) as draft, pq.ParquetWriter(draft, schema, compression="zstd") as writer:
            rows = spool.rows()
            while batch := list(islice(rows, _ROWS)):
                columns = {field.name: [_cell(field, row) for row in batch] for field in schema}
                writer.write_table(pa.table(columns, schema=schema))
    finally:
        spool.close()
    return []


def _field(name: str, types: set[type]) -> pa.Field:
    import pyarrow as pa

    found = types - {type(None)}
    if found <= {str}:
        return pa.field(name, pa.string())
    simple = {bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
    if len(found) == 1 and (kind := next(iter(found))) in simple:
        return pa.field(name, simple[kind])
    return pa.field(name, pa.string(), metadata={b"holds": b"json"})


def _cell(field: pa.Field, row: dict[str, Json]) -> Any:
    value = row.get(field.name)
    if value is not None and (field.metadata or {}).get(b"holds") == b"json":
        return dump(value)
    return value
