"""Gaps: steps that are longer than they should be, and how many values are lost in them.

A gap is a step of more than ``factor`` times the usual one (the median of the steps above 0, between stamps
in order of time).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from pydantic import Field

from ingather.cleaning.channel_faults import FINE, clocked
from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.series import SECOND, Series, SeriesBatch

reads = "sensor"
version = 1
measures = {
    "gaps": pa.int64(),
    "lost": pa.int64(),
    "lost_share": pa.float64(),
    "longest": pa.float64(),
    "longest_share": pa.float64(),
    "places": pa.string(),
}
_TOLD = 5


class Config(OperatorConfig):
    """What a gap is, and how much may be lost."""

    factor: float = Field(1.5, gt=1, description="usual steps from which on a step is a gap")
    most_lost: float = limit(
        0.5, ge=0, le=1, description="share of the values that should be there, that may be lost"
    )
    longest_share: float = limit(
        0.25, ge=0, le=1, description="share of the whole time that the longest gap may last"
    )
    longest: float | None = limit(None, gt=0, description="seconds that the longest gap may last")


def measure(batch: SeriesBatch, config: Config) -> dict[str, pa.Array]:
    """Number of gaps, values lost, that as a share of all there should be, the longest, where they begin.

    The longest in seconds and as a share of the whole time. Null where the order is all that is known, or
    fewer than two times are there.
    """
    found = clocked(batch, lambda series: _gaps(series, config.factor))
    return {
        name: pa.array([one and one[place] for one in found], kind)
        for place, (name, kind) in enumerate(measures.items())
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """A series with a few holes is of use, one that is mostly holes is not."""
    found = [
        Bound(
            "lost_share",
            "Gaps have swallowed {value} of it (as a share); {threshold} may be lost.",
            high=config.most_lost,
            field="most_lost",
        ),
        Bound(
            "longest_share",
            "It stops for {value} of its time (as a share); {threshold} may be.",
            high=config.longest_share,
            field="longest_share",
        ),
    ]
    if config.longest is not None:
        found.append(Bound("longest", "It stops for {value} seconds.", high=config.longest, field="longest"))
    return tuple(found)


def _gaps(series: Series, factor: float) -> tuple[int, int, float, float, float, str] | None:
    stream = series.main
    steps = stream.later
    if not len(steps):
        return None
    longest = int(steps.max())
    bar = factor * stream.period
    if longest <= bar:
        return 0, 0, 0.0, longest / SECOND, 0.0, FINE
    rows = np.flatnonzero(steps > bar)
    lost = int(np.maximum(np.round(steps[rows] / stream.period) - 1, 0).sum())
    share = lost / (lost + len(steps) + 1)
    seconds = longest / SECOND
    return len(rows), lost, share, seconds, seconds / stream.seconds, _places(series, rows)


def _places(series: Series, rows: np.ndarray) -> str:
    """Seconds after the first stamp where the first gaps begin, and how long they are."""
    ends = np.concatenate([[0], np.cumsum(series.main.later)])
    told = "; ".join(
        f"{ends[row] / SECOND:.10g} s: {(ends[row + 1] - ends[row]) / SECOND:.6g} s"
        for row in rows[:_TOLD].tolist()
    )
    return f"{told}; and {len(rows) - _TOLD:,} more" if len(rows) > _TOLD else told
