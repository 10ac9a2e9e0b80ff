"""Doubled stamps: rows whose time stood in an earlier row, with the same values or with others.

Some sensors give several rows for one moment (every target of a radar, every satellite): where more than
half of the stamps have company, that is how the source writes, and nothing is refused for it.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.channel_faults import FINE, clocked, rows_told, stamp_rows
from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.series import Series, SeriesBatch

reads = "sensor"
version = 1
measures = {
    "doubled": pa.int64(),
    "doubled_share": pa.float64(),
    "conflicting": pa.int64(),
    "places": pa.string(),
}
_GROUPS = 0.3


class Config(OperatorConfig):
    """How many doubled stamps are too many."""

    most: float = limit(0.005, ge=0, le=1, description="share of rows that may repeat an earlier time")


def measure(batch: SeriesBatch, config: Config) -> dict[str, pa.Array]:
    """Rows that repeat an earlier time, that as a share, how many have other values, and where they stand.

    The share is NaN where rows come in groups of one time.
    """
    found = clocked(batch, _doubled)
    kinds = (pa.int64(), pa.float64(), pa.int64(), pa.string())
    return {
        name: pa.array([one and one[place] for one in found], kind)
        for place, (name, kind) in enumerate(zip(measures, kinds, strict=True))
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """One time, one row."""
    return (
        Bound(
            "doubled_share",
            "The same time stands in more than one row ({value} of the rows; {threshold} may).",
            high=config.most,
            field="most",
        ),
    )


def _doubled(series: Series) -> tuple[int, float | None, int, str]:
    stamps = series.main.stamps
    if series.main.is_ordered:
        if len(series.main.later) == len(series.main.steps):
            return 0, 0.0, 0, FINE
        order: NDArray[np.int64] | None = None
        repeated = np.concatenate([[False], series.main.steps == 0])
    else:
        order = np.argsort(stamps, kind="stable")
        sorted_stamps = stamps[order]
        repeated = np.concatenate([[False], sorted_stamps[1:] == sorted_stamps[:-1]])
    count = int(repeated.sum())
    if not count:
        return 0, 0.0, 0, FINE
    places = np.flatnonzero(repeated)
    rows = stamp_rows(series, np.ones(len(stamps), bool))
    here, before = (places, places - 1) if order is None else (order[places], order[places - 1])
    share = count / len(stamps)
    told = None if share > _GROUPS else share
    return count, told, _conflicts(series, rows[here], rows[before]), rows_told(np.sort(rows[here]))


def _conflicts(series: Series, here: NDArray[np.int64], before: NDArray[np.int64]) -> int:
    differ = np.zeros(len(here), bool)
    for values in series.main.channels.values():
        one, other = values[here], values[before]
        differ |= ~((one == other) | (np.isnan(one) & np.isnan(other)))
    return int(differ.sum())
