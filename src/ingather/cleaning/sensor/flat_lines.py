"""Flat lines: stretches in which a channel says the very same value although it usually does not.

A sensor with a coarse grid, or one that is read faster than it measures, repeats values by nature: a stretch
counts only if it is longer than chance makes it, at the share of repeats that the rest of the channel has.
"""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.channel_faults import FINE, worst_of
from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.series import Channel, Series, SeriesBatch

reads = "sensor"
version = 1
measures = {
    "flat_share": pa.float64(),
    "channel": pa.string(),
    "above_own": pa.string(),
    "constant": pa.string(),
    "live": pa.int32(),
}
_CHANCE = math.log(1e-9)
_OFTEN = 0.5


class Config(OperatorConfig):
    """What a flat line is, and how much of a series it may be."""

    run: int = Field(20, ge=3, description="equal values in a row that make a flat line, at the least")
    own: dict[str, float] = Field(
        default_factory=dict, description="share that single channels may be flat, by name; 1 for any"
    )
    most: float = limit(0.05, ge=0, le=1, description="share of a channel that may be flat")
    refuse_constant: bool = limit(False, description="refuse a series when one of its channels never changes")


def measure(batch: SeriesBatch, config: Config) -> dict[str, pa.Array]:
    """Share of values in flat lines in the channel that has most, channels that never change, live ones.

    Channels that never change are named apart and do not count for the share.
    """
    share, channel, above = worst_of(batch, lambda one: _flat_share(one, config.run), config.own)
    return {
        "flat_share": share,
        "channel": channel,
        "above_own": above,
        "constant": pa.array(batch.each(_constant), pa.string()),
        "live": pa.array(batch.each(_live), pa.int32()),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """A sensor that hangs says nothing; one that never moved is looked at, all of them are refused."""
    return (
        Bound("live", "None of its channels ever changes.", low=1),
        Bound(
            "flat_share",
            "A channel hangs: {value} of its values (as a share) stand still; {threshold} may.",
            high=config.most,
            field="most",
        ),
        Bound("above_own", "A channel hangs: {value}.", allowed=(FINE,), field="own"),
        Bound(
            "constant",
            "These channels never change: {value}.",
            allowed=(FINE,),
            to="quarantined" if config.refuse_constant else "review",
            field="refuse_constant",
        ),
    )


def _constant(series: Series) -> str:
    return ", ".join(one.name for one in series.channels if one.is_constant) or FINE


def _live(series: Series) -> int | None:
    told = [one for one in series.channels if len(one.present) > 1]
    return sum(not one.is_constant for one in told) if told else None


def _flat_share(channel: Channel, run: int) -> float:
    values = channel.present
    if len(values) < run or channel.is_constant:
        return float("nan")
    hop = run // 2
    # a run of this length holds two neighbours of a coarse comb: without such a pair there is none
    comb = values[::hop]
    alike = np.flatnonzero(comb[1:] == comb[:-1])
    if not len(alike) or not _stands_still(values, alike * hop, hop):
        return 0.0
    lengths = _runs(values)
    repeats = lengths - 1
    longest = np.sort(lengths)[::-1]
    # the share of repeats of the rest: without the ten longest runs, of which the flat lines are
    rest = longest[10:] if len(longest) > 20 else longest[len(longest) // 2 :]
    usual = float((rest - 1).sum() / max(1, rest.sum())) if len(rest) else 0.0
    if usual > _OFTEN:
        return 0.0
    least = max(run, math.ceil(_CHANCE / math.log(usual)) if usual > 0 else run)
    return float(lengths[repeats + 1 >= least].sum() / len(values))


def _stands_still(values: NDArray[np.float64], starts: NDArray[np.int64], hop: int) -> bool:
    """Whether all values are equal from one of these places to ``hop`` rows later."""
    for some in np.array_split(starts, len(starts) // 4096 + 1):
        stretch = values[some[:, None] + np.arange(hop + 1)]
        if (stretch == stretch[:, :1]).all(axis=1).any():
            return True
    return False


def _runs(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Lengths of the runs of equal values."""
    ends = np.flatnonzero(values[1:] != values[:-1])
    lengths: NDArray[np.int64] = np.diff(np.concatenate([[-1], ends, [len(values) - 1]]))
    return lengths
