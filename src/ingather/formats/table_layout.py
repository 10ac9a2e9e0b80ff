"""What the table layouts share: tables read as items, and items written as rows through a spool."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import IO

import orjson

from ingather.errors import InputError
from ingather.formats.delimited import Row
from ingather.formats.foreign_rows import foreign_item
from ingather.formats.item_rows import (
    FILE,
    RESERVED,
    flat_row,
    is_own_table,
    item_of_row,
    load,
    part_files_of,
)
from ingather.formats.media_files import MediaFolder, attach
from ingather.formats.split_names import split_of
from ingather.formats.tables import TableFormat, TableOptions, read_table
from ingather.formats.values import number_columns, numeric_cell
from ingather.sample import Item, Json, Loss

_FIRST = 1000


def table_files(path: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The tables at a path: itself, or those in the folder and its ``data`` folder, in order."""
    if path.is_file():
        return [path] if path.suffix.lower() in suffixes else []
    if not path.is_dir():
        return []
    folders = [folder for folder in (path, path / "data") if folder.is_dir()]
    return [
        file
        for folder in folders
        for file in sorted(folder.iterdir())
        if file.is_file() and file.suffix.lower() in suffixes
    ]


def read_items(path: Path, files: list[Path], kind: TableFormat) -> Iterator[Item | Loss]:
    """Every row of the tables as an item; its split is its own, else the one the file's name speaks of."""
    root = path if path.is_dir() else path.parent
    for file in files:
        yield from _items_of(file, root, kind, file.relative_to(root).as_posix())


def _items_of(file: Path, root: Path, kind: TableFormat, name: str) -> Iterator[Item | Loss]:
    told: list[Loss] = []
    rows = _told_apart(read_table(name, lambda: file.open("rb"), TableOptions(kind)), told, name)
    first = list(islice(rows, _FIRST))
    columns = tuple(dict.fromkeys(chain.from_iterable(cells for _, cells, _ in first)))
    own = is_own_table(columns)
    structured = json_columns(file) if own and kind == "parquet" else frozenset()
    numeric: frozenset[str] = frozenset()
    if kind == "csv":
        numeric = number_columns([cells for _, cells, _ in first])
        if own:
            numeric -= RESERVED
    split = split_of(file.stem)
    for number, cells, fault in chain(first, rows):
        for column in structured:
            cells[column] = load(cells.get(column))
        if numeric:
            cells = {name: numeric_cell(cell) if name in numeric else cell for name, cell in cells.items()}
        for made in _item(cells, own, f"{name}#{number}", root):
            if isinstance(made, Item) and not own:
                made.fault = fault
                made.split = made.split or split
            yield made
        yield from told
        told.clear()
    yield from told


def _told_apart(rows: Iterator[Row | Loss], told: list[Loss], name: str) -> Iterator[Row]:
    """The rows alone; what is lost goes into ``told``, a table that cannot be read as well: others can be."""
    try:
        for row in rows:
            if isinstance(row, Loss):
                told.append(row)
            else:
                yield row
    except InputError as error:
        told.append(Loss(name, f"cannot be read: {error.message}"))


def _item(cells: dict[str, Json], own: bool, key: str, root: Path) -> Iterator[Item | Loss]:
    if not own:
        yield foreign_item(cells, key, root)
        return
    try:
        item = item_of_row(cells)
        file = cells.get(FILE)
        yield from attach(item, root, str(file) if file else None, part_files_of(cells))
        yield item
    except (ValueError, TypeError, KeyError) as error:
        yield Loss(key, f"is no row as Ingather writes it: {error}")


@dataclass
class Spool:
    """Flat rows on disk, with what is known of their columns once all have been seen.

    Attributes:
        file: rows as JSON lines.
        columns: every column in the order it was first met, with the JSON types met in it.
        count: how many rows there are.
    """

    file: IO[bytes]
    columns: dict[str, set[type]] = field(default_factory=dict)
    count: int = 0

    def rows(self) -> Iterator[dict[str, Json]]:
        """All rows, from the first."""
        self.file.seek(0)
        for line in self.file:
            yield orjson.loads(line)

    def close(self) -> None:
        """Throws the rows away."""
        self.file.close()


def spool_items(items: Iterable[Item], folder: Path, *, media: bool) -> Spool:
    """Writes items as flat rows to a temporary file, and their media below a folder.

    Args:
        items: the items, streamed.
        folder: where the table will lie.
        media: whether to write media as loose files; else the ``file`` column is left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    spool = Spool(tempfile.TemporaryFile())  # noqa: SIM115 - closed with the spool
    store = MediaFolder(folder)
    for item in items:
        file, parts = store.put_item(item) if media else (None, {})
        row = flat_row(item, file, parts)
        for column, value in row.items():
            spool.columns.setdefault(column, set()).add(type(value))
        spool.file.write(orjson.dumps(row) + b"\n")
        spool.count += 1
    return spool


def json_columns(file: Path) -> frozenset[str]:
    """Columns of a Parquet file that hold JSON as text, as its schema marks them."""
    import pyarrow.parquet as pq

    schema = pq.read_schema(file)
    return frozenset(field.name for field in schema if (field.metadata or {}).get(b"holds") == b"json")


def target_file(path: Path, suffix: str) -> Path:
    """The file to write: the path itself where it ends so, else ``data`` in that folder."""
    return path if path.suffix.lower() == suffix else path / f"data{suffix}"


@contextmanager
def written_whole(file: Path) -> Iterator[Path]:
    """A path to write to, which becomes the file only when all went well."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.part")
    try:
        yield draft
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
