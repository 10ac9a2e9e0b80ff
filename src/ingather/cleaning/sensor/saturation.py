"""Saturation: values that pile up at the end of a sensor's range.

As with clipped sound: at least four in flat tops, and twice as many at the top as in the band below it that
is twice as wide. A floor or ceiling of exactly 0 is no end of a range: a car that stands has the speed 0. Nor
has a counter one, which only ever rises.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.channel_faults import FINE, worst_of
from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.series import Channel, SeriesBatch

reads = "sensor"
version = 1
measures = {"saturated_share": pa.float64(), "channel": pa.string(), "above_own": pa.string()}
_TOP = 1e-3
_PILE = 2.0
_LEAST = 16


class Config(OperatorConfig):
    """How much of a series may be at the end of its range."""

    run: int = Field(4, ge=2, description="values at the end, in a row, that make a flat top")
    own: dict[str, float] = Field(
        default_factory=dict, description="share that single channels may be saturated, by name; 1 for any"
    )
    most: float = limit(0.02, ge=0, le=1, description="share of values that may lie in flat tops")


def measure(batch: SeriesBatch, config: Config) -> dict[str, pa.Array]:
    """Share of values in flat tops, above and below, in the channel that has most, and which it is.

    Channels of fewer than nine different values (switches, states) have no figure.
    """
    share, channel, above = worst_of(batch, lambda one: _share(one, config.run), config.own)
    return {"saturated_share": share, "channel": channel, "above_own": above}


def bounds(config: Config) -> tuple[Bound, ...]:
    """What is cut off at the top cannot be brought back."""
    return (
        Bound(
            "saturated_share",
            "A channel is at the end of its range for {value} of its values (as a share).",
            high=config.most,
            field="most",
        ),
        Bound("above_own", "A channel is at the end of its range: {value}.", allowed=(FINE,), field="own"),
    )


def _share(channel: Channel, run: int) -> float:
    if len(channel.present) < _LEAST or channel.is_constant or channel.is_state:
        return float("nan")
    if channel.only_rises:
        return float("nan")
    width = _TOP * (channel.high - channel.low)
    top = _pile(channel.present, channel.high, width, run, above=True)
    return top + _pile(channel.present, channel.low, width, run, above=False)


def _pile(values: NDArray[np.float64], end: float, width: float, run: int, *, above: bool) -> float:
    if end == 0:
        return 0.0
    at_end = values >= end - width if above else values <= end + width
    count = int(np.count_nonzero(at_end))
    if count < run:
        return 0.0
    flat = at_end[run - 1 :].copy()
    for back in range(1, run):
        flat &= at_end[run - 1 - back : -back]
    if not flat.any():
        return 0.0
    near = values >= end - 3 * width if above else values <= end + 3 * width
    below = int(np.count_nonzero(near)) - count
    return count / len(values) if count >= _PILE * below else 0.0
