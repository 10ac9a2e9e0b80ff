"""A table as a series: one column of times, the others channels, units from the names or a second row."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ingather.formats.delimited import find_delimiter
from ingather.formats.encoding import detect_encoding
from ingather.formats.series_items import series_item, stamp_of, unreadable
from ingather.formats.times import TIME_NAME, Times, times_of_numbers, times_of_words
from ingather.formats.units import name_and_unit, time_unit
from ingather.sample import Item, Json, Loss
from ingather.series import SECOND, Stream

if TYPE_CHECKING:
    import pyarrow as pa

DELIMITED = (".csv", ".tsv", ".tab")
PARQUET = (".parquet", ".pq")
_HEAD = 1 << 16
_MISSING_WORDS = ["", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "-", "--", "?", "."]
_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class SeriesOptions:
    """What the plan says of series in tables; what is None is found out.

    Attributes:
        time: name of the column of times.
        time_format: how its words are written, as ``strptime`` has it.
        zone: the zone of times that name none.
        rate: values a second, where there is no column of times.
        channels: the columns that are channels; empty for all that hold numbers.
        units: unit by column, where the table does not say it.
    """

    time: str | None = None
    time_format: str | None = None
    zone: str | None = None
    rate: float | None = None
    channels: tuple[str, ...] = ()
    units: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """A table before it is a series: cells as Arrow columns, with the units that were found."""

    table: pa.Table
    units: dict[str, str]
    told: tuple[Loss, ...] = ()


def read_series_table(file: Path, key: str, options: SeriesOptions) -> Iterator[Item | Loss]:
    """The table's series as one item; what was odd or left out is told."""
    if fault := unreadable(file):
        yield Loss(key, fault)
        return
    columns = open_columns(file, key)
    if isinstance(columns, Loss):
        yield columns
        return
    yield from columns.told
    yield from series_of(columns, key, options, stamp_of(file), file.absolute().as_uri())


def series_of(
    columns: Columns, key: str, options: SeriesOptions, stamp: str, uri: str
) -> Iterator[Item | Loss]:
    """The series that a table is, as one item."""
    table = columns.table
    told: list[Loss] = []
    if not table.num_rows:
        yield Loss(key, "it has no rows")
        return
    found = _time(table, columns.units, options)
    if isinstance(found, str):
        yield Loss(key, found)
        return
    time_columns, times = found
    channels: dict[str, NDArray[np.float64]] = {}
    facts: dict[str, Json] = {}
    for name in table.column_names:
        if name in time_columns or (options.channels and name not in options.channels):
            continue
        values = _numbers(table[name])
        if values is not None:
            channels[name] = values
        elif (word := _only(table[name])) is not None:
            facts[name] = word
        else:
            told.append(Loss(key, f"the column '{name}' holds no numbers: it is left out", 0))
    for name in options.channels:
        if name not in table.column_names:
            told.append(Loss(key, f"it has no column '{name}'", 0))
    if not channels:
        yield Loss(key, "none of its columns holds numbers over time")
        return
    if times.told:
        told.append(Loss(key, times.told, 0))
    yield from told
    units = {**columns.units, **dict(options.units)}
    stream = Stream(
        times.time, channels, {name: units[name] for name in channels if name in units}, options.rate
    )
    item = series_item(key, [stream], dated=times.dated, zone=times.zone, facts=facts)
    item.stamp, item.uri = stamp, uri
    yield item


def open_columns(file: Path, key: str) -> Columns | Loss:
    """The cells of a CSV, TSV or Parquet file, with units split off the names."""
    import pyarrow as pa

    try:
        if file.suffix.lower() in PARQUET:
            import pyarrow.parquet as pq

            table = pq.ParquetFile(file).read()
            given = {
                field.name: unit.decode("utf-8", "replace")
                for field in table.schema
                if (unit := (field.metadata or {}).get(b"unit"))
            }
            return _named(table, table.column_names, given, ())
        return _delimited(file, key)
    except (pa.ArrowException, OSError, ValueError, LookupError, MemoryError) as error:
        return Loss(key, f"it cannot be read as a table: {_first_line(error)}")


def looks_like_series(file: Path) -> bool:
    """Whether a table has a column of times by name, and beside it numbers only or units in its header."""
    columns = _peek(file)
    if columns is None:
        return False
    names = columns.table.column_names
    time = [name for name in names if TIME_NAME.fullmatch(name)]
    others = [name for name in names if name not in time]
    return bool(time) and bool(others) and all(_numbers(columns.table[name]) is not None for name in others)


def has_units(file: Path) -> bool:
    """Whether a table says units of its columns."""
    columns = _peek(file)
    return columns is not None and bool(columns.units)


def _peek(file: Path) -> Columns | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if file.suffix.lower() in PARQUET:
            reader = pq.ParquetFile(file)
            batch = next(reader.iter_batches(200), None)
            if batch is None:
                return None
            return _named(pa.Table.from_batches([batch]), batch.schema.names, {}, ())
        with file.open("rb") as stream:
            head = stream.read(_HEAD)
        if len(head) == _HEAD:
            head = head[: head.rfind(b"\n") + 1]
        found = _parse(head, file.name)
    except (pa.ArrowException, OSError, ValueError, LookupError):
        return None
    return found if isinstance(found, Columns) else None


def _delimited(file: Path, key: str) -> Columns | Loss:
    return _parse(file.read_bytes(), key)


def _parse(content: bytes, key: str) -> Columns | Loss:
    import pyarrow.csv as pc

    encoding = detect_encoding(lambda: io.BytesIO(content))
    head = content[:_HEAD].decode(encoding.name, "replace")
    lines = [line for line in head.splitlines() if line.strip()][:50]
    if not lines or "\0" in head:
        return Loss(key, "it is no table: there are no lines of cells")
    delimiter = find_delimiter("\n".join(lines))
    first = _cells(lines[0], delimiter)
    second = _cells(lines[1], delimiter) if len(lines) > 1 else []
    third = _cells(lines[2], delimiter) if len(lines) > 2 else []
    has_units = _is_unit_row(second, third, len(first))
    headed = not all(_is_number(cell) for cell in first if cell.strip())
    names = _unique(first if headed else [f"column{place}" for place in range(len(first))])
    bad: list[int] = []

    def passed_over(row: Any) -> str:
        bad.append(1)
        return "skip"

    table = pc.read_csv(
        io.BytesIO(content.decode(encoding.name, "replace").encode()),
        read_options=pc.ReadOptions(
            skip_rows_after_names=0, column_names=names, skip_rows=int(headed) + int(has_units)
        ),
        parse_options=pc.ParseOptions(
            delimiter=delimiter, invalid_row_handler=passed_over, newlines_in_values=False
        ),
        convert_options=pc.ConvertOptions(
            null_values=_MISSING_WORDS, strings_can_be_null=True, timestamp_parsers=[]
        ),
    )
    told = [Loss(key, encoding.told, 0)] if encoding.told else []
    if bad:
        told.append(Loss(key, "rows have more or fewer cells than there are columns", len(bad)))
    given = dict(zip(names, (cell.strip() for cell in second), strict=False)) if has_units else {}
    return _named(table, names, {name: _bare(unit) for name, unit in given.items() if _bare(unit)}, told)


def _named(table: pa.Table, names: list[str], given: dict[str, str], told: Any) -> Columns:
    split = [name_and_unit(name) for name in names]
    plain = _unique([name for name, _ in split])
    units = {new: unit for new, (_, unit) in zip(plain, split, strict=True) if unit}
    units |= {new: given[old] for new, old in zip(plain, names, strict=True) if old in given}
    return Columns(table.rename_columns(plain), units, tuple(told))


def _time(
    table: pa.Table, units: dict[str, str], options: SeriesOptions
) -> tuple[tuple[str, ...], Times] | str:
    """The columns of times and what they say, or why there are none."""
    names = table.column_names
    if options.time is not None:
        plain = name_and_unit(options.time)[0]
        if plain not in names:
            return f"it has no column '{options.time}': it has {', '.join(names[:20])}"
        times = _times(table[plain], plain, units, options)
        return ((plain,), times) if times else f"its column '{plain}' holds no times that are understood"
    apart = {name.casefold(): name for name in names}
    if "date" in apart and "time" in apart:
        both = _date_and_time(table, apart["date"], apart["time"], options)
        if both is not None:
            return (apart["date"], apart["time"]), both
    likely = [name for name in names if TIME_NAME.fullmatch(name)]
    for name in (*likely, *(name for name in names[:2] if name not in likely and _is_text(table[name]))):
        times = _times(table[name], name, units, options)
        if times is not None:
            return (name,), times
    if options.rate:
        step = SECOND / options.rate
        return (), Times(np.round(np.arange(table.num_rows) * step).astype(np.int64), False)
    return "it has no column of times: name it with 'time:', or say the 'rate:' of its rows"


def _times(column: Any, name: str, units: dict[str, str], options: SeriesOptions) -> Times | None:
    import pyarrow as pa

    kind = column.type
    column = column.combine_chunks()
    if pa.types.is_timestamp(kind):
        from ingather.series import MISSING

        told = column.cast(pa.timestamp("ns", tz=kind.tz), safe=False).cast(pa.int64()).fill_null(MISSING)
        return Times(np.asarray(told.to_numpy(zero_copy_only=False)), True, kind.tz)
    if _is_text(column):
        return times_of_words(column, options.time_format, options.zone)
    step = time_unit(name, units.get(name))
    if pa.types.is_integer(kind) and not column.null_count and not pa.types.is_uint64(kind):
        return times_of_numbers(np.asarray(column.cast(pa.int64())), step)
    values = _numbers(column)
    return None if values is None else times_of_numbers(values, step)


def _date_and_time(table: pa.Table, date: str, time: str, options: SeriesOptions) -> Times | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        words = [table[name].combine_chunks().cast(pa.string()) for name in (date, time)]
        joined = pc.binary_join_element_wise(*words, " ")
        return times_of_words(joined, options.time_format, options.zone)
    except pa.ArrowException:
        return None


def _numbers(column: Any) -> NDArray[np.float64] | None:
    """(n,) float64, NaN where a cell is empty or no number; None where fewer than nine in ten are numbers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    kind = column.type
    if pa.types.is_boolean(kind):
        column = column.cast(pa.uint8())
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        plain = pc.match_substring_regex(column, r"^\s*[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?\s*$")
        filled = len(column) - column.null_count
        if not filled or (pc.sum(plain).as_py() or 0) < _SHARE * filled:
            return None
        words = pc.replace_substring(pc.utf8_trim_whitespace(column), ",", ".")
        column = pc.if_else(plain, words, pa.scalar(None, words.type)).cast(pa.float64())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        return None
    if not pa.types.is_null(kind):
        column = column.cast(pa.float64(), safe=False)
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _only(column: Any) -> Json:
    """The one word that a column holds in every row, or None."""
    import pyarrow.compute as pc

    if not _is_text(column):
        return None
    words = pc.unique(column)
    return str(words[0].as_py()) if len(words) == 1 and words[0].is_valid else None


def _is_text(column: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(column.type) or pa.types.is_large_string(column.type))


def _cells(line: str, delimiter: str) -> list[str]:
    import csv

    return next(csv.reader([line], delimiter=delimiter), [])


def _is_unit_row(second: list[str], third: list[str], width: int) -> bool:
    """Whether the second row holds units: short words without a number, above a row that has numbers."""
    if len(second) != width or len(third) != width or any(map(_is_number, second)):
        return False
    if not any(map(_is_number, third)):
        return False
    filled = [cell.strip() for cell in second if cell.strip()]
    return bool(filled) and all(len(cell) <= 24 and not cell[0].isdigit() for cell in filled)


def _bare(unit: str) -> str:
    return unit.strip().strip("[]()").strip()


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def _unique(names: list[str]) -> list[str]:
    """Names that differ: empty ones are numbered, repeated ones get a number."""
    taken: dict[str, None] = {}
    for place, name in enumerate(names):
        free = wanted = name.strip() or f"column{place}"
        count = 1
        while free in taken:
            count += 1
            free = f"{wanted}-{count}"
        taken[free] = None
    return list(taken)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
