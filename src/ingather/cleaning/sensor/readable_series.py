"""Readable: whether the bytes are a series, with values in every channel."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from ingather.cleaning.channel_faults import FINE
from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.series import SeriesBatch

reads = "sensor"
version = 1
measures = {
    "fault": pa.string(),
    "values": pa.int64(),
    "channels": pa.int32(),
    "seconds": pa.float64(),
    "missing_share": pa.float64(),
}


class Config(OperatorConfig):
    """How much may be missing."""

    most_missing: float = limit(0.5, ge=0, le=1, description="share of values that may be missing")
    least_values: int = limit(2, ge=0, description="values that the longest channel must have")


def measure(batch: SeriesBatch, config: Config) -> dict[str, Any]:
    """The fault in words ("none" where all is well), rows, channels, duration, share of missing values.

    Seconds are NaN where the order of the values is all that is known. Values that are not finite count as
    missing.
    """
    whole = [one is not None for one in batch.series]
    return {
        "fault": pa.array(
            [fault or (FINE if there else None) for fault, there in zip(batch.faults, whole, strict=True)],
            pa.string(),
        ),
        "values": pa.array(batch.each(lambda series: len(series.main)), pa.int64()),
        "channels": pa.array(batch.each(lambda series: len(series.channels)), pa.int32()),
        "seconds": pa.array(batch.each(lambda s: s.main.seconds if s.is_clocked else None), pa.float64()),
        "missing_share": pa.array(
            batch.each(
                lambda series: (
                    1
                    - sum(len(one.present) for one in series.channels)
                    / max(1, len(series.main) * len(series.channels))
                )
            ),
            pa.float64(),
        ),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """A series that cannot be read, or is mostly holes, is refused."""
    return (
        Bound("fault", "This cannot be used: {value}.", allowed=(FINE,)),
        Bound(
            "values",
            "It has {value} values over time; {threshold} are needed.",
            low=config.least_values,
            field="least_values",
        ),
        Bound(
            "missing_share",
            "Of its values {value} (as a share) are missing; {threshold} may be.",
            high=config.most_missing,
            field="most_missing",
        ),
    )
