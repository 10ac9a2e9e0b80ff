"""Figures of channels: what the plan's attributes ask for by name, such as ``from: max_abs_acceleration``.

A figure is named FIGURE_CHANNEL: ``min``, ``max``, ``max_abs``, ``mean``, ``std``, ``rms``, ``range``,
``first``, ``last``; and ``min_change``, ``max_change``, ``max_abs_change`` of its change per second. So
``from: min_change_speed`` with ``bins: {hard: [-20, -3], gentle: [-3, 20]}`` braking is a group of quotas.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.contract import OperatorConfig
from ingather.media.series import MISSING, SECOND, Channel, Series, SeriesBatch
from ingather.plan.model import Plan

reads = "sensor"
version = 1
measures = {"largest": pa.float64()}
_PLAIN: dict[str, Callable[[Channel], float]] = {
    "min": lambda one: one.low,
    "max": lambda one: one.high,
    "max_abs": lambda one: max(abs(one.low), abs(one.high)),
    "mean": lambda one: float(one.present.mean()),
    "std": lambda one: float(one.present.std()),
    "rms": lambda one: float(np.sqrt(np.square(one.present).mean())),
    "range": lambda one: one.high - one.low,
    "first": lambda one: float(one.present[0]),
    "last": lambda one: float(one.present[-1]),
}
_CHANGES: dict[str, Callable[[NDArray[np.float64]], float]] = {
    "min_change": lambda changes: float(changes.min()),
    "max_change": lambda changes: float(changes.max()),
    "max_abs_change": lambda changes: float(np.abs(changes).max()),
}
_NAME = re.compile(
    rf"({'|'.join(sorted((*_PLAIN, *_CHANGES), key=len, reverse=True))})_(\w+)\Z", re.IGNORECASE
)


class Config(OperatorConfig):
    """Which figures are wanted."""

    figures: tuple[str, ...] = Field(
        (), description="names such as max_abs_acceleration; those that attributes name are added"
    )
    over: float = Field(1.0, gt=0, description="seconds over which a change is taken")


def defaults(plan: Plan) -> dict[str, Any]:
    """The figures that attributes of the plan are taken from."""
    named = (attribute.source or "" for attribute in plan.attributes.values())
    plain = (name.rpartition(".")[2].replace("-", "_") for name in named)
    return {"figures": tuple(dict.fromkeys(name for name in plain if _NAME.match(name)))}


def measures_of(config: Config) -> dict[str, pa.DataType]:
    """A measure for every figure, beside those that are always there."""
    return {**measures, **{name: pa.float64() for name in config.figures}}


def measure(batch: SeriesBatch, config: Config) -> dict[str, pa.Array]:
    """Each figure in the unit of its channel, or that per second; null where a series has no such channel.

    ``largest`` is the greatest absolute value of any channel.
    """
    told = {
        name: pa.array(batch.each(partial(_figure, name=name, over=config.over)), pa.float64())
        for name in config.figures
    }
    return {"largest": pa.array(batch.each(_largest), pa.float64()), **told}


def _largest(series: Series) -> float | None:
    return max((_PLAIN["max_abs"](one) for one in series.channels if len(one.present)), default=None)


def _figure(series: Series, name: str, over: float) -> float | None:
    found = _NAME.match(name)
    if found is None:
        return None
    wanted = found[2].casefold()
    channel = next((one for one in series.channels if _plain(one.name) == wanted), None)
    if channel is None or not len(channel.present):
        return None
    figure = found[1].casefold()
    if figure in _PLAIN:
        with np.errstate(over="ignore"):
            return _PLAIN[figure](channel)
    changes = _changes(series, channel, over)
    return None if changes is None else _CHANGES[figure](changes)


def _changes(series: Series, channel: Channel, over: float) -> NDArray[np.float64] | None:
    """Change per second from each moment to ``over`` seconds later, where that is still within the series."""
    if not series.is_clocked:
        return None
    rows = np.flatnonzero((series.main.time != MISSING) & np.isfinite(channel.values))
    rows = rows[np.argsort(series.main.time[rows], kind="stable")]
    time = (series.main.time[rows] - series.main.time[rows[:1]]) / SECOND
    values = channel.values[rows]
    until = time + over
    begins = until <= time[-1] + 1e-9 if len(time) else np.zeros(0, bool)
    if not begins.any():
        return None
    changes: NDArray[np.float64] = (np.interp(until[begins], time, values) - values[begins]) / over
    return changes


def _plain(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_").casefold()
