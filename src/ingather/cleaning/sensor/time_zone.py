"""Time zone: whether the times count from a date, and whether the source says in which zone."""

from __future__ import annotations

import pyarrow as pa

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.series import SECOND, Series, SeriesBatch

reads = "sensor"
version = 1
measures = {"zone": pa.string(), "first_year": pa.int32(), "last_year": pa.int32()}
_YEAR = 365.2425 * 86_400


class Config(OperatorConfig):
    """What must be known of the clock."""

    required: bool = limit(False, description="refuse series whose source does not name the zone")
    earliest: int = limit(1970, description="year before which no time can be right")
    latest: int = limit(2100, description="year after which no time can be right")


def measure(batch: SeriesBatch, config: Config) -> dict[str, pa.Array]:
    """named, unknown, start (times count from a start without date) or order (there are no times); years."""
    ends = batch.each(_years)
    return {
        "zone": pa.array(batch.each(_zone), pa.string()),
        "first_year": pa.array([one and one[0] for one in ends], pa.int32()),
        "last_year": pa.array([one and one[1] for one in ends], pa.int32()),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """A clock that was never set shows the year 1970 or one far off."""
    told = "Its clock was not set: it says the year {value}."
    found = (
        Bound("first_year", told, low=config.earliest, field="earliest"),
        Bound("last_year", told, high=config.latest, field="latest"),
    )
    if not config.required:
        return found
    zone = Bound("zone", "The zone of its times is {value}: say it.", allowed=("named",), field="required")
    return (*found, zone)


def _zone(series: Series) -> str:
    if not series.is_clocked:
        return "order"
    if series.facts.get("start") is None:
        return "start"
    return "named" if series.facts.get("zone") else "unknown"


def _years(series: Series) -> tuple[int, int] | None:
    if series.facts.get("start") is None or not len(series.main.stamps):
        return None
    stamps = series.main.stamps
    return _year(int(stamps.min())), _year(int(stamps.max()))


def _year(nanoseconds: int) -> int:
    return 1970 + int(nanoseconds / SECOND // _YEAR)
