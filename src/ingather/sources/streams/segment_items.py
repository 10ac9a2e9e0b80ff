"""A segment as a sample: a recording with a stream for each clock, or the record of one message."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from statistics import median

import numpy as np

from ingather.formats.series_items import series_item
from ingather.sample import Item, Json
from ingather.series import SECOND, Stream
from ingather.sources.segments import Segment
from ingather.sources.streams.payloads import Reading, Shape, fields_of

MOST_CHANNELS = 1_000
"""Channels of one stream; a recording whose messages name more is unfit."""


def segment_item(segment: Segment, shape: Shape, units: Mapping[str, str], chance: float) -> Item:
    """One segment as an item; a segment of a stream of records has one message.

    Stamps stay as they came, doubled, late and lost ones too. ``data`` counts what was late (older than one
    before it in its stream), and by the senders' own numbers what is missing or repeated; ``clock_offset`` is
    the median of arrival less own time, in seconds.
    """
    item = _recording(segment, units) if shape.numeric else _record(segment, shape)
    first, last = segment.readings[0].message, segment.readings[-1].message
    item.session = segment.session
    item.evidence = {
        "chance": chance,
        "messages": len(segment.readings),
        "received": [_iso(first.at), _iso(last.at)],
    }
    return item


def _record(segment: Segment, shape: Shape) -> Item:
    reading = segment.readings[0]
    data = {"time": _iso(reading.time), **reading.words, **fields_of(reading.message.payload, shape.form)}
    told = hashlib.sha256(reading.message.payload).hexdigest()
    return Item(segment.key, "record", data=data, at=_at(reading.time), stamp=told)  # type: ignore[arg-type]


def _recording(segment: Segment, units: Mapping[str, str]) -> Item:
    by_stream: dict[str, list[Reading]] = {}
    for reading in segment.readings:
        by_stream.setdefault(reading.stream, []).append(reading)
    own = [reading.message.at - reading.time for reading in segment.readings]
    facts: dict[str, Json] = {
        "clock_offset": round(median(own) / SECOND, 6),
        "late": sum(_late(one) for one in by_stream.values()),
    }
    counted = [_counted(one) for one in by_stream.values()]
    if any(one is not None for one in counted):
        facts["missing"] = sum(one[0] for one in counted if one)
        facts["repeated"] = sum(one[1] for one in counted if one)
    names = {name: _channels(by_stream[name]) for name in sorted(by_stream)}
    streams = [_stream(name, by_stream[name], known, units) for name, (known, _) in names.items()]
    item = series_item(segment.key, streams, dated=True, zone="UTC", facts=facts)
    if left := sum(more for _, more in names.values()):
        item.fault = (
            f"its messages name {left} channels more than the {MOST_CHANNELS:,} that a stream may have; "
            "name those that are wanted in channels"
        )
    whole = [item.content, *(part.content for part in item.parts)]
    item.stamp = hashlib.sha256(b"".join(one for one in whole if isinstance(one, bytes))).hexdigest()
    return item


def _stream(name: str, readings: list[Reading], names: list[str], units: Mapping[str, str]) -> Stream:
    nan = float("nan")
    columns = {one: "time-value" if one == "time" else one for one in names}  # the clock's column is "time"
    return Stream(
        np.array([reading.time for reading in readings], np.int64),
        {to: np.array([reading.values.get(one, nan) for reading in readings]) for one, to in columns.items()},
        {to: units[one] for one, to in columns.items() if one in units},
        name=name,
    )


def _channels(readings: list[Reading]) -> tuple[list[str], int]:
    """Names of channels in their order, the most frequent where there are too many; and how many are left."""
    met = Counter(channel for reading in readings for channel in reading.values)
    return sorted(name for name, _ in met.most_common(MOST_CHANNELS)), max(0, len(met) - MOST_CHANNELS)


def _late(readings: list[Reading]) -> int:
    newest = readings[0].time
    late = 0
    for reading in readings:
        late += reading.time < newest
        newest = max(newest, reading.time)
    return late


def _counted(readings: list[Reading]) -> tuple[int, int] | None:
    numbers = [reading.sequence for reading in readings if reading.sequence is not None]
    if not numbers:
        return None
    once = set(numbers)
    return max(once) - min(once) + 1 - len(once), len(numbers) - len(once)


def _at(time: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(time // 1_000 / 1_000_000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _iso(time: int) -> str | None:
    at = _at(time)
    return at.isoformat() if at else None
