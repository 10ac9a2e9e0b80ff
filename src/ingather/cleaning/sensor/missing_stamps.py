"""Missing stamps: rows that have values, but no time."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ingather.cleaning.channel_faults import FINE, clocked, rows_told
from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.series import MISSING, Series, SeriesBatch

reads = "sensor"
version = 1
measures = {"missing": pa.int64(), "missing_share": pa.float64(), "places": pa.string()}


class Config(OperatorConfig):
    """How many rows may have no time."""

    most: float = limit(0.005, ge=0, le=1, description="share of rows that may have no time")


def measure(batch: SeriesBatch, config: Config) -> dict[str, pa.Array]:
    """Rows without a time, that as a share, and where they stand; null where there are no times at all."""
    found = clocked(batch, _missing)
    return {
        "missing": pa.array([one and one[0] for one in found], pa.int64()),
        "missing_share": pa.array([one and one[1] for one in found], pa.float64()),
        "places": pa.array([one and one[2] for one in found], pa.string()),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """A value without a time says little."""
    return (
        Bound(
            "missing_share",
            "Rows have no time ({value} of them; {threshold} may).",
            high=config.most,
            field="most",
        ),
    )


def _missing(series: Series) -> tuple[int, float, str]:
    count = len(series.main.time) - len(series.main.stamps)
    if not count:
        return 0, 0.0, FINE
    return count, count / len(series.main), rows_told(np.flatnonzero(series.main.time == MISSING))
