"""Drift: a clock that runs faster or slower than it says, or ever more so.

The measured rate is compared with the one that the source says; and the steps of the last quarter with those
of the first. Steps that are gaps do not count.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ingather.cleaning.channel_faults import clocked
from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.series import SECOND, Series, SeriesBatch

reads = "sensor"
version = 1
measures = {"rate": pa.float64(), "rate_error": pa.float64(), "drift": pa.float64()}
_LEAST = 32


class Config(OperatorConfig):
    """How far a clock may be off."""

    most_off: float = limit(
        0.01, gt=0, description="share by which the measured rate may differ from the one that is told"
    )
    most_drift: float = limit(
        0.02, gt=0, description="share by which steps of the last quarter may differ from the first's"
    )


def measure(batch: SeriesBatch, config: Config) -> dict[str, pa.Array]:
    """Values a second, relative error against the rate that is told, relative change from first to last.

    NaN below 32 steps; the error also where no rate is told. A change that may be chance is 0.
    """
    found = clocked(batch, _drift)
    return {
        name: pa.array([one and one[place] for one in found], pa.float64())
        for place, name in enumerate(measures)
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """Streams of clocks that drift cannot be laid beside each other."""
    return (
        Bound(
            "rate_error",
            "It has another rate than it says (off by {value}, as a share).",
            high=config.most_off,
            field="most_off",
        ),
        Bound(
            "drift",
            "Its clock drifts: steps change by {value} (as a share) from beginning to end.",
            high=config.most_drift,
            field="most_drift",
        ),
    )


def _drift(series: Series) -> tuple[float, float | None, float | None] | None:
    stream = series.main
    if len(stream.later) < _LEAST:
        return None
    count = max(1, len(stream.later) >> 13)
    steps = stream.later[::count]
    usual = steps[steps < 1.5 * stream.period]
    if len(usual) < _LEAST:
        return None
    rate = SECOND / float(usual.mean())
    told = stream.rate
    error = None if told is None else abs(rate / told - 1)
    quarter = len(usual) // 4
    first, last = usual[:quarter].astype(np.float64), usual[-quarter:].astype(np.float64)
    change = abs(float(last.mean() / first.mean()) - 1)
    # three standard errors of the two means: below, the change may be chance
    doubt = 3 * float(np.hypot(first.std(), last.std())) / np.sqrt(quarter) / float(first.mean())
    return rate, error, change if change > doubt else 0.0
