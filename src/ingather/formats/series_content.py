"""The streams of an item that is to be written, and how they lie on a clock of even steps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingather.sample import Item
from ingather.series import MEDIA_TYPE, MISSING, SECOND, BrokenStream, Stream, decode

_SWAY = 0.01
"""Share of a step by which a stamp may lie beside an even clock."""
_MOST_FILLED = 64
"""Rows that a recording may grow by where its gaps are filled, times."""


@dataclass(frozen=True, slots=True)
class Even:
    """A stream on a clock of even steps.

    Attributes:
        stream: with its rows in their places; gaps are rows of NaN.
        rate: rows a second.
        moved: stamps that lay beside the clock and were put on it.
        filled: rows that stand in gaps.
    """

    stream: Stream
    rate: float
    moved: int
    filled: int


def streams_of(item: Item) -> list[Stream]:
    """The main stream of an item and its further ones, named as their parts are.

    Raises:
        BrokenStream: it has none, or one cannot be decoded.
    """
    if item.modality != "sensor" or item.content is None:
        raise BrokenStream("it is no recording of sensors")
    streams = [decode(_bytes(item.content))]
    for part in item.parts:
        if part.media_type == MEDIA_TYPE and part.content is not None:
            stream = decode(_bytes(part.content))
            streams.append(stream if stream.name else replace(stream, name=part.role.removeprefix("stream-")))
    return streams


def evenly(stream: Stream) -> Even | str:
    """The stream on an even clock, or in words why it has none."""
    time, count = stream.time, len(stream)
    if not count:
        return "it has no values"
    if (time == MISSING).any():
        if stream.rate is None or not (time == MISSING).all():
            return "stamps are missing"
        clock = np.round(np.arange(count) * (SECOND / stream.rate)).astype(np.int64)
        return Even(replace(stream, time=clock), stream.rate, 0, 0)
    since = (time - time[0]).astype(np.float64)
    rate = stream.rate or _rate(since, stream.period)
    step = SECOND / rate
    places = np.rint(since / step)
    beside = np.abs(since - places * step)
    if count > 1 and np.diff(places).min() < 1:
        return "its stamps are doubled or out of order"
    if beside.max() > max(_SWAY * step, 1000):
        return f"its stamps are not evenly spaced (up to {beside.max() / SECOND:.3g} s beside the clock)"
    rows = int(places[-1]) + 1
    if rows > _MOST_FILLED * count + 1024:
        return "it is nearly all gap"
    moved = int((beside > 1).sum())
    clock = np.round(np.arange(rows) * step).astype(np.int64) + time[0]
    if rows == count:
        return Even(replace(stream, time=clock), rate, moved, 0)
    at = places.astype(np.int64)
    channels = {name: _spread(values, at, rows) for name, values in stream.channels.items()}
    return Even(replace(stream, time=clock, channels=channels), rate, moved, rows - count)


def _rate(since: NDArray[np.float64], period: float) -> float:
    """Rows a second of a stream that does not say it: a plain number where that fits, else the average.

    Args:
        since: (n,) nanoseconds since the first stamp.
        period: nanoseconds of the usual step, NaN where there is none.
    """
    if not period > 0:
        return 1.0
    places = np.rint(since / period)
    mean = (
        float(places[-1]) * SECOND / float(since[-1]) if since[-1] > 0 and places[-1] > 0 else SECOND / period
    )
    for rate in (round(mean), round(mean, 3), SECOND / period, mean):
        if rate > 0 and np.abs(since - np.rint(since * (rate / SECOND)) * (SECOND / rate)).max() <= 1:
            return float(rate)
    return mean


def _spread(values: NDArray[np.float64], at: NDArray[np.int64], rows: int) -> NDArray[np.float64]:
    spread = np.full(rows, np.nan)
    spread[at] = values
    return spread


def _bytes(content: bytes | Path) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()
