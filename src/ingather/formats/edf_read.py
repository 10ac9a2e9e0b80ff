"""Reads EDF, EDF+ and BDF files: a stream for each rate, annotations as labelled stretches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingather.formats.channel_names import distinct_names
from ingather.formats.edf_annotations import EdfMark, parse_marks
from ingather.formats.edf_header import (
    ANNOTATIONS,
    FIXED,
    MAGIC,
    BrokenEdf,
    EdfHeader,
    EdfSignal,
    parse_edf_header,
    person_of,
)
from ingather.formats.series_items import head_of, series_item, stamp_of, unreadable
from ingather.formats.time_ranges import TimeRange, as_label
from ingather.sample import Item, Loss
from ingather.series import MOST_VALUES, SECOND, Stream

SUFFIXES = (".edf", ".bdf", ".rec")
_ALIKE = 6
"""Letters that names of a recording and of its scoring share at least."""
_FURTHEST = 9e9
_FASTEST = 1e9


@dataclass(slots=True)
class _Edf:
    """A file that was read: its header, the data records that are there, and their annotations."""

    file: Path
    key: str
    header: EdfHeader
    frames: NDArray[np.uint8]
    onsets: NDArray[np.floating[Any]]
    marks: list[EdfMark]
    fault: str | None = None
    told: list[Loss] = field(default_factory=list)

    @property
    def plain(self) -> list[EdfSignal]:
        """Its signals without annotations."""
        return [one for one in self.header.signals if one.name not in ANNOTATIONS and one.samples]


def edf_files(path: Path) -> list[Path]:
    """The files at or below a path that are named as EDF or BDF, in order."""
    if path.is_file():
        return [path] if path.suffix.lower() in SUFFIXES else []
    if not path.is_dir():
        return []
    return sorted(one for one in path.rglob("*") if one.suffix.lower() in SUFFIXES and one.is_file())


def has_magic(file: Path) -> bool:
    """Whether a file begins as EDF or BDF does."""
    return head_of(file, 8) in MAGIC


def read_edf(path: Path, *, dates: bool) -> Iterator[Item | Loss]:
    """Every recording below a path; files of annotations alone go to the recording that they are of."""
    root = path if path.is_dir() else path.parent
    scorings: list[_Edf] = []
    recordings: list[Path] = []
    for file in edf_files(path):
        found = _open(file, file.relative_to(root).as_posix(), marks_only=True)
        if isinstance(found, Loss):
            yield found
        elif found.plain:
            recordings.append(file)
        else:
            scorings.append(found)
    used: set[str] = set()
    for file in recordings:
        one = _open(file, file.relative_to(root).as_posix())
        if isinstance(one, Loss):
            yield one
            continue
        for scoring in scorings:
            if _belongs(scoring, one, recordings):
                one.marks += scoring.marks
                one.told += scoring.told
                used.add(scoring.key)
        yield from _item(one, [s.file for s in scorings if _belongs(s, one, recordings)], dates)
    for scoring in scorings:
        if scoring.key not in used:
            count = max(1, len(scoring.marks))
            yield Loss(scoring.key, "it holds annotations only, and their recording is not beside it", count)


def _open(file: Path, key: str, *, marks_only: bool = False) -> _Edf | Loss:
    if fault := unreadable(file):
        return Loss(key, fault)
    try:
        with file.open("rb") as opened:
            content = opened.read(FIXED)
            count = content[252:256].strip()
            content += opened.read(FIXED * min(4096, int(count))) if count.isdigit() else b""
            header = parse_edf_header(content)
            if marks_only and any(one.name not in ANNOTATIONS and one.samples for one in header.signals):
                return _Edf(file, key, header, np.empty((0, 0), np.uint8), np.empty(0), [])
            opened.seek(header.size)
            body = opened.read()
    except BrokenEdf as broken:
        return Loss(key, f"it is no EDF: {broken}")
    except OSError as error:
        return Loss(key, f"it cannot be read: {error.strerror}")
    return _records(file, key, header, body)


def _records(file: Path, key: str, header: EdfHeader, body: bytes) -> _Edf | Loss:
    size = header.frame * header.width
    if not size:
        return Loss(key, "its data records are empty")
    there = len(body) // size
    wanted = header.records if header.records is not None else there
    used = min(there, wanted)
    frames = np.frombuffer(body, np.uint8)[: used * size].reshape(used, size)
    made = _Edf(file, key, header, frames, np.arange(used) * header.duration, [])
    if there < wanted:
        made.fault = f"it breaks off: {there:,} of {wanted:,} data records are there"
    elif len(body) > used * size:
        made.told.append(Loss(key, f"{len(body) - used * size:,} bytes stand behind its last data record", 0))
    odd = 0
    onsets = made.onsets.copy()
    for number, signal in enumerate(one for one in header.signals if one.name in ANNOTATIONS):
        first = signal.first * header.width
        for record in range(used):
            told = frames[record, first : first + signal.samples * header.width].tobytes()
            onset, marks, left = parse_marks(told)
            made.marks += marks
            odd += bool(left)
            if number == 0 and onset is not None and abs(onset) < _FURTHEST:
                onsets[record] = onset
    if header.plus and used:
        made.onsets = onsets if header.discontinuous else onsets[0] + made.onsets
    if odd:
        made.told.append(Loss(key, "data records whose annotations are not well formed", odd))
    return made


def _item(one: _Edf, scorings: list[Path], dates: bool) -> Iterator[Item | Loss]:
    header, signals = one.header, one.plain
    yield from one.told
    if header.duration <= 0:
        yield Loss(one.key, "its data records last 0 s: its signals have no rate")
        return
    if max(signal.samples for signal in signals) / header.duration > _FASTEST:
        yield Loss(one.key, f"its data records last {header.duration:g} s, too short for their values")
        return
    if len(one.onsets) and float(np.abs(one.onsets).max()) + header.duration > _FURTHEST:
        yield Loss(one.key, "its times lead out of any range")
        return
    if len(one.frames) * header.frame > MOST_VALUES:
        yield Loss(one.key, "it is longer than is read at once: cut it into several files")
        return
    if not len(one.frames):
        yield Loss(
            one.key, f"it has no data records ({one.fault})" if one.fault else "it has no data records"
        )
        return
    for signal in signals:
        if not signal.gain:
            yield Loss(f"{one.key}, {signal.name}", "its range is empty: its values are all the same", 0)
    dated = dates and header.start is not None and 1700 < header.start.year < 2260
    zero = int(header.start.timestamp()) * SECOND if dated and header.start else 0
    names = distinct_names([signal.name for signal in signals])
    item = series_item(one.key, _streams(one, names, zero), dated=dated)
    item.stamp = stamp_of(one.file, *scorings)
    item.uri, item.fault = one.file.absolute().as_uri(), one.fault
    data: dict[str, Any] = dict(item.data or {})
    facts = {
        name: {"transducer": signal.transducer, "filter": signal.filter}
        for name, signal in zip(names, signals, strict=True)
    }
    for channel in data["channels"]:
        channel |= {name: told for name, told in facts[channel["name"]].items() if told}
    if header.start is not None and not dated:
        data["clock_time"] = float(header.start.hour * 3600 + header.start.minute * 60 + header.start.second)
    item.data = data
    item.contributor, sex, age = person_of(header)
    item.attributes |= {name: told for name, told in (("sex", sex), ("age", age)) if told is not None}
    if header.plus or scorings:
        yield from _label(item, one)
    yield item


def _streams(one: _Edf, names: list[str], zero: int) -> list[Stream]:
    """Signals of the same number of samples a data record share a clock; the first's is the main one."""
    by_samples: dict[int, list[int]] = {}
    for place, signal in enumerate(one.plain):
        by_samples.setdefault(signal.samples, []).append(place)
    streams: list[Stream] = []
    for samples, places in by_samples.items():
        rate = samples / one.header.duration
        within = np.arange(samples) * (SECOND / rate)
        time = np.round(one.onsets[:, None] * SECOND + within).astype(np.int64).ravel() + zero
        signals = {names[place]: one.plain[place] for place in places}
        streams.append(
            Stream(
                time,
                {name: _values(one, signal) for name, signal in signals.items()},
                {name: signal.unit for name, signal in signals.items() if signal.unit},
                rate,
                "" if not streams else f"{rate:g}-hz",
            )
        )
    return streams


def _values(one: _Edf, signal: EdfSignal) -> NDArray[np.float64]:
    width = one.header.width
    first = signal.first * width
    octets = np.ascontiguousarray(one.frames[:, first : first + signal.samples * width])
    if width == 2:
        steps = octets.view("<i2").ravel().astype(np.float64)
    else:
        three = octets.reshape(-1, 3).astype(np.int32)
        whole = three[:, 0] | three[:, 1] << 8 | three[:, 2] << 16
        steps = np.where(whole >= 1 << 23, whole - (1 << 24), whole).astype(np.float64)
    return steps * signal.gain + signal.offset


def _label(item: Item, one: _Edf) -> Iterator[Loss]:
    """The annotations on the clock of the main stream; those outside of the recording are losses."""
    first = float(one.onsets.min())
    last = float(one.onsets.max()) + one.header.duration
    ranges: list[TimeRange] = []
    outside = 0
    for mark in sorted(one.marks, key=lambda mark: mark.onset):
        if mark.onset > last or mark.onset + mark.length < first:
            outside += 1
            continue
        start, end = max(mark.onset, first) - first, min(mark.onset + mark.length, last) - first
        ranges.append(TimeRange(round(start, 9), round(max(start, end), 9), mark.text))
    if outside:
        yield Loss(one.key, "annotations lie outside of the recording", outside)
    item.label = as_label(ranges)


def _belongs(scoring: _Edf, one: _Edf, recordings: list[Path]) -> bool:
    """Whether a file of annotations is of a recording: beside it, of the same start, named most like it."""
    if scoring.file.parent != one.file.parent or scoring.header.start != one.header.start:
        return False
    beside = [file for file in recordings if file.parent == scoring.file.parent]
    nearest = max(_shared(file.name, scoring.file.name) for file in beside)
    shared = _shared(one.file.name, scoring.file.name)
    return shared == nearest and shared >= min(_ALIKE, len(one.file.stem))


def _shared(left: str, right: str) -> int:
    return next(
        (n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right))
    )
