"""Reads logs of NMEA 0183: positions by moment as the main stream, others as streams of their own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import numpy as np

from ingather.formats.nmea_sentences import PLAIN, TIMED, Sentence, parse_sentence, units_of
from ingather.formats.series_items import head_of, series_item, stamp_of, unreadable
from ingather.sample import Item, Json, Loss
from ingather.series import MISSING, SECOND, Stream

SUFFIXES = (".nmea", ".nma", ".gps", ".log", ".txt", ".nmea0183")
_TAG = re.compile(rb"\\(?:[^\\]*,)?c:(\d{9,13})\b[^\\]*\\")
_LONGEST = 4096
_LOOKED_AT = 60
_MOST_FILES = 20
_DAY = 86_400
_EPOCH = date(1970, 1, 1)


@dataclass(slots=True)
class _Rows:
    """A stream as it grows: a row for each moment."""

    times: list[int | None] = field(default_factory=list)
    rows: list[dict[str, float]] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)

    def stream(self, name: str, zero: int) -> Stream:
        """The rows as a stream; a column for every channel that was met."""
        names = dict.fromkeys(key for row in self.rows for key in row)
        time = [MISSING if at is None else at + zero for at in self.times]
        channels = {key: np.array([row.get(key, np.nan) for row in self.rows], np.float64) for key in names}
        units = {key: unit for key, unit in self.units.items() if key in names}
        return Stream(np.array(time, np.int64), channels, units, None, name)


@dataclass(slots=True)
class _Log:
    """What was gathered of one file."""

    fixes: _Rows = field(default_factory=_Rows)
    others: dict[str, _Rows] = field(default_factory=dict)
    odd: Counter[str] = field(default_factory=Counter)
    first_odd: dict[str, int] = field(default_factory=dict)
    left: Counter[str] = field(default_factory=Counter)
    days: int = 0
    clock: float | None = None
    day: date | None = None
    day_at: int = 0
    seen: set[str] = field(default_factory=set)


def nmea_files(path: Path) -> list[Path]:
    """The logs at or below a path, in order; what is named as one and is none stays among them."""
    if path.is_file():
        return [path] if path.suffix.lower() in SUFFIXES and holds_sentences(path) else []
    if not path.is_dir():
        return []
    named = sorted(one for one in path.rglob("*") if one.suffix.lower() in SUFFIXES and one.is_file())
    surely = [one for one in named if one.suffix.lower().startswith((".nm", ".gps"))]
    if not surely and not any(map(holds_sentences, islice(named, _MOST_FILES))):
        return []
    return [one for one in named if one.suffix.lower() != ".txt" or holds_sentences(one)]


def holds_sentences(file: Path) -> bool:
    """Whether most of the first lines of a file hold sentences with a right check sum, or none."""
    lines = [line for line in head_of(file, 1 << 14).splitlines()[:_LOOKED_AT] if line.strip()]
    found = [_split(line)[1] for line in lines]
    good = sum(bool(text) and isinstance(parse_sentence(text), Sentence) for text in found)
    return len(lines) > 0 and good > 0.5 * len(lines)


def read_nmea(path: Path) -> Iterator[Item | Loss]:
    """Every log below a path as one item."""
    root = path if path.is_dir() else path.parent
    for file in nmea_files(path):
        key = file.relative_to(root).as_posix()
        if fault := unreadable(file):
            yield Loss(key, fault)
            continue
        yield from _file(file, key)


def _file(file: Path, key: str) -> Iterator[Item | Loss]:
    log = _Log()
    with file.open("rb") as opened:
        number = 0
        while line := opened.readline(_LONGEST):
            number += 1
            if line.strip():
                _take(log, line.strip(), number)
    for reason, count in log.odd.items():
        yield Loss(f"{key}, line {log.first_odd[reason]}", f"{reason} (the first of its kind)", count)
    if log.left:
        told = ", ".join(f"{kind} {count}" for kind, count in log.left.most_common(12))
        yield Loss(key, f"sentences that are left out, by type: {told}", 0)
    dated = log.day is not None
    zero = ((log.day - _EPOCH).days - log.day_at) * _DAY * SECOND if log.day else 0
    streams = [log.fixes.stream("", zero)] if log.fixes.rows else []
    streams += [rows.stream(kind.lower(), zero) for kind, rows in log.others.items()]
    streams = [one for one in streams if one.channels]
    if not streams:
        yield Loss(key, "it has no sentences that measure anything")
        return
    facts: dict[str, Json] = {} if any(len(one.stamps) for one in streams) else {"clock": "order"}
    item = series_item(key, streams, dated=dated, zone="UTC" if dated else None, facts=facts)
    item.stamp, item.uri = stamp_of(file), file.absolute().as_uri()
    yield item


def _take(log: _Log, line: bytes, number: int) -> None:
    received, text = _split(line)
    found = parse_sentence(text) if text else "it is no sentence"
    if isinstance(found, str):
        log.odd[found] += 1
        log.first_odd.setdefault(found, number)
    elif found.kind in TIMED:
        _fix(log, found)
    elif found.kind in PLAIN:
        rows = log.others.setdefault(found.kind, _Rows(units=units_of(found.kind)))
        now = log.fixes.times[-1] if log.fixes.times else None
        rows.times.append(now if received is None or log.day is None else _since(log, received))
        rows.rows.append(found.values)
    else:
        log.left[found.kind] += 1


def _fix(log: _Log, found: Sentence) -> None:
    """Adds to the moment that the sentence is of, or begins the next one."""
    if found.clock is not None and log.clock is not None and found.clock < log.clock - _DAY / 2:
        log.days += 1
    if found.day is not None and log.day is None:
        log.day, log.day_at = found.day, log.days
    elif found.day is not None and log.day is not None:
        log.days = max(log.days, (found.day - log.day + timedelta(days=log.day_at)).days)
    log.fixes.units |= units_of(found.kind)
    at = None if found.clock is None else round((log.days * _DAY + found.clock) * SECOND)
    same = bool(log.fixes.times) and at == log.fixes.times[-1] and found.kind not in log.seen
    if same:
        row = log.fixes.rows[-1]
        row |= {name: value for name, value in found.values.items() if name not in row}
        log.seen.add(found.kind)
    else:
        log.fixes.times.append(at)
        log.fixes.rows.append(dict(found.values))
        log.seen = {found.kind}
    log.clock = found.clock if found.clock is not None else log.clock


def _since(log: _Log, received: int) -> int:
    """Nanoseconds of a moment of reception, counted as those of the fixes are."""
    assert log.day is not None
    return received - ((log.day - _EPOCH).days - log.day_at) * _DAY * SECOND


def _split(line: bytes) -> tuple[int | None, bytes]:
    """The moment of reception that a tag block tells, and the sentence behind whatever stands before it."""
    received = None
    if line.startswith(b"\\") and (found := _TAG.match(line)):
        told = int(found[1])  # seconds, or milliseconds
        received = (
            told * SECOND if told < 9 * 10**9 else told * (SECOND // 1000) if told < 9 * 10**12 else None
        )
        line = line[found.end() :]
    places = [place for place in (line.find(b"$"), line.find(b"!")) if place >= 0]
    return received, line[min(places) :] if places else b""
