"""Unit and rate: whether channels have the units, and the series the rate, that the plan expects.

Units are also seen in the values: the same quantity in another unit is larger or smaller by a factor that is
known (km/h for m/s, degrees for radians, m/s^2 for g). With ``usual`` the plan says where the greatest size
of a channel usually lies; a factor that would bring it there is told.
"""

from __future__ import annotations

import pyarrow as pa
from pydantic import Field

from ingather.cleaning.channel_faults import FINE, clocked
from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.series import SECOND, Channel, Series, SeriesBatch

reads = "sensor"
version = 1
measures = {
    "wrong_units": pa.string(),
    "unknown_units": pa.int32(),
    "rate": pa.float64(),
    "scale": pa.string(),
}
_ALIKE = (
    {"m/s^2", "m/s²", "m/s2", "ms-2"}, {"deg", "°", "degree", "degrees"}, {"degC", "°C", "C", "celsius"},
    {"rad/s", "rad s-1"}, {"m/s", "ms-1", "mps"}, {"km/h", "kph", "kmh"}, {"%", "percent"}, {"V", "volt"},
    {"uV", "µV", "μV"}, {"degF", "°F", "fahrenheit"},
)  # fmt: skip
_FACTORS = (
    (3.6, "km/h in place of m/s"), (2.23694, "mph in place of m/s"),
    (57.29578, "degrees in place of radians"), (9.80665, "m/s^2 in place of g"),
    (1000.0, "thousandths"), (1e6, "millionths"),
)  # fmt: skip


class Config(OperatorConfig):
    """What the plan expects."""

    units: dict[str, str] = Field(default_factory=dict, description="unit by channel: {speed: m/s}")
    usual: dict[str, tuple[float, float]] = Field(
        default_factory=dict,
        description="where the greatest size of a channel usually lies: {acceleration: [8, 60]}",
    )
    least_rate: float | None = limit(None, gt=0, description="values a second that a series must have")
    most_rate: float | None = limit(None, gt=0, description="values a second that it may have")
    require_units: bool = limit(False, description="refuse series with channels whose unit is not known")


def measure(batch: SeriesBatch, config: Config) -> dict[str, pa.Array]:
    """Channels of other units, how many have none, values a second, channels of another scale."""
    rates = clocked(batch, lambda series: SECOND / series.main.period if series.main.period > 0 else None)
    return {
        "wrong_units": pa.array(batch.each(lambda series: _wrong(series, config)), pa.string()),
        "unknown_units": pa.array(batch.each(lambda s: sum(not c.unit for c in s.channels)), pa.int32()),
        "rate": pa.array(rates, pa.float64()),
        "scale": pa.array(batch.each(lambda series: _scale(series, config)), pa.string()),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """Another unit makes every value wrong."""
    found = [
        Bound("wrong_units", "It has other units than the plan expects: {value}.", allowed=(FINE,)),
        Bound("scale", "A channel seems to have another unit: {value}.", allowed=(FINE,)),
        Bound(
            "rate",
            "It has {value} values a second; the plan asks for {threshold}.",
            low=config.least_rate,
            high=config.most_rate,
            field="least_rate",
        ),
    ]
    if config.least_rate is None and config.most_rate is None:
        found.pop()
    if config.require_units:
        told = "{value} of its channels have no unit."
        found.append(Bound("unknown_units", told, high=0, field="require_units"))
    return tuple(found)


def _wrong(series: Series, config: Config) -> str:
    told = [
        f"{one.name} is in {one.unit}, not {config.units[one.name]}"
        for one in series.channels
        if one.name in config.units and one.unit and not _alike(one.unit, config.units[one.name])
    ]
    return "; ".join(told) or FINE


def _alike(one: str, other: str) -> bool:
    return one == other or any(one in names and other in names for names in _ALIKE)


def _scale(series: Series, config: Config) -> str:
    told = [
        f"{one.name}: {words}"
        for one in series.channels
        if one.name in config.usual and (words := _factor(one, *config.usual[one.name]))
    ]
    return "; ".join(told) or FINE


def _factor(channel: Channel, low: float, high: float) -> str | None:
    """The change of unit that would bring a channel to where it usually lies, where it does not lie there."""
    size = max(abs(channel.low), abs(channel.high)) if len(channel.present) else float("nan")
    if not size > 0 or low <= size <= high:
        return None
    for factor, words in _FACTORS:
        if low <= size / factor <= high:
            return f"{size:.4g} where {low:g} to {high:g} is usual, maybe {words}"
        if low <= size * factor <= high:
            return f"{size:.4g} where {low:g} to {high:g} is usual, maybe the reverse of {words}"
    return None
