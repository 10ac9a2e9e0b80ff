"""Events: stretches around what a label or a log says, or around where a channel fulfils a condition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from ingather.formats.time_ranges import TimeRange
from ingather.sample import Item, Loss, Modality
from ingather.series import MISSING, SECOND, Stream
from ingather.sources.series_cutting import Recording, as_carrier, known_ranges, open_recording, piece
from ingather.sources.splitting import SplitterConfig

reads: Modality = "sensor"


class Config(SplitterConfig):
    """Which events, and how much around them."""

    channel: str | None = Field(
        None, description="the channel of a condition; 'STREAM/CHANNEL' for a further stream"
    )
    above: float | None = Field(None, description="an event is where the channel is above this")
    below: float | None = Field(None, description="an event is where the channel is below this")
    change: float | None = Field(
        None, gt=0, description="look at its change per second, taken over so many seconds, not at its value"
    )
    hold: float = Field(0.0, ge=0, description="seconds that the condition must hold")
    apart: float = Field(1.0, ge=0, description="seconds between two events; nearer ones are one")
    label: str | None = Field(None, description="label of what fulfils the condition")
    log: str | None = Field(None, description="a table of events beside the series, or in a folder above it")
    before: float = Field(5.0, ge=0, description="seconds kept before an event")
    after: float = Field(5.0, ge=0, description="seconds kept after it")

    @model_validator(mode="after")
    def _a_condition_is_whole(self) -> Config:
        if self.channel is not None and self.above is None and self.below is None:
            raise ValueError("a condition on a channel needs 'above' or 'below'")
        if self.channel is None and (self.above is not None or self.below is not None):
            raise ValueError("'above' and 'below' need the 'channel' that they are about")
        if self.before + self.after <= 0:
            raise ValueError("'before' and 'after' cannot both be 0")
        return self


def split(item: Item, config: Config) -> Iterator[Item | Loss]:
    """The series as carrier, then a piece around every event, labelled by it, in order of time.

    Without a condition, events are the labelled stretches of the series and of its log. A piece is named by
    the event's start in milliseconds, and cut at the ends of the series. A series without an event gives no
    piece, which is told.
    """
    recording = open_recording(item)
    if isinstance(recording, str):
        yield replace(item, fault=item.fault or recording)
        return
    if not recording.is_clocked:
        yield replace(item, fault="its values have no times: events cannot be found in it")
        return
    yield from as_carrier(recording, _pieces(recording, config))


def _pieces(recording: Recording, config: Config) -> Iterator[Item | Loss]:
    if config.channel is not None:
        found = _conditions(recording, config)
        events, losses = (found, []) if not isinstance(found, Loss) else ([], [found])
    else:
        events, _, losses = known_ranges(recording, config.log)
    yield from losses
    if not events and not losses:
        yield Loss(recording.item.key, "no event is found in it: no piece is cut", 0)
    names: set[str] = set()
    for event in events:
        name = str(round(event.start * 1000))
        while name in names:
            name += "'"
        names.add(name)
        start = round(max(0.0, event.start - config.before), 9)
        yield piece(recording, start, round(event.end + config.after, 9), name, event.label)


def _conditions(recording: Recording, config: Config) -> list[TimeRange] | Loss:
    assert config.channel is not None
    found = _channel(recording, config.channel)
    if found is None:
        return Loss(recording.item.key, f"it has no channel '{config.channel}'")
    time, values = found
    if len(time) < 2:
        return []
    if config.change is not None:
        values = _changes(time, values, config.change)
    met = np.ones(len(values), bool)
    with np.errstate(invalid="ignore"):
        if config.above is not None:
            met &= values > config.above
        if config.below is not None:
            met &= values < config.below
    label = config.label or _told(config)
    zero = recording.zero / SECOND
    return [
        TimeRange(max(0.0, start - zero), max(0.0, end - zero), label)
        for start, end in _stretches(time, met, config.apart)
        if end - start >= config.hold
    ]


def _channel(recording: Recording, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Seconds and values of a channel, in order of time."""
    stream, channel = recording.main, name
    for _, other in recording.others:
        if other.name and name.startswith(f"{other.name}/"):
            stream, channel = other, name[len(other.name) + 1 :]
    if channel not in stream.channels:
        return None
    return _ordered(stream, channel)


def _ordered(stream: Stream, channel: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    values = stream.channels[channel]
    rows = np.flatnonzero((stream.time != MISSING) & np.isfinite(values))
    rows = rows[np.argsort(stream.time[rows], kind="stable")]
    return stream.time[rows] / SECOND, values[rows]


def _changes(time: NDArray[np.float64], values: NDArray[np.float64], over: float) -> NDArray[np.float64]:
    """Change per second, from half of ``over`` before each moment to half of it after."""
    early = np.maximum(time - over / 2, time[0])
    late = np.minimum(time + over / 2, time[-1])
    rise = np.interp(late, time, values) - np.interp(early, time, values)
    changes: NDArray[np.float64] = np.divide(
        rise, late - early, out=np.zeros(len(time)), where=late - early >= over / 2
    )
    return changes


def _stretches(time: NDArray[np.float64], met: NDArray[np.bool_], apart: float) -> list[tuple[float, float]]:
    """Start and end, in seconds, of where a condition is met; short breaks are bridged."""
    at = np.flatnonzero(met)
    if not len(at):
        return []
    breaks = np.flatnonzero((np.diff(at) > 1) & (np.diff(time[at]) > apart))
    firsts = at[np.concatenate([[0], breaks + 1])]
    lasts = at[np.concatenate([breaks, [len(at) - 1]])]
    return [(float(time[a]), float(time[b])) for a, b in zip(firsts, lasts, strict=True)]


def _told(config: Config) -> str:
    bounds = [f"above {config.above:g}" if config.above is not None else "",
              f"below {config.below:g}" if config.below is not None else ""]  # fmt: skip
    what = f"change of {config.channel}" if config.change is not None else str(config.channel)
    return f"{what} {' and '.join(one for one in bounds if one)}"
