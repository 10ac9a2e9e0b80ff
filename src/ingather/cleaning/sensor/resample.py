"""Resampling: lays the values of a series on an even grid of times, of a rate that the plan says or its own.

What lies between measured values is drawn straight, or held; what is coarser is averaged. Nothing is drawn
across gaps: there the values are missing. Stamps are sorted, rows of the same time averaged. A series that
would get more than 256 times as many rows is left as it is: its times cannot be right.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.contract import OperatorConfig
from ingather.media.series import MISSING, SECOND, Series, SeriesBatch, Stream, encode

reads = "sensor"
version = 1
_MOST_ROWS = 1 << 26
_MOST_TIMES = 256
_AVERAGED = 1.5


class Config(OperatorConfig):
    """Which grid, and how its values are found."""

    rate: float | None = Field(None, gt=0, description="values a second; its own usual rate when left out")
    method: Literal["linear", "previous"] = Field(
        "linear", description="straight between two values, or the earlier one held (for states)"
    )
    widest: float = Field(
        3.0, gt=1, description="usual steps across which values are drawn; beyond, they are missing"
    )


def change(batch: SeriesBatch, config: Config) -> list[str | bytes | None]:
    """The series on its even grid, None where it lies on it already or has no times."""
    return [None if series is None else _changed(series, config) for series in batch.series]


def _changed(series: Series, config: Config) -> bytes | None:
    stream = series.main
    if not series.is_clocked or len(stream.stamps) < 2 or not stream.period >= 1:
        return None
    step = round(SECOND / config.rate) if config.rate else round(stream.period)
    if step < 1 or _is_even(stream, step):
        return None
    sorted_ = _sorted(stream)
    first, last = int(sorted_.time[0]), int(sorted_.time[-1])
    rows = (last - first) // step + 1
    if rows < 2 or rows > min(_MOST_ROWS, _MOST_TIMES * len(stream)):
        return None
    grid = first + np.arange(rows, dtype=np.int64) * step
    lay = _averaged if step > _AVERAGED * stream.period else _drawn
    channels = {
        name: lay(sorted_.time, values, grid, step, config, stream.period)
        for name, values in sorted_.channels.items()
    }
    return encode(Stream(grid, channels, stream.units, SECOND / step, stream.name))


def _is_even(stream: Stream, step: int) -> bool:
    steps = stream.steps
    return len(stream.stamps) == len(stream.time) and bool((steps == step).all())


def _sorted(stream: Stream) -> Stream:
    """In order of time, rows of the same time averaged, rows without a time left out."""
    rows = np.flatnonzero(stream.time != MISSING)
    rows = rows[np.argsort(stream.time[rows], kind="stable")]
    ordered = stream.rows(rows)
    first = np.concatenate([[True], np.diff(ordered.time) > 0])
    if first.all():
        return ordered
    starts = np.flatnonzero(first)
    return Stream(ordered.time[starts], {n: _means(v, starts) for n, v in ordered.channels.items()})


def _means(values: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    there = np.isfinite(values)
    with np.errstate(over="ignore"):
        sums = np.add.reduceat(np.where(there, values, 0.0), starts)
    counts = np.add.reduceat(there.astype(np.int64), starts)
    means: NDArray[np.float64] = np.divide(sums, counts, out=np.full(len(starts), np.nan), where=counts > 0)
    return means


def _drawn(
    time: NDArray[np.int64],
    values: NDArray[np.float64],
    grid: NDArray[np.int64],
    step: int,
    config: Config,
    period: float,
) -> NDArray[np.float64]:
    there = np.isfinite(values)
    time, values = time[there], values[there]
    if not len(time):
        return np.full(len(grid), np.nan)
    before = np.searchsorted(time, grid, "right") - 1
    after = np.minimum(np.searchsorted(time, grid, "left"), len(time) - 1)
    outside = (before < 0) | (time[after] < grid)
    before = np.maximum(before, 0)
    width = time[after] - time[before]
    if config.method == "previous":
        laid = values[before]
    else:
        share = np.divide(grid - time[before], width, out=np.zeros(len(grid)), where=width > 0)
        laid = values[before] + share * (values[after] - values[before])
    return np.where(outside | (width > config.widest * period), np.nan, laid)


def _averaged(
    time: NDArray[np.int64],
    values: NDArray[np.float64],
    grid: NDArray[np.int64],
    step: int,
    config: Config,
    period: float,
) -> NDArray[np.float64]:
    """The mean of what lies within half a step of each place of the grid."""
    there = np.isfinite(values)
    place = (time[there] - grid[0] + step // 2) // step
    inside = place < len(grid)
    place, values = place[inside], values[there][inside]
    sums = np.bincount(place, values, len(grid))
    counts = np.bincount(place, minlength=len(grid))
    means: NDArray[np.float64] = np.divide(sums, counts, out=np.full(len(grid), np.nan), where=counts > 0)
    return means
