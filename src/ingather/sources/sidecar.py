"""A table beside the media, joined on a name of the pattern or on the file's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ingather.errors import InputError
from ingather.formats.tables import TableOptions, read_table, table_format
from ingather.plan.findings import nearest
from ingather.sample import Json, Loss
from ingather.sources.listing import Entry
from ingather.sources.losses import Tally

_SHOWN = 10


@dataclass
class Sidecar:
    """A sidecar table in memory, and which of its rows found their files.

    Attributes:
        name: the table's file name.
        on: the column it is joined on.
        by_file: whether that column holds names of files.
        rows: row by value of that column.
        columns: names it adds.
        told: what was met while reading it.
        prefix: the way from the table's folder to the files', for columns of file names.
    """

    name: str
    on: str
    by_file: bool
    rows: dict[str, dict[str, Json]]
    columns: tuple[str, ...]
    told: tuple[Loss, ...] = ()
    prefix: str = ""
    _met: set[str] = field(default_factory=set)

    def row_of(self, path: str, values: Mapping[str, Json], tally: Tally) -> dict[str, Json]:
        """What the table says of one file; nothing, and told, where it has no row for it."""
        for value in self._candidates(path, values):
            row = self.rows.get(value)
            if row is not None:
                self._met.add(value)
                return row
        tally.add(path, f"has no row in {self.name}: what stands there is unknown of it", lost=False)
        return {}

    def _candidates(self, path: str, values: Mapping[str, Json]) -> tuple[str, ...]:
        if not self.by_file:
            found = values.get(self.on)
            return () if found is None else (str(found).strip(),)
        pure = PurePosixPath(path)
        return path, self.prefix + path, pure.name, pure.stem, str(pure.with_suffix(""))

    def unmet(self) -> list[Loss]:
        """Rows that no file belongs to."""
        left = [value for value in self.rows if value not in self._met]
        if not left:
            return []
        more = f" and {len(left) - _SHOWN:,} more" if len(left) > _SHOWN else ""
        shown = ", ".join(left[:_SHOWN])
        return [Loss(f"{self.name}: {shown}{more}", f"rows whose {self.on} no file has", len(left))]


def read_sidecar(
    table: Entry, on: str, names: tuple[str, ...], columns: tuple[str, ...], options: Mapping[str, str | None]
) -> Sidecar:
    """Reads a sidecar table whole.

    Args:
        table: the table.
        on: a name of the pattern that the table has as a column too, or ``column`` holding file names,
            or ``name=column`` where they are called differently.
        names: names the pattern or the rows offer.
        columns: the columns to take; all when empty.
        options: ``encoding`` and ``delimiter`` where the user says so.

    Raises:
        InputError: it is no table, or lacks a column that is named.
    """
    kind = table_format(table.name, table.head(4096))
    if kind is None:
        raise InputError(
            f"{table.name} is no table that can be read.",
            why="A sidecar is a table: CSV, TSV, JSONL, XLSX or Parquet.",
            fix="Name such a file under 'sidecar: {path: ...}'.",
            where=table.name,
        )
    name, _, column = on.partition("=")
    column = column or name
    rows: dict[str, dict[str, Json]] = {}
    told: list[Loss] = []
    seen: tuple[str, ...] | None = None
    repeated = 0
    for row in read_table(table.name, table.open, TableOptions(kind, **options)):  # type: ignore[arg-type]
        if isinstance(row, Loss):
            told.append(row)
            continue
        line, cells, fault = row
        if seen is None:
            seen = tuple(cells)
            _check(table, column, columns, seen)
        if fault:
            told.append(Loss(table.name, fault, 0))
        value = str(cells.get(column) or "").strip().replace("\\", "/").removeprefix("./")
        if not value:
            told.append(
                Loss(f"{table.name}, line {line}", f"the cell '{column}' is empty: no file can be joined")
            )
        elif value in rows:
            repeated += 1
        else:
            kept = columns or tuple(cells)
            rows[value] = {inner: cells[inner] for inner in kept if inner in cells and inner != column}
    if repeated:
        told.append(
            Loss(table.name, f"rows repeat a value of '{column}': the first of each is taken", repeated)
        )
    added = tuple(inner for inner in (columns or seen or ()) if inner != column)
    return Sidecar(table.name, name, name not in names, rows, added, tuple(told))


def _check(table: Entry, column: str, columns: tuple[str, ...], seen: tuple[str, ...]) -> None:
    lacking = [name for name in (column, *columns) if name not in seen]
    if not lacking:
        return
    fixes = [f"'{near}' instead of '{name}'" for name in lacking if (near := nearest(name, seen))]
    raise InputError(
        f"{table.name} has no column {', '.join(repr(name) for name in lacking)}.",
        why=f"It has: {', '.join(seen)}.",
        fix=f"Write {', '.join(fixes)}." if fixes else "Write one of these under 'sidecar:'.",
        where=table.name,
    )
