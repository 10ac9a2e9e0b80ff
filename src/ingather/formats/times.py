"""Columns of times as nanoseconds: dates and clock times in words, numbers since the epoch or a start."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingather.series import MISSING, SECOND

TIME_NAME = re.compile(
    r"(?:date[ _-]?time|time[ _-]?stamps?|time|t|ts|stamp|epoch|utc(?:[ _-]?time)?|date|"
    r"(?:gps|unix|local|elapsed|sample|recv|rx)[ _-]?(?:time(?:[ _-]?stamp)?|ms)?|"
    r"(?:time(?:stamp)?|t|elapsed)_(?:s|sec|seconds|ms|us|ns|utc|unix|nanos|millis))\Z",
    re.IGNORECASE,
)
"""What columns of times are called."""
_FORMATS = (
    "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S.%f",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M", "%d.%m.%Y %H:%M:%S.%f", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%Y%m%d%H%M%S",
    "%Y%m%dT%H%M%S", "%d-%b-%Y %H:%M:%S", "%b %d %Y %H:%M:%S",
)  # fmt: skip
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}")
_OFFSET = re.compile(r"(?:Z|[+-]\d{2}:?\d{2})\Z")
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}(?:\.\d{1,9})?))?\Z")


@dataclass(frozen=True, slots=True)
class Times:
    """A column of times that was understood.

    Attributes:
        time: (n,) int64 nanoseconds, ``MISSING`` where there is none.
        dated: whether they count from the epoch.
        zone: the zone or offset that the column names, if it names one.
        told: what was odd, in words.
    """

    time: NDArray[np.int64]
    dated: bool
    zone: str | None = None
    told: str | None = None


def times_of_numbers(values: NDArray[np.float64] | NDArray[np.int64], step: int | None = None) -> Times:
    """Numbers as times.

    Args:
        values: (n,) numbers, NaN where there is none.
        step: nanoseconds of one, if the source says; else the greatest tells whether they are seconds,
            milliseconds, microseconds or nanoseconds since the epoch (from 1973 on), or seconds from a start.
    """
    if values.dtype.kind in "iu":
        present = np.ones(len(values), bool)
        most = float(np.abs(values.astype(np.float64)).max(initial=0))
    else:
        present = np.isfinite(values)
        most = float(np.abs(values[present]).max(initial=0))
    unit = step if step is not None else _step_of(most)
    dated = most * unit > 1e8 * SECOND
    if most * unit > 9.2e18:
        return Times(np.full(len(values), MISSING), False, None, "its times are too large to be times")
    time = np.full(len(values), MISSING)
    if values.dtype.kind in "iu":
        return Times(values.astype(np.int64) * unit, dated)
    known = values[present]
    whole = np.floor(known)
    rest = (known - whole) * unit
    # a float64 of seconds since the epoch holds microseconds and no more: equal steps are to stay equal
    if unit > 1000 and most * unit > 1e6 * SECOND:
        rest = np.round(rest / 1000) * 1000
    time[present] = whole.astype(np.int64) * unit + np.round(rest).astype(np.int64)
    return Times(time, dated)


def times_of_words(words: Any, format: str | None = None, zone: str | None = None) -> Times | None:
    """Dates and clock times in words; None where fewer than nine in ten are understood.

    Args:
        words: Arrow array of strings.
        format: as ``strptime`` has it, if the plan says so.
        zone: IANA name of the zone that times without an offset are in; UTC when left out.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    words = pc.utf8_trim_whitespace(words.cast(pa.string()))
    words = pc.if_else(pc.equal(words, ""), pa.scalar(None, pa.string()), words)
    filled = len(words) - words.null_count
    if not filled:
        return None
    first = next(word for word in words.to_pylist() if word is not None)
    named = bool(_OFFSET.search(first)) and ":" in first
    dates = None if format else _iso(words, named)
    told = None
    if dates is None:
        if clock := _clock(words, filled):
            return clock
        dates, told = _one_by_one(words, format)
    understood = int((dates != MISSING).sum())
    if understood < 0.9 * filled:
        return Times(dates, True, None, told) if format and understood else None
    if not named and zone is not None:
        dates = _from_zone(dates, zone)
    if understood < filled:
        told = f"{filled - understood} of its times are none"
    return Times(dates, True, _OFFSET.search(first)[0] if named else zone, told)  # type: ignore[index]


def _step_of(most: float) -> int:
    for least, step in ((1e17, 1), (1e14, 1_000), (1e11, 1_000_000)):
        if most > least:
            return step
    return SECOND


def _iso(words: Any, named: bool) -> NDArray[np.int64] | None:
    import pyarrow as pa

    try:
        dates = words.cast(pa.timestamp("ns", tz="UTC" if named else None))
    except pa.ArrowInvalid:
        return None
    return np.asarray(dates.cast(pa.int64()).fill_null(MISSING).to_numpy(zero_copy_only=False))


def _clock(words: Any, filled: int) -> Times | None:
    """Times of day or since a start, hh:mm:ss."""
    time = np.full(len(words), MISSING)
    for row, word in enumerate(words.to_pylist()):
        found = _CLOCK.match(word) if word is not None else None
        if found:
            hours, minutes, seconds = int(found[1]), int(found[2]), float(found[3] or 0)
            time[row] = (hours * 3600 + minutes * 60) * SECOND + round(seconds * SECOND)
        elif word is not None and row == 0:
            return None
    return Times(time, False) if (time != MISSING).sum() >= 0.9 * filled else None


def _one_by_one(words: Any, format: str | None) -> tuple[NDArray[np.int64], str | None]:
    listed = words.to_pylist()
    formats = (format,) if format else (*_FORMATS, *_slashed(listed))
    time = np.full(len(listed), MISSING)
    wanted = formats[0] if formats else ""
    for row, word in enumerate(listed):
        if word is None:
            continue
        parsed = _parse(word, wanted)
        if parsed is None and not format:
            for other in (None, *formats):
                parsed = _parse(word, other)
                if parsed is not None:
                    wanted = other or wanted
                    break
        if parsed is not None:
            time[row] = parsed
        elif row == 1000 and (time[:row] == MISSING).all():
            break
    return time, None


def _slashed(words: list[str | None]) -> tuple[str, ...]:
    """Whether 3/4/2021 means March or April: only what a day above 12 decides is read."""
    pairs = [(int(m[1]), int(m[2])) for word in words if word and (m := _SLASHED.match(word))]
    if not pairs:
        return ()
    day_first, month_first = any(a > 12 for a, _ in pairs), any(b > 12 for _, b in pairs)
    if day_first == month_first:
        return ()
    date = "%d/%m/%Y" if day_first else "%m/%d/%Y"
    return tuple(f"{date} {clock}" for clock in ("%H:%M:%S.%f", "%H:%M:%S", "%H:%M", "%I:%M:%S %p"))


def _parse(word: str, format: str | None) -> int | None:
    try:
        parsed = datetime.fromisoformat(word) if format is None else datetime.strptime(word, format)
    except (ValueError, OverflowError):
        return None
    parsed = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    since = parsed - datetime(1970, 1, 1, tzinfo=UTC)
    told = (since.days * 86_400 + since.seconds) * SECOND + since.microseconds * 1000
    return told if abs(told) < 9.2e18 else None


def _from_zone(time: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    import pyarrow as pa
    import pyarrow.compute as pc

    there = time != MISSING
    naive = pa.array(np.where(there, time, 0), pa.int64()).cast(pa.timestamp("ns"))
    placed = pc.assume_timezone(naive, zone, ambiguous="earliest", nonexistent="earliest")
    return np.where(there, np.asarray(placed.cast(pa.int64()).to_numpy(zero_copy_only=False)), MISSING)
