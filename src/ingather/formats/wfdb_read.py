"""Reads WFDB records: one or many segments, signals of several rates, annotations as labelled moments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingather.formats.channel_names import distinct_names
from ingather.formats.picture_files import safe_relative
from ingather.formats.series_items import series_item, stamp_of
from ingather.formats.wfdb_annotations import decode_annotations
from ingather.formats.wfdb_comments import describe_by
from ingather.formats.wfdb_header import BrokenHeader, Header, Signal, parse_header
from ingather.formats.wfdb_labels import label_of
from ingather.formats.wfdb_segments import Joined, join_segments
from ingather.formats.wfdb_signals import load_signals
from ingather.sample import Item, Json, Loss
from ingather.series import MOST_VALUES, SECOND, Stream

SUFFIX = ".hea"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_UNIT = "NU"
_FURTHEST = 4e9
"""Seconds of the longest record, so that with its date it stays within 64 bits of nanoseconds."""
_ANNOTATOR = re.compile(r"\.[A-Za-z]{2,8}")
_NO_ANNOTATORS = (
    ".hea",
    ".dat",
    ".mat",
    ".edf",
    ".csv",
    ".txt",
    ".xws",
    ".md",
    ".json",
    ".png",
    ".pdf",
    ".html",
)
_MOST_LISTED = 1 << 24


@dataclass(frozen=True, slots=True)
class _Found:
    file: Path
    key: str
    header: Header | str


def header_files(path: Path) -> list[Path]:
    """The headers at or below a path, in order."""
    if path.is_file():
        return [path] if path.suffix.lower() == SUFFIX else []
    if not path.is_dir():
        return []
    return sorted(file for file in path.rglob(f"*{SUFFIX}") if file.is_file())


def read_records(path: Path, annotators: tuple[str, ...]) -> Iterator[Item | Loss]:
    """Every record below a path as one item; segments of a longer record are no records of their own."""
    root = path if path.is_dir() else path.parent
    records = [_load(file, root) for file in header_files(path)]
    segments = {one for record in records for one in _segments_of(record)}
    beside = _beside(root, {record.key for record in records})
    for record in records:
        if isinstance(record.header, str):
            yield Loss(record.key + SUFFIX, record.header)
        elif record.key not in segments:
            yield from _read(record, record.header, annotators)
            others = sorted(beside.get(record.key, set()) - {f".{one}" for one in annotators})
            if others:
                told = f"files {', '.join(others)} beside it are read if 'annotators' names them"
                yield Loss(record.key, told, 0)
    if path.is_dir():
        yield from _listed(path, {record.key for record in records})


def _load(file: Path, root: Path) -> _Found:
    key = file.relative_to(root).with_suffix("").as_posix()
    try:
        return _Found(file, key, parse_header(file.read_bytes()))
    except OSError as error:
        return _Found(file, key, f"it cannot be read: {error.strerror}")
    except BrokenHeader as broken:
        return _Found(file, key, f"it is no header of a record: {broken}")


def _beside(root: Path, keys: set[str]) -> dict[str, set[str]]:
    """Endings of what else bears a record's name and may hold annotations, by the record."""
    found: dict[str, set[str]] = {}
    for file in root.rglob("*.*"):
        key = file.relative_to(root).with_suffix("").as_posix()
        if key in keys and _ANNOTATOR.fullmatch(file.suffix) and file.suffix.lower() not in _NO_ANNOTATORS:
            found.setdefault(key, set()).add(file.suffix)
    return found


def _segments_of(record: _Found) -> set[str]:
    if isinstance(record.header, str):
        return set()
    folder = PurePosixPath(record.key).parent
    return {(folder / name).as_posix() for name, _ in record.header.segments if name != "~"}


def _read(record: _Found, header: Header, annotators: tuple[str, ...]) -> Iterator[Item | Loss]:
    key, folder = record.key, record.file.parent
    if header.segments:
        joined = join_segments(header, folder, key)
    else:
        loaded = load_signals(header, folder, key)
        signals = tuple(header.signals[place] for place in loaded.values)
        values = tuple(loaded.values.values())
        joined = Joined(signals, values, loaded.losses, loaded.files, loaded.fault)
    yield from joined.losses
    if not joined.signals or sum(map(len, joined.values)) > MOST_VALUES:
        why = "none of its signals can be read" if header.signals or header.segments else "it has no signals"
        yield Loss(key, "it is longer than is read at once" if joined.signals else why)
        return
    if max(map(len, joined.values)) / header.rate > _FURTHEST:
        yield Loss(key, f"at {header.rate:g} values a second it is longer than any clock counts")
        return
    item = series_item(key, _streams(header, joined), dated=header.start is not None)
    item.stamp, item.uri = stamp_of(record.file, *joined.files), record.file.absolute().as_uri()
    item.fault = joined.fault
    data: dict[str, Any] = dict(item.data or {})
    data["channels"] = [one | _storage(joined.signals, one["name"]) for one in data["channels"]]
    if header.clock is not None:
        data["clock_time"] = header.clock
    item.data = data
    describe_by(item, header.comments)
    yield from _annotate(item, record.file, header, joined, annotators)
    yield item


def _streams(header: Header, joined: Joined) -> list[Stream]:
    """Signals of the same number of samples a frame share a clock; the first signal's is the main one."""
    zero = 0
    if header.start is not None:
        since = header.start - _EPOCH
        zero = (since.days * 86_400 + since.seconds) * SECOND + since.microseconds * 1000
    names = distinct_names([signal.name for signal in joined.signals])
    by_rate: dict[int, list[int]] = {}
    for place, signal in enumerate(joined.signals):
        by_rate.setdefault(signal.per_frame, []).append(place)
    streams: list[Stream] = []
    for per_frame, places in by_rate.items():
        rate = header.rate * per_frame
        rows = max(len(joined.values[place]) for place in places)
        units = {names[place]: joined.signals[place].unit for place in places}
        streams.append(
            Stream(
                np.round(np.arange(rows) * (SECOND / rate)).astype(np.int64) + zero,
                {names[place]: _padded(joined.values[place], rows) for place in places},
                {name: unit for name, unit in units.items() if unit != _NO_UNIT},
                rate,
                "" if not streams else f"{rate:g}-hz",
            )
        )
    return streams


def _storage(signals: tuple[Signal, ...], name: str) -> dict[str, Json]:
    """How a channel was stored, so that it is written again as it was."""
    names = distinct_names([signal.name for signal in signals])
    signal = signals[names.index(name)]
    return {
        "gain": signal.gain,
        "baseline": signal.baseline,
        "format": signal.format,
        "bits": signal.bits or None,
    }


def _padded(values: NDArray[np.float64], rows: int) -> NDArray[np.float64]:
    return values if len(values) == rows else np.concatenate([values, np.full(rows - len(values), np.nan)])


def _annotate(
    item: Item, file: Path, header: Header, joined: Joined, annotators: tuple[str, ...]
) -> Iterator[Loss]:
    results: list[Json] | None = None
    names = distinct_names([signal.name for signal in joined.signals])
    seconds = max(len(v) / s.per_frame for v, s in zip(joined.values, joined.signals, strict=True))
    for annotator in annotators:
        plain = safe_relative(f"{file.stem}.{annotator}")
        beside = file.parent / plain if plain else None
        if beside is None or not beside.is_file():
            continue
        try:
            found = decode_annotations(beside.read_bytes())
        except OSError as error:
            yield Loss(beside.name, f"it cannot be read: {error.strerror}")
            continue
        if found.told:
            yield Loss(f"{item.key}.{annotator}", found.told, 0)
        made, outside = label_of(found, header.rate, seconds / header.rate, names)
        if outside:
            yield Loss(f"{item.key}.{annotator}", "annotations lie behind the record's end", outside)
        item.stamp += "-" + stamp_of(beside)
        results = (results or []) + made
    if results is not None:
        item.label = results


def _listed(path: Path, keys: set[str]) -> Iterator[Loss]:
    """Records that a RECORDS file names and that are not there."""
    for file in sorted(path.rglob("RECORDS")):
        if not file.is_file() or file.stat().st_size > _MOST_LISTED:
            continue
        folder = PurePosixPath(file.parent.relative_to(path).as_posix())
        listed = {
            (folder / line.strip()).as_posix()
            for line in file.read_text("utf-8", "replace").splitlines()
            if line.strip() and not line.strip().endswith("/")
        }
        gone = sorted(listed - keys)
        if gone:
            where = file.relative_to(path).as_posix()
            yield Loss(where, f"records that it lists are not there: {', '.join(gone)[:200]}", len(gone))
