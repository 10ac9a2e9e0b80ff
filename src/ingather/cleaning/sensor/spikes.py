"""Spikes: single values, or two in a row, that jump out and come straight back.

Both flanks must be many times the step that nine in ten steps of the channel do not exceed, or, where the
channel is all noise, several times the band in which nine tenths of its values lie. What jumps and stays is a
change, not a spike; nor is what switches between a few states. One or two spikes are no fault: what is
measured does jump at times.
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
measures = {
    "spike_share": pa.float64(),
    "spikes": pa.int64(),
    "channel": pa.string(),
    "above_own": pa.string(),
}
_USUAL = 0.9
_LEAST = 16


class Config(OperatorConfig):
    """What a spike is, and how many a series may have."""

    factor: float = Field(12.0, gt=1, description="usual steps that both flanks must exceed")
    bands: float = Field(2.0, ge=0, description="bands of nine tenths of the values that they must exceed")
    enough: float = Field(4.0, ge=0, description="bands that are enough, however large the usual steps are")
    own: dict[str, float] = Field(
        default_factory=dict, description="share of spikes that single channels may have, by name; 1 for any"
    )
    most: float = limit(0.0005, ge=0, le=1, description="share of values that may be spikes")
    few: int = limit(3, ge=1, description="spikes below which a series is never refused")


def measure(batch: SeriesBatch, config: Config) -> dict[str, pa.Array]:
    """Share and number of values that are spikes in the channel that has most, and which channel it is."""
    share, channel, above = worst_of(batch, lambda one: _spike_share(one, config), config.own)
    spikes = [
        None if value is None or series is None else round(value * len(series.main))
        for value, series in zip(share.to_pylist(), batch.series, strict=True)
    ]
    return {
        "spike_share": share,
        "spikes": pa.array(spikes, pa.int64()),
        "channel": channel,
        "above_own": above,
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """Spikes come of loose contacts and lost bits."""
    return (
        Bound(
            "spike_share",
            "A channel has spikes: {value} of its values (as a share); {threshold} may be.",
            high=config.most,
            when=Bound("spikes", "", low=config.few),
            field="most",
        ),
        Bound("above_own", "A channel has spikes: {value}.", allowed=(FINE,), field="own"),
    )


def _spike_share(channel: Channel, config: Config) -> float:
    if len(channel.present) < _LEAST or channel.is_state:
        return float("nan")
    usual = min(config.factor * channel.size_at(_USUAL), config.enough * channel.spread)
    bar = max(usual, config.bands * channel.spread)
    # the whole range is no larger than the bar: nothing can be a spike
    if not channel.high - channel.low > bar:
        return 0.0
    large = np.flatnonzero(channel.sizes > bar)
    return _returns(channel.steps, large, bar) / len(channel.present)


def _returns(steps: NDArray[np.float64], large: NDArray[np.int64], bar: float) -> int:
    """How many values lie between a large step and the large step back, one or two rows later."""
    if len(large) < 2:
        return 0
    near = np.diff(large)
    back = np.sign(steps[large[:-1]]) != np.sign(steps[large[1:]])
    level = np.abs(steps[large[:-1]] + steps[large[1:]])
    found = back & (near <= 2) & (level < np.maximum(np.abs(steps[large[:-1]]), bar))
    # a spike's way back is not the way out of the next one
    count, last = 0, -2
    for place in np.flatnonzero(found).tolist():
        if place > last + 1:
            count += int(near[place])
            last = place
    return count
