"""Stuck bits: a converter of which one bit never changes, so that half of its codes are absent.

Values must lie on a grid (the converter's step). If bit b is stuck, the codes leave out half of every 2^(b+1)
in one piece, whatever zero the values were shifted to. A stuck lowest bit looks like a coarser grid, and
cannot be seen; nor can one of the two highest, or one that only sticks at times.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.channel_faults import FINE
from ingather.cleaning.contract import Bound, OperatorConfig
from ingather.media.series import Channel, Series, SeriesBatch

reads = "sensor"
version = 1
measures = {"stuck": pa.string()}
_MOST_CODES = 1 << 20
_LEAST_CODES = 24
_PERIODS = 4
_FEW = 3
_FILLED = 0.6
_WHOLE = 1e-3
_TAIL = 0.02
_SAMPLED = 1 << 14
_MOST_DISTINCT = 0.9


class Config(OperatorConfig):
    """Which channels come from a converter."""

    only: tuple[str, ...] = Field((), description="channels to look at; empty for all")


def measure(batch: SeriesBatch, config: Config) -> dict[str, pa.Array]:
    """Channels with a stuck bit and its number, 0 being the lowest; "none" where there is none.

    Of long channels 16,384 values are looked at.
    """
    return {"stuck": pa.array(batch.each(lambda series: _stuck(series, config)), pa.string())}


def bounds(config: Config) -> tuple[Bound, ...]:
    """With a bit that sticks every value may be wrong."""
    return (Bound("stuck", "The converter is broken: {value}.", allowed=(FINE,)),)


def _stuck(series: Series, config: Config) -> str:
    told = [
        f"{one.name} lacks bit {bit}"
        for one in series.channels
        if (not config.only or one.name in config.only) and (bit := _bit(one)) is not None
    ]
    return "; ".join(told) or FINE


def _bit(channel: Channel) -> int | None:
    grid = _grid(channel.sampled)
    codes = None if grid is None else _codes(channel.some(_SAMPLED), *grid)
    if codes is None or len(codes) < _LEAST_CODES:
        return None
    bit = 1
    while 1 << (bit + 3) <= codes[-1] + 1:
        used = np.zeros(1 << (bit + 1), bool)
        used[codes & ((1 << (bit + 1)) - 1)] = True
        # four periods with a few codes each that fill most of the other half: two narrow levels do not
        periods = int((np.bincount(codes >> (bit + 1)) >= min(_FEW, 1 << (bit - 1))).sum())
        filled = used.sum() / (1 << bit)
        if periods >= _PERIODS and filled >= _FILLED and _longest_gap(used) >= 1 << bit:
            return bit
        bit += 1
    return None


def _grid(ordered: NDArray[np.float64]) -> tuple[float, float, float] | None:
    """Zero, step and end of the grid that a few values lie on, without the outermost 2 in 100 on both sides.

    None where they lie on none, or are so different that there is no telling.
    """
    ordered = ordered[int(_TAIL * len(ordered)) : len(ordered) - int(_TAIL * len(ordered))]
    steps = ordered[1:] - ordered[:-1]
    steps = steps[steps > 0]
    if not _LEAST_CODES <= len(steps) + 1 <= _MOST_DISTINCT * len(ordered):
        return None
    step = float(steps.min())
    if not (ordered[-1] - ordered[0]) / step < _MOST_CODES or not _is_whole(steps / step):
        return None
    return float(ordered[0]), step, float(ordered[-1])


def _codes(values: NDArray[np.float64], zero: float, step: float, end: float) -> NDArray[np.int64] | None:
    """The distinct values as whole multiples of the grid, in order; None where they do not lie on it."""
    exact = (values[(values >= zero) & (values <= end)] - zero) / step
    if not _is_whole(exact):
        return None
    used = np.zeros(int(exact.max()) + 2, bool)
    used[np.round(exact).astype(np.int64)] = True
    return np.flatnonzero(used)


def _is_whole(exact: NDArray[np.float64]) -> bool:
    return bool(np.abs(exact - np.round(exact)).max() <= max(_WHOLE, 1e-9 * float(exact.max())))


def _longest_gap(used: NDArray[np.bool_]) -> int:
    """The longest run of codes that are absent, around the end too."""
    there = np.flatnonzero(used)
    around = np.concatenate([there, [there[0] + len(used)]])
    return int((around[1:] - around[:-1]).max()) - 1
