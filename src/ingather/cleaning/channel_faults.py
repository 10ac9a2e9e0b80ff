"""What operators of sensors share: the worst channel, limits of single channels, places told in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.media.series import Channel, Series, SeriesBatch

FINE = "none"
"""What a measure in words says where nothing is wrong."""
_TOLD = 10


def worst_of(
    batch: SeriesBatch, one: Callable[[Channel], float], own: Mapping[str, float]
) -> tuple[pa.Array, pa.Array, pa.Array]:
    """The greatest figure over the channels of each series.

    Args:
        batch: the series.
        one: a figure of one channel, NaN where it has none.
        own: limits of single channels, by name; these do not count for the greatest figure.

    Returns:
        The figure (float64), the channel that has it, and in words the channels above limits of their own;
        all null where there is no series, the first two where no channel has a figure.
    """
    figures: list[float | None] = []
    names: list[str | None] = []
    above: list[str | None] = []
    for series in batch.series:
        if series is None:
            figures.append(None)
            names.append(None)
            above.append(None)
            continue
        told = [(channel.name, one(channel)) for channel in series.channels]
        over = [f"{n}: {v:.4g} of at most {own[n]:.4g}" for n, v in told if n in own and v > own[n]]
        others = [(value, name) for name, value in told if name not in own and value == value]
        greatest = max(others, key=lambda pair: pair[0], default=(None, None))
        figures.append(greatest[0])
        names.append(greatest[1])
        above.append("; ".join(over) or FINE)
    return (
        pa.array(figures, pa.float64()),
        pa.array(names, pa.string()),
        pa.array(above, pa.string()),
    )


def rows_told(rows: NDArray[Any]) -> str:
    """The first ten row numbers, counted from 0, and how many more there are."""
    told = ", ".join(str(row) for row in rows[:_TOLD].tolist())
    return f"{told} and {len(rows) - _TOLD:,} more" if len(rows) > _TOLD else told or FINE


def clocked(batch: SeriesBatch, one: Callable[[Series], Any]) -> list[Any]:
    """What ``one`` says of each series that has times; None of the others."""
    return batch.each(lambda series: one(series) if series.is_clocked and len(series.main) else None)


def stamp_rows(series: Series, marks: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Rows of the main stream at which marked stamps stand; marks count stamps that are there."""
    from ingather.media.series import MISSING

    if len(series.main.stamps) == len(series.main.time):
        return np.flatnonzero(marks)
    rows: NDArray[np.int64] = np.flatnonzero(series.main.time != MISSING)[marks]
    return rows
