"""Logs of events beside series: a table with times, what happened, and to which machine or series."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from ingather.formats.series_tables import Columns, open_columns
from ingather.formats.time_ranges import TimeRange
from ingather.formats.times import TIME_NAME, Times, times_of_numbers, times_of_words
from ingather.formats.units import time_unit
from ingather.sample import Loss
from ingather.series import MISSING, SECOND

_LABEL = re.compile(r"(?:event|label|type|what|kind|failure|fault|class|name|annotation)s?\Z", re.IGNORECASE)
_END = re.compile(r"(?:end|stop|until|to|end[ _]?time)\Z", re.IGNORECASE)
_START = re.compile(r"(?:start|begin|from|start[ _]?time)\Z", re.IGNORECASE)
_OF = re.compile(
    r"(?:machine|machine[ _]?id|series|unit|device|session|file|key|asset|source)(?:[ _]?id)?\Z",
    re.IGNORECASE,
)


def read_event_log(
    file: Path, zero: int, names: tuple[str, ...], dated: bool
) -> tuple[list[TimeRange], list[Loss]]:
    """The events of one series, on its clock.

    Args:
        file: a CSV, TSV or Parquet table with a column of times, maybe one of ends, one of what happened, and
            one of the machine or series that it happened to.
        zero: nanoseconds at which the series begins.
        names: what the series may be called in the log: its key, its session.
        dated: whether the series counts from the epoch; a log of dates does not fit one that does not.
    """
    columns = open_columns(file, file.name)
    if isinstance(columns, Loss):
        return [], [columns]
    table = columns.table
    start = _column(table.column_names, _START) or _column(table.column_names, TIME_NAME)
    label = _column(table.column_names, _LABEL)
    if start is None:
        return [], [Loss(file.name, "the log has no column of times (time, start, ...)")]
    times = _times(columns, start)
    if times is None or times.dated != dated:
        said = "are not understood" if times is None else "are dates" if times.dated else "are no dates"
        return [], [
            Loss(file.name, f"the times of the log {said}, those of the series are other: none is taken")
        ]
    end = _column(table.column_names, _END)
    ends = _times(columns, end) if end is not None else None
    of = _column(table.column_names, _OF)
    owners = [str(one) for one in table[of].to_pylist()] if of is not None else None
    words = table[label].to_pylist() if label is not None else ["event"] * table.num_rows
    found, losses = [], []
    for row, (at, word) in enumerate(zip(times.time.tolist(), words, strict=True)):
        if owners is not None and owners[row] not in names:
            continue
        until = at if ends is None or ends.time[row] == MISSING else int(ends.time[row])
        if at == MISSING or until < at or word is None:
            losses.append(
                Loss(f"{file.name}, row {row + 1}", "the event has no time, no name, or ends too early")
            )
            continue
        base = zero if dated else 0
        found.append(TimeRange((at - base) / SECOND, (until - base) / SECOND, str(word)))
    return found, losses


def _column(names: list[str], pattern: re.Pattern[str]) -> str | None:
    return next((name for name in names if pattern.fullmatch(name.strip())), None)


def _times(columns: Columns, name: str) -> Times | None:
    import pyarrow as pa

    column = columns.table[name].combine_chunks()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return times_of_words(column)
    if pa.types.is_timestamp(column.type):
        return times_of_words(column.cast(pa.string()))
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return None
    values = np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False))
    return times_of_numbers(values, time_unit(name, columns.units.get(name)))
