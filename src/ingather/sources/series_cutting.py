"""Pieces of series: stretches of time or of rows, with all streams of the recording, labels and clocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlparse

import numpy as np

from ingather.formats.event_log import read_event_log
from ingather.formats.time_ranges import TimeRange, read_ranges
from ingather.sample import Item, Json, Loss, Part
from ingather.series import MEDIA_TYPE, MISSING, SECOND, BrokenStream, Stream, decode, encode
from ingather.sources.splitting import child


@dataclass(frozen=True)
class Recording:
    """A series that is to be cut.

    Attributes:
        item: the item.
        main: its main stream.
        others: its further streams with their parts.
        zero: the first stamp, in nanoseconds; 0 where there is none.
    """

    item: Item
    main: Stream
    others: tuple[tuple[Part, Stream], ...]
    zero: int

    @property
    def is_clocked(self) -> bool:
        """Whether it has times at all."""
        return (self.item.data or {}).get("clock") != "order" and len(self.main.stamps) > 0

    @property
    def is_dated(self) -> bool:
        """Whether its times count from the epoch."""
        return (self.item.data or {}).get("start") is not None


def open_recording(item: Item) -> Recording | str:
    """The item's streams, or in words why it cannot be cut."""
    content = item.content.read_bytes() if isinstance(item.content, Path) else item.content
    try:
        main = decode(content or b"")
        others = tuple(
            (part, decode(part.content))
            for part in item.parts
            if part.media_type == MEDIA_TYPE and isinstance(part.content, bytes)
        )
    except BrokenStream as broken:
        return str(broken)
    return Recording(item, main, others, int(main.stamps.min()) if len(main.stamps) else 0)


def piece(recording: Recording, start: float, end: float, name: str, label: Json) -> Item | Loss:
    """What lies from ``start`` up to ``end``, in seconds from the first stamp, as a child of the recording.

    Further streams are cut at the same times. Times stay as they were.
    """
    first, last = recording.zero + round(start * SECOND), recording.zero + round(end * SECOND)
    main = _between(recording.main, first, last)
    if not len(main):
        return Loss(f"{recording.item.key}#{name}", f"nothing was measured from {start:g} to {end:g} s")
    parts = []
    for part, stream in recording.others:
        cut = _between(stream, first, last)
        stamps = cut.stamps
        span = (int(stamps.min()), int(stamps.max())) if len(stamps) else (first, first)
        ends = [(one - first) / SECOND for one in span]
        parts.append(replace(part, content=encode(cut), start=ends[0], end=ends[1]))
    return _child(recording, main, name, {"start": start, "end": end}, label, tuple(parts))


def piece_of_rows(recording: Recording, start: int, end: int, label: Json) -> Item:
    """Rows from ``start`` up to ``end`` of a recording without times, as its child."""
    main = recording.main.rows(slice(start, end))
    return _child(recording, main, str(start), {"rows": [start, end]}, label, ())


def known_ranges(recording: Recording, log: str | None) -> tuple[list[TimeRange], bool, list[Loss]]:
    """Labelled stretches of a recording: from its label, its ``data.events`` and a log beside its file.

    Returns:
        the stretches in order, whether anything speaks of them at all (an empty label does), and losses.
    """
    item = recording.item
    found: list[TimeRange] = []
    told = False
    losses: list[Loss] = []
    for source in (item.label, (item.data or {}).get("events")):
        try:
            if isinstance(source, list):
                found += read_ranges(source)
                told = True
        except ValueError:
            continue
    if log is not None:
        file = _beside(item, log)
        if file is None:
            losses.append(Loss(item.key, f"there is no event log '{log}' beside it"))
        else:
            names = (item.key, item.key.rpartition("/")[2].partition(".")[0], item.session or item.key)
            events, more = read_event_log(file, recording.zero, names, recording.is_dated)
            found, told = found + events, True
            losses += more
    return sorted(found, key=lambda one: (one.start, one.end)), told, losses


def as_carrier(recording: Recording, pieces: Iterator[Item | Loss]) -> Iterator[Item | Loss]:
    """The recording as carrier, then its pieces."""
    yield replace(recording.item, carrier=True)
    yield from pieces


def _child(
    recording: Recording,
    main: Stream,
    name: str,
    segment: dict[str, Json],
    label: Json,
    parts: Sequence[Part],
) -> Item:
    parent = recording.item
    data = {key: value for key, value in (parent.data or {}).items() if key not in ("events", "streams")}
    at = parent.at
    start = segment.get("start")
    if at is not None and isinstance(start, float):
        at = at + timedelta(seconds=start)
    if data.get("start") is not None and at is not None:
        data["start"] = at.isoformat()
    return child(
        parent,
        name,
        segment,
        content=encode(main),
        media_type=MEDIA_TYPE,
        data=data,
        label=label,
        parts=tuple(parts),
        at=at,
    )


def _between(stream: Stream, first: int, last: int) -> Stream:
    inside = (stream.time >= first) & (stream.time < last) & (stream.time != MISSING)
    if not inside.any():
        return stream.rows(slice(0, 0))
    rows = np.flatnonzero(inside)
    # in order, as nearly always: a slice, which copies nothing
    return stream.rows(slice(rows[0], rows[-1] + 1) if rows[-1] - rows[0] + 1 == len(rows) else rows)


def _beside(item: Item, log: str) -> Path | None:
    address = urlparse(item.uri)
    bases = [Path(unquote(address.path))] if address.scheme == "file" else []
    for base in bases:
        for folder in (base, *base.parents[:3]):
            if (folder / log).is_file():
                return folder / log
    return Path(log) if Path(log).is_absolute() and Path(log).is_file() else None
