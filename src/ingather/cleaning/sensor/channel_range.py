"""Range: values that a channel cannot have, by the plan or by what it is.

The plan names the limits of single channels. Without it, only what can be nowhere else is known: latitudes
within 90 degrees, longitudes within 360, and no temperature in kelvin below 0.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from pydantic import Field

from ingather.cleaning.channel_faults import FINE
from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.series import Channel, Series, SeriesBatch

reads = "sensor"
version = 1
measures = {"outside_share": pa.float64(), "outside": pa.string(), "absent": pa.string()}
_BY_NAME = {"latitude": (-90.0, 90.0), "lat": (-90.0, 90.0), "longitude": (-180.0, 360.0),
            "lon": (-180.0, 360.0), "lng": (-180.0, 360.0)}  # fmt: skip
_BY_UNIT = {"K": (0.0, None), "kelvin": (0.0, None)}


class Config(OperatorConfig):
    """What values each channel can have."""

    limits: dict[str, tuple[float | None, float | None]] = Field(
        default_factory=dict,
        description="least and greatest value by channel: {speed: [0, 70]}; null is open",
    )
    most: float = limit(0.0, ge=0, le=1, description="share of a channel's values that may lie outside")
    refuse_absent: bool = limit(True, description="refuse a series that lacks a channel of 'limits'")


def measure(batch: SeriesBatch, config: Config) -> dict[str, pa.Array]:
    """Greatest share of a channel that lies outside, which channels do, which of the plan's are absent."""
    found = batch.each(lambda series: _outside(series, config))
    return {
        name: pa.array([one and one[place] for one in found], kind)
        for place, (name, kind) in enumerate(measures.items())
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """What cannot be is a fault of the sensor or of its unit."""
    outside = Bound(
        "outside_share",
        "Values lie outside of what a channel can have ({value} of them, as a share).",
        high=config.most,
        field="most",
    )
    absent = Bound("absent", "It has no channel {value}.", allowed=(FINE,), field="refuse_absent")
    return (outside, absent) if config.refuse_absent else (outside,)


def _outside(series: Series, config: Config) -> tuple[float, str, str]:
    worst, told = 0.0, []
    for channel in series.channels:
        low, high = config.limits.get(channel.name) or _known(channel)
        share = _share(channel, low, high)
        if share > 0:
            told.append(f"{channel.name}: {channel.low:.6g} to {channel.high:.6g}")
            worst = max(worst, share)
    absent = [name for name in config.limits if name not in series.main.channels]
    return worst, "; ".join(told) or FINE, ", ".join(absent) or FINE


def _known(channel: Channel) -> tuple[float | None, float | None]:
    by_name = _BY_NAME.get(channel.name.casefold())
    if by_name is not None and channel.unit in (None, "deg", "°", "degrees"):
        return by_name
    return _BY_UNIT.get(channel.unit or "", (None, None))


def _share(channel: Channel, low: float | None, high: float | None) -> float:
    if not len(channel.present):
        return 0.0
    count = 0
    if low is not None and channel.low < low:
        count += int(np.count_nonzero(channel.present < low))
    if high is not None and channel.high > high:
        count += int(np.count_nonzero(channel.present > high))
    return count / len(channel.present)
