"""Rows of databases as items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingather.formats.foreign_rows import foreign_item
from ingather.formats.item_rows import is_own_table, item_of_row
from ingather.formats.licence_files import licence_of_folder
from ingather.formats.sql_tables import Database, DatabaseFault, database_kind, open_database
from ingather.formats.values import digest_row, plain
from ingather.sample import Item, Loss

_NOWHERE = Path("/nonexistent")
"""Paths in the rows of a server mean files of the server."""


def read_database(
    place: Path | str, name: str, table: str | None, query: str | None, key: str | None
) -> Iterator[Item | Loss]:
    """Every row of a query, of one table, or of all tables.

    Args:
        place: the database's file, or the address of a server.
        name: what the file is called in what is told; empty for a server.
        table: the one table that is wanted.
        query: a query instead.
        key: the column whose value is the key.
    """
    if isinstance(place, Path) and database_kind(place) is None:
        yield Loss(name, "is no database of SQLite or DuckDB")
        return
    root = place.parent if isinstance(place, Path) else _NOWHERE
    found = licence_of_folder(root) if root.is_dir() else None
    where = name or "the database"
    try:
        with open_database(place) as database:
            if query is not None:
                yield from _rows(database, query, "query", where, (key,) if key else (), root, found)
                return
            tables = database.tables()
            if table is not None and table not in tables:
                yield Loss(where, f"has no table '{table}'; it has: {', '.join(tables) or 'none'}")
                return
            wanted = [table] if table is not None else tables
            if not wanted:
                yield Loss(where, "has no table")
            if len(wanted) > 1:
                yield Loss(
                    where, f"all of its tables are read ({', '.join(wanted)}): write 'table:' for one", 0
                )
            for one in wanted:
                try:
                    keys = (key,) if key else database.key_of(one)
                    asked = f"SELECT * FROM {database.quoted(one)}"
                    yield from _rows(database, asked, one, where, keys, root, found)
                except DatabaseFault as error:
                    yield Loss(f"{where}, table {one}", f"cannot be read any further: {error}")
    except DatabaseFault as error:
        yield Loss(where, f"cannot be read: {error}")


def _rows(
    database: Database, query: str, table: str, where: str, keys: tuple[str, ...], root: Path, found: Any
) -> Iterator[Item | Loss]:
    seen: Counter[str] = Counter()
    own: bool | None = None
    for number, cells in enumerate(database.rows(query), 1):
        row = {name: _clean(cell) for name, cell in cells.items()}
        if own is None:
            own = is_own_table(row)
            lacking = [one for one in keys if one not in row]
            if lacking:
                yield Loss(f"{where}, table {table}", f"has no column '{lacking[0]}' for keys", 0)
                keys = ()
        if own:
            try:
                yield item_of_row(row)
            except (ValueError, TypeError, KeyError) as error:
                at = f"{where}, table {table}, row {number}"
                yield Loss(at, f"is no row as Ingather writes it: {error}")
            continue
        told = "/".join(str(row[one]) for one in keys) if keys else digest_row(row).hex()[:32]
        told = told.replace("\0", "")
        seen[told] += 1
        if seen[told] > 1:
            told = f"{told}#{seen[told]}"
        made = foreign_item(row, f"{table}/{told}", root)
        if isinstance(made, Item):
            made.licence = made.licence or (found.spdx if found else None)
        yield made


def _clean(cell: Any) -> Any:
    """A cell as JSON, bytes as they are; whole numbers above 64 bits, which JSON readers bend, as words."""
    if isinstance(cell, bytes | bytearray | memoryview):
        return bytes(cell)
    value = plain(cell)
    return str(value) if isinstance(value, int) and not -(1 << 63) <= value < 1 << 64 else value
