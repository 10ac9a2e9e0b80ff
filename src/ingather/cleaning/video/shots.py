"""Shots: how many pieces a film is cut from, told by its hard cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.shot_cuts import shot_cuts

if TYPE_CHECKING:
    from ingather.media.video import VideoBatch
    from ingather.media.video_scan import Scan

reads = "video"
version = 1
measures = {"shots": pa.float32(), "shortest": pa.float32()}


class Config(OperatorConfig):
    """What counts as a cut, and how many shots a film may have."""

    change: float = Field(
        0.04, gt=0, lt=1, description="mean change of luma, 0 to 1, that a cut brings at the least"
    )
    times_more: float = Field(
        4.0, gt=1, description="how many times the change of the frames around it a cut brings"
    )
    most: int | None = limit(None, ge=1, description="shots that a film may have; any number by default")


def measure(batch: VideoBatch, config: Config) -> dict[str, NDArray[Any]]:
    """How many shots, and seconds of the shortest."""
    return {
        "shots": batch.each(lambda scan: len(_cuts(scan, config)) + 1),
        "shortest": batch.each(lambda scan: _shortest(scan, config)),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """Where the plan says so, not too many."""
    if config.most is None:
        return ()
    reason = "The film is cut from {value} shots, at most {threshold}: send one that was filmed in one go."
    return (Bound("shots", reason, high=config.most, field="most"),)


def _cuts(scan: Scan, config: Config) -> NDArray[np.float64]:
    return shot_cuts(scan, config.change, config.times_more)


def _shortest(scan: Scan, config: Config) -> float:
    first = float(scan.times.min())
    edges = np.concatenate([[first], _cuts(scan, config), [first + scan.seconds]])
    return float(np.diff(edges).min())
