"""Windows: a series cut into stretches of the same length, labelled by what its events or stretches say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pydantic import Field, model_validator

from ingather.formats.time_ranges import TimeRange
from ingather.sample import Item, Json, Loss, Modality
from ingather.sources.series_cutting import (
    Recording,
    as_carrier,
    known_ranges,
    open_recording,
    piece,
    piece_of_rows,
)
from ingather.sources.splitting import SplitterConfig

reads: Modality = "sensor"
_MOST = 1_000_000
_USUAL = 10.0


class Config(SplitterConfig):
    """How long windows are, and what labels them."""

    seconds: float | None = Field(None, gt=0, description="length of a window in seconds; 10 if left out")
    step: float | None = Field(
        None, gt=0, description="seconds from window to window; their length if absent"
    )
    rows: int | None = Field(None, ge=2, description="length in rows, for series without times")
    step_rows: int | None = Field(
        None, ge=1, description="rows from window to window; their length if absent"
    )
    log: str | None = Field(None, description="a table of events beside the series, or in a folder above it")
    inside: float = Field(
        0.5, gt=0, le=1, description="share of a window, or of a labelled stretch, that must lie in the other"
    )
    ahead: float | None = Field(
        None, gt=0, description="label a window by the event that begins within so many seconds after it"
    )
    other: str | None = Field(
        "normal", description="label of windows without event, where the series says what it has"
    )

    @model_validator(mode="after")
    def _one_length(self) -> Config:
        if self.seconds is not None and self.rows is not None:
            raise ValueError("say either 'seconds' or 'rows'")
        return self


def split(item: Item, config: Config) -> Iterator[Item | Loss]:
    """The series as carrier, then its windows in order; what is left at the end is too short and left out.

    A window is named by its start in milliseconds, or its first row. Where the series has one label, windows
    inherit it; where it has labelled stretches or a log of events, a window is labelled by the stretch that
    overlaps it most, or with ``ahead`` of the event that is about to come. Windows in which nothing was
    measured are losses.
    """
    recording = open_recording(item)
    if isinstance(recording, str):
        yield replace(item, fault=item.fault or recording)
        return
    if config.rows is not None:
        yield from as_carrier(recording, _by_rows(recording, config.rows, config.step_rows or config.rows))
        return
    if not recording.is_clocked:
        told = "its values have no times: say 'rows:' in place of 'seconds:', or the rate of the source"
        yield replace(item, fault=told)
        return
    yield from as_carrier(recording, _by_time(recording, config))


def _by_rows(recording: Recording, length: int, step: int) -> Iterator[Item | Loss]:
    count = len(recording.main)
    if count < length:
        yield Loss(recording.item.key, f"it has {count} rows, a window needs {length}: no window is cut")
    for start in range(0, count - length + 1, step):
        yield piece_of_rows(recording, start, start + length, recording.item.label)


def _by_time(recording: Recording, config: Config) -> Iterator[Item | Loss]:
    length = config.seconds or _USUAL
    ranges, told, losses = known_ranges(recording, config.log)
    yield from losses
    step = config.step or length
    # the last value holds for one usual step, so that 10 s at 10 Hz are one window of 10 s
    period = recording.main.period / 1e9 if recording.main.period == recording.main.period else 0.0
    whole = recording.main.seconds + period
    count = int((whole - length) / step + 1e-9) + 1 if whole >= length * (1 - 1e-9) else 0
    if not count:
        said = f"it lasts {whole:.4g} s, a window {length:g} s: no window is cut"
        yield Loss(recording.item.key, said)
    if count > _MOST:
        yield Loss(
            recording.item.key, f"it gives {count:,} windows: the first {_MOST:,} are cut", count - _MOST
        )
    for number in range(min(count, _MOST)):
        start = round(number * step, 9)
        end = round(start + length, 9)
        label = _label(ranges, start, end, config) if told else recording.item.label
        yield piece(recording, start, end, str(round(start * 1000)), label)


def _label(ranges: list[TimeRange], start: float, end: float, config: Config) -> Json:
    if config.ahead is not None:
        coming = [one for one in ranges if end <= one.start < end + config.ahead]
        return coming[0].label if coming else config.other
    best, most = config.other, 0.0
    for one in ranges:
        shared = min(end, one.end) - max(start, one.start)
        if one.start == one.end and start <= one.start < end:
            share = 1.0
        else:
            share = shared / min(end - start, one.end - one.start) if one.end > one.start else 0.0
        if share >= config.inside and share > most:
            best, most = one.label, share
    return best
