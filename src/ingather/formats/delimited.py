"""CSV and TSV as people make them: rows are compared with lines, and what does not fit is told."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from ingather.errors import InputError
from ingather.formats.encoding import Encoding, detect_encoding
from ingather.formats.values import number
from ingather.sample import Json, Loss

Row = tuple[int, dict[str, Json], str | None]
"""Number of the line a row begins on, its cells by column, and what is wrong with it (or None)."""

_LONGEST_FIELD = 16 << 20
_LONGEST_ROW = 200
_HEAD = 1 << 14
_DELIMITERS = (",", "\t", ";", "|")
csv.field_size_limit(_LONGEST_FIELD)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a delimited file is written.

    Attributes:
        delimiter: what stands between cells.
        quoting: whether a cell in double quotes may hold the delimiter and line breaks.
        header_rows: lines of names above the data; None to find out.
        columns: names of the columns; needed without a header, else they replace it.
    """

    delimiter: str
    quoting: bool
    header_rows: int | None = None
    columns: tuple[str, ...] = ()


def find_delimiter(text: str) -> str:
    """The delimiter that cuts the first lines into the same number of cells, two at least; else a comma."""
    lines = text.splitlines()[:50]
    best, score = ",", 0.0
    for delimiter in _DELIMITERS:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        agreement = count / sum(widths.values())
        if width > 1 and agreement * min(width, 20) > score:
            best, score = delimiter, agreement * min(width, 20)
    return best


def read_delimited(
    name: str, opener: Callable[[], BinaryIO], dialect: Dialect, encoding: str | None = None
) -> Iterator[Row | Loss]:
    """Streams a delimited file row by row.

    Args:
        name: what the file is called in what is told.
        opener: opens the file's bytes, as often as needed.
        dialect: how it is written.
        encoding: a codec, or None to find out.

    Yields:
        Rows, and losses: with ``count`` 0 where something is only told and nothing was lost.

    Raises:
        InputError: the encoding is unknown, or the file has no header where one is needed.
        OSError: its bytes are no text.
    """
    found = detect_encoding(opener, encoding)
    if not found.name.startswith(("utf-16", "utf_16", "utf-32", "utf_32")):
        with opener() as raw:
            if b"\0" in raw.read(_HEAD):
                raise OSError("its bytes are not text, whatever its name says")
    if found.told:
        yield Loss(name, found.told, 0)
    with opener() as raw:
        text = io.TextIOWrapper(raw, found.name, errors="replace", newline="")
        yield from _rows(name, text, dialect, found)


def _rows(name: str, text: io.TextIOWrapper, dialect: Dialect, encoding: Encoding) -> Iterator[Row | Loss]:
    reader = csv.reader(
        text, delimiter=dialect.delimiter, quoting=csv.QUOTE_MINIMAL if dialect.quoting else csv.QUOTE_NONE
    )
    columns, waiting, header = _header(name, reader, dialect)
    if header > 1:
        yield Loss(name, f"the first {header} rows were joined into the names of its columns", 0)
    if header == 1 and not dialect.columns and looks_like_data(columns):
        shown = dialect.delimiter.join(columns)[:60]
        yield Loss(
            name,
            f"its first line, taken for names, looks like data ({shown}): if it is, write 'header_rows: 0'",
            0,
        )
    width = len(columns)
    spans = blank = 0
    pending = list(waiting)
    while True:
        if pending:
            start, line, cells = pending.pop(0)
        else:
            start = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                yield Loss(f"{name}, line {start}", f"cannot be read as a row: {error}", 1)
                continue
            line = reader.line_num
        if not cells:
            blank += 1
            continue
        if line > start:
            spans += 1
            if spans <= 20:
                yield Loss(
                    f"{name}, lines {start}-{line}",
                    "one row spans these lines, for a quoted cell in it holds line breaks; "
                    "if a stray quote did it, write 'quoting: none'",
                    0,
                )
        fault = None
        if line - start > _LONGEST_ROW:
            fault = f"a quote opened in line {start} takes in {line - start + 1} lines: surely a stray one"
        elif len(cells) != width:
            fault = _ragged(cells, width, start)
        elif encoding.damaged and any("�" in cell for cell in cells):
            fault = f"line {start} holds bytes that are not {encoding.name}"
        yield start, _named(columns, cells), fault
    if spans > 20:
        yield Loss(name, f"{spans - 20} more rows span several lines", 0)
    if blank:
        yield Loss(name, f"{blank} empty line{'s' if blank > 1 else ''} passed over", 0)


def _named(columns: list[str], cells: list[str]) -> dict[str, Json]:
    row: dict[str, Json] = dict(zip(columns, cells, strict=False))
    if len(cells) > len(columns):
        row.update({f"#{place + 1}": cells[place] for place in range(len(columns), len(cells))})
    return row


def _ragged(cells: list[str], width: int, line: int) -> str | None:
    if len(cells) > width and not any(cells[width:]):
        del cells[width:]
        return None
    return f"line {line} has {len(cells)} cells where the header has {width}"


def _header(
    name: str, reader: Iterator[list[str]], dialect: Dialect
) -> tuple[list[str], list[tuple[int, int, list[str]]], int]:
    """Names of the columns, rows read on the way that are data, and how many rows are header."""
    if dialect.header_rows == 0:
        first = next(reader, None)
        if first is None:
            return list(dialect.columns), [], 0
        columns = list(dialect.columns) or [str(place + 1) for place in range(len(first))]
        return unique(columns), [(1, _line_of(reader), first)], 0
    head: list[tuple[int, int, list[str]]] = []
    before = 0
    try:
        for cells in reader:
            if cells or head:
                head.append((before + 1, _line_of(reader), cells))
            before = _line_of(reader)
            if len(head) >= (dialect.header_rows or 2):
                break
    except csv.Error as error:
        raise InputError(
            f"{name} cannot be read as a table: line {before + 1}: {error}.",
            why="Its first lines name the columns.",
            fix="If a stray quote did it, write 'quoting: none'; else name its true 'format:'.",
            where=name,
        ) from error
    if not head or not any(head[0][2]):
        raise InputError(
            f"{name} has no header line.",
            why="Columns are named by the first line of a table.",
            fix="Add one, or write 'header_rows: 0' and name the columns with 'columns: [...]'.",
            where=name,
        )
    count = dialect.header_rows or (2 if len(head) > 1 and is_second_header(head[0][2], head[1][2]) else 1)
    names = join_headers([cells for _, _, cells in head[:count]])
    columns = list(dialect.columns) or names
    return unique(columns), head[count:], min(count, len(head))


def _line_of(reader: Iterator[list[str]]) -> int:
    """How many lines a csv reader has read."""
    return int(reader.line_num)  # type: ignore[attr-defined]


def looks_like_data(columns: Sequence[str]) -> bool:
    """Whether names of columns look like a row of data: two of them, and a third of all, are numbers.

    Numbers that count on, one by one, are names: of pixels, weeks, years.
    """
    numbers = [found for name in columns if (found := number(name.removesuffix(" (2)"))) is not None]
    steps = {right - left for left, right in pairwise(numbers)}
    return len(numbers) >= 2 and 3 * len(numbers) >= len(columns) and steps != {1}


def is_second_header(first: list[str], second: list[str]) -> bool:
    """Whether a second line goes on with the names, as SurveyMonkey's exports do.

    There the first cell (the respondent's number) is empty, and the others say "Response", repeat an
    answer's text under a question, or stand below an empty cell of the first line.
    """
    if len(second) != len(first) or not first[0].strip() or second[0].strip():
        return False
    filled = [cell.strip() for cell in second if cell.strip()]
    if not filled:
        return False
    plain = sum(cell in ("Response", "Open-Ended Response") for cell in filled)
    below_empty = sum(not top.strip() and bool(low.strip()) for top, low in zip(first, second, strict=True))
    return plain + below_empty >= 0.5 * len(filled)


def join_headers(rows: list[list[str]]) -> list[str]:
    """One name for each column out of several header lines: an empty upper cell goes on with its left."""
    if len(rows) == 1:
        return [cell.strip() for cell in rows[0]]
    width = max(len(row) for row in rows)
    joined = [""] * width
    for level, row in enumerate(rows):
        last = ""
        for place in range(width):
            cell = row[place].strip() if place < len(row) else ""
            if level < len(rows) - 1:
                last = cell = cell or last
            if not cell or (level and cell in ("Response", "Open-Ended Response")):
                continue
            joined[place] = f"{joined[place]} - {cell}" if joined[place] else cell
    return joined


def unique(columns: list[str]) -> list[str]:
    """Names without repeats: the second 'x' becomes 'x (2)', an empty one its place."""
    seen: Counter[str] = Counter()
    names = []
    for place, column in enumerate(columns, 1):
        name = column or f"column {place}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names
