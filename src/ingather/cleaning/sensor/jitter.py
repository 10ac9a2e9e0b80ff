"""Jitter: how unevenly stamps follow each other, as a share of the usual step.

1.4826 times the median deviation of the steps from their median (the standard deviation, were they normal).
Steps of 0 and gaps are left to operators of their own. Values that are sent together in bursts jitter by
nature: a car's bus shows .4, and that is fine.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from pydantic import Field

from ingather.cleaning.channel_faults import clocked
from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.series import Series, SeriesBatch

reads = "sensor"
version = 1
measures = {"jitter": pa.float64(), "uneven_share": pa.float64()}
_LEAST = 8


class Config(OperatorConfig):
    """How uneven steps may be."""

    off: float = Field(0.5, gt=0, description="share of the usual step by which a step is uneven")
    most: float = limit(0.6, gt=0, description="jitter that is still fine, as a share of the usual step")
    most_uneven: float = limit(
        0.6, ge=0, le=1, description="share of steps that may be uneven before the series is looked at"
    )


def measure(batch: SeriesBatch, config: Config) -> dict[str, pa.Array]:
    """Jitter, and the share of steps that differ from the usual one by more than ``off`` of it.

    Of more than 8,192 steps as many are looked at, evenly spread; NaN below 8 steps.
    """
    found = clocked(batch, lambda series: _jitter(series, config.off))
    return {
        "jitter": pa.array([one and one[0] for one in found], pa.float64()),
        "uneven_share": pa.array([one and one[1] for one in found], pa.float64()),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """Where hardly two steps are alike, there is no rate to speak of."""
    return (
        Bound(
            "jitter",
            "Its steps vary by {value} of the usual step; {threshold} is fine.",
            high=config.most,
            field="most",
        ),
        Bound(
            "uneven_share",
            "Most of its steps are uneven ({value} of them).",
            high=config.most_uneven,
            to="review",
            field="most_uneven",
        ),
    )


def _jitter(series: Series, off: float) -> tuple[float, float] | None:
    stream = series.main
    steps = stream.later[:: max(1, len(stream.later) >> 13)]
    usual = steps[steps < 3 * stream.period] if len(steps) >= _LEAST else steps
    if len(usual) < _LEAST:
        return None
    away = np.abs(usual - stream.period)
    return 1.4826 * float(np.median(away)) / stream.period, float((away > off * stream.period).mean())
