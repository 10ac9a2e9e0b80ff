"""Order: stamps that are earlier than the one before them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ingather.cleaning.channel_faults import FINE, clocked, rows_told, stamp_rows
from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.series import Series, SeriesBatch

reads = "sensor"
version = 1
measures = {"backwards": pa.int64(), "backwards_share": pa.float64(), "places": pa.string()}


class Config(OperatorConfig):
    """How often time may run backwards."""

    most: float = limit(0.0, ge=0, le=1, description="share of stamps that may be earlier than their last")


def measure(batch: SeriesBatch, config: Config) -> dict[str, pa.Array]:
    """How often time runs backwards, that as a share of the steps, and the rows where it does."""
    found = clocked(batch, _backwards)
    return {
        "backwards": pa.array([one and one[0] for one in found], pa.int64()),
        "backwards_share": pa.array([one and one[1] for one in found], pa.float64()),
        "places": pa.array([one and one[2] for one in found], pa.string()),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """Time goes forward."""
    return (
        Bound(
            "backwards_share",
            "Its times run backwards ({value} of the steps): sort them, or look at the clock.",
            high=config.most,
            field="most",
        ),
    )


def _backwards(series: Series) -> tuple[int, float, str]:
    if series.main.is_ordered:
        return 0, 0.0, FINE
    marks = np.concatenate([[False], series.main.steps < 0])
    count = int(marks.sum())
    return count, count / max(1, len(series.main.steps)), rows_told(stamp_rows(series, marks))
