"""What the time at which a sample was made says: hour of day, day of week, week of the year."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ingather.plan.clock import ClockMeasure


def clock_values(measure: ClockMeasure, times: pa.Array, zone: str | None) -> pa.Array:
    """One number for each time, null where it is not known.

    Args:
        measure: ``hour`` is from 0 to below 24 with minutes as fractions, ``weekday`` 1 (Monday) to 7,
            ``week`` the ISO 8601 year and week as one number: week 7 of 2026 is 202607.
        times: n moments.
        zone: IANA name of the zone whose clocks are meant; UTC if None.

    Returns:
        n float64.
    """
    local = times.cast(pa.timestamp("us", tz=zone or "UTC"))
    if measure == "hour":
        minutes = pc.divide(pc.minute(local).cast(pa.float64()), 60.0)
        return pc.add(pc.hour(local).cast(pa.float64()), minutes)
    day = pc.iso_calendar(local)
    if measure == "weekday":
        return pc.struct_field(day, "iso_day_of_week").cast(pa.float64())
    year = pc.multiply(pc.struct_field(day, "iso_year"), 100)
    return pc.add(year, pc.struct_field(day, "iso_week")).cast(pa.float64())
