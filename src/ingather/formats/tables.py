"""One way to read every kind of table: CSV, TSV, JSONL, XLSX and Parquet, streamed row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Literal, TypeAlias

import orjson

from ingather.errors import InputError
from ingather.formats.delimited import Dialect, Row, find_delimiter, join_headers, read_delimited, unique
from ingather.formats.encoding import detect_encoding
from ingather.formats.values import plain
from ingather.sample import Json, Loss

TableFormat: TypeAlias = Literal["csv", "tsv", "jsonl", "xlsx", "parquet"]
TABLE_SUFFIXES: dict[str, TableFormat] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
    ".pq": "parquet",
}
Opener: TypeAlias = Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How a table is read, where the user says so; what is None is found out.

    Attributes:
        format: which kind of table.
        delimiter: of CSV and TSV.
        quoting: whether quotes hold cells together; by default in CSV, not in TSV.
        encoding: a codec.
        header_rows: lines of names above the data.
        columns: names of the columns.
        sheet: name or number (from 1) of the sheet of a workbook.
    """

    format: TableFormat
    delimiter: str | None = None
    quoting: bool | None = None
    encoding: str | None = None
    header_rows: int | None = None
    columns: tuple[str, ...] = ()
    sheet: str | None = None


def table_format(name: str, head: bytes = b"") -> TableFormat | None:
    """Which kind of table a file is, by its name, else by its first bytes; None if it is no table."""
    known = TABLE_SUFFIXES.get(PurePosixPath(name).suffix.lower())
    if known or not head:
        return known
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK\x03\x04"):
        return "xlsx" if b"xl/" in head or b"[Content_Types].xml" in head else None
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    first = head.lstrip(b"\xef\xbb\xbf \r\n")
    if first.startswith(b"{"):
        return "jsonl"
    lines = [line for line in head.split(b"\n")[:-1] if line.strip()][:20]
    for delimiter, kind in ((b"\t", "tsv"), (b",", "csv"), (b";", "csv")):
        if lines and all(delimiter in line for line in lines):
            return kind  # type: ignore[return-value]
    return None


def read_table_of_several(name: str, opener: Opener, options: TableOptions) -> Iterator[Row | Loss]:
    """As ``read_table`` for one table among other files: where it is none, that is a loss, and they go on."""
    try:
        yield from read_table(name, opener, options)
    except InputError as error:
        yield Loss(name, f"{str(error).removeprefix(name).strip()} {error.why}".strip())


def read_table(name: str, opener: Opener, options: TableOptions) -> Iterator[Row | Loss]:
    """Streams the rows of a table: line or row number, cells by column, and a fault or None.

    Args:
        name: what the file is called in what is told.
        opener: opens its bytes; called more than once.
        options: its format, and what the user said of it.

    Where the bytes are damaged or cut short, what came before is yielded, and the rest is a loss.

    Raises:
        InputError: the file cannot be read as that kind of table at all.
    """
    line = 0
    try:
        for row in _rows_of(name, opener, options):
            if not isinstance(row, Loss):
                line = row[0]
            yield row
    except OSError as error:
        if line:
            yield Loss(f"{name}, after line {line}", f"cannot be read any further: {error.strerror or error}")
        else:
            yield Loss(name, f"cannot be read as a table: {error.strerror or error}")


def _rows_of(name: str, opener: Opener, options: TableOptions) -> Iterator[Row | Loss]:
    if options.format in ("csv", "tsv"):
        return read_delimited(name, opener, _dialect(opener, options), options.encoding)
    if options.format == "jsonl":
        return _read_jsonl(name, opener, options.encoding)
    if options.format == "xlsx":
        return _read_xlsx(name, opener, options)
    return _read_parquet(name, opener)


def _dialect(opener: Opener, options: TableOptions) -> Dialect:
    delimiter = options.delimiter
    if delimiter is None:
        delimiter = "\t" if options.format == "tsv" else _sniffed(opener, options.encoding)
    quoting = options.quoting
    if quoting is None:
        quoting = delimiter != "\t"
    return Dialect(delimiter, quoting, options.header_rows, options.columns)


def _sniffed(opener: Opener, encoding: str | None) -> str:
    found = detect_encoding(opener, encoding)
    with opener() as stream:
        return find_delimiter(stream.read(1 << 16).decode(found.name, errors="replace"))


def _read_jsonl(name: str, opener: Opener, encoding: str | None) -> Iterator[Row | Loss]:
    found = detect_encoding(opener, encoding)
    if found.told:
        yield Loss(name, found.told, 0)
    recode = found.name not in ("utf-8", "utf-8-sig")
    with opener() as stream:
        for number, raw in enumerate(_text_lines(stream, found.name) if recode else stream, 1):
            line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            if line.isspace():
                continue
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                yield Loss(f"{name}, line {number}", f"is no JSON: {error}")
                continue
            if isinstance(row, dict):
                yield number, row, None
            else:
                yield Loss(f"{name}, line {number}", "is no JSON object: a row is {column: value, ...}")


def _text_lines(stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    import io

    for line in io.TextIOWrapper(stream, encoding, errors="replace"):
        yield line.encode()


def _read_xlsx(name: str, opener: Opener, options: TableOptions) -> Iterator[Row | Loss]:
    import io

    from openpyxl import load_workbook

    with opener() as stream:
        content = io.BytesIO(stream.read())
    try:
        book = load_workbook(content, read_only=True, data_only=True)
    except Exception as error:
        raise InputError(
            f"{name} cannot be opened as a workbook: {error}.",
            why="Its name or the plan says that it is XLSX.",
            fix="Save it as XLSX or CSV again, or name its true 'format:'.",
            where=name,
        ) from error
    try:
        sheet = _sheet(name, book, options.sheet)
        if len(book.sheetnames) > 1 and options.sheet is None:
            others = ", ".join(book.sheetnames[1:])
            yield Loss(name, f"only its first sheet is read, not {others}; name one with 'sheet:'", 0)
        yield from _sheet_rows(name, sheet, options)
    finally:
        book.close()


def _sheet(name: str, book: Any, asked: str | None) -> Any:
    names: list[str] = book.sheetnames
    if asked is None:
        return book[names[0]]
    if asked in names:
        return book[asked]
    if asked.isdigit() and 1 <= int(asked) <= len(names):
        return book[names[int(asked) - 1]]
    raise InputError(
        f"{name} has no sheet '{asked}'.",
        why=f"It has: {', '.join(names)}.",
        fix="Write one of these, or the number of a sheet from 1.",
        where=name,
    )


def _sheet_rows(name: str, sheet: Any, options: TableOptions) -> Iterator[Row | Loss]:
    count = 1 if options.header_rows is None else options.header_rows
    rows = _sound(sheet.iter_rows(values_only=True))
    head = [["" if cell is None else str(cell) for cell in row] for row in islice(rows, count)]
    columns = unique(list(options.columns) or (join_headers(head) if head else []))
    while columns and columns[-1] == f"column {len(columns)}":
        columns.pop()
    for number, cells in enumerate(rows, count + 1):
        if all(cell is None for cell in cells):
            continue
        if not columns:
            columns = [str(place) for place in range(1, len(cells) + 1)]
        fault = None
        if any(cell is not None for cell in cells[len(columns) :]):
            fault = f"row {number} has more cells than the header"
        yield number, {column: plain(cell) for column, cell in zip(columns, cells, strict=False)}, fault


def _sound(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    try:
        yield from rows
    except Exception as error:  # a damaged workbook raises what its zip, its XML or its cells raise
        raise OSError(f"the sheet is damaged: {error}") from error


def _read_parquet(name: str, opener: Opener) -> Iterator[Row | Loss]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with opener() as stream:
        try:
            file = pq.ParquetFile(stream if stream.seekable() else pa.BufferReader(stream.read()))
        except (pa.ArrowInvalid, OSError) as error:
            raise InputError(
                f"{name} cannot be opened as Parquet: {str(error).splitlines()[0]}.",
                why="Its name or the plan says that it is Parquet.",
                fix="Check that it was copied whole, or name its true 'format:'.",
                where=name,
            ) from error
        number = 0
        try:
            for batch in file.iter_batches(batch_size=2048):
                for row in batch.to_pylist():
                    number += 1
                    yield number, _typed(row), None
        except pa.ArrowException as error:
            raise OSError(str(error).splitlines()[0]) from error


def _typed(row: dict[str, Any]) -> dict[str, Json]:
    """Cells as JSON; bytes stay bytes, for they may be the media of the row."""
    typed: dict[str, Any] = {}
    for column, cell in row.items():
        keep = isinstance(cell, bytes) or (isinstance(cell, dict) and isinstance(cell.get("bytes"), bytes))
        typed[column] = cell if keep else plain(cell)
    return typed
