"""Frozen: stretches in which the picture stands still, as when a camera or a connection hangs.

A camera that looks at nothing still has noise: what counts as still is a picture that changes less from frame
to frame than noise does, and that has not crept away by the end of the stretch. Strong compression takes the
noise out of real film as well, for some seconds; so a share of the film is asked for, not one stretch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.cleaning.stretches import longest, share, stretches

if TYPE_CHECKING:
    from ingather.media.video import VideoBatch
    from ingather.media.video_scan import Scan

reads = "video"
version = 1
measures = {"longest": pa.float32(), "share": pa.float32()}
_CREPT = 0.01
_REDRAWN = 0.005


class Config(OperatorConfig):
    """What counts as still, and how long a picture may be so."""

    still: float = Field(
        0.0004,
        gt=0,
        description="mean change of luma from frame to frame, 0 to 1, below which it is still; half of the "
        "frames of a still stretch change by less than a quarter of it",
    )
    least: float = Field(1.2, gt=0, description="seconds from which a still stretch counts")
    most_share: float = limit(0.2, ge=0, le=1, description="share of the film that may be still")
    most: float = limit(
        3.0, ge=0, description="seconds from which one still stretch is looked at by a person"
    )


def measure(batch: VideoBatch, config: Config) -> dict[str, NDArray[Any]]:
    """Seconds of the longest still stretch, and the share of the film in such stretches."""
    return {
        "longest": batch.each(lambda scan: longest(_still(scan, config))),
        "share": batch.each(lambda scan: share(_still(scan, config), config.least, scan.seconds)),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """Most of it moves; a long stretch of a long film goes to review."""
    return (
        Bound(
            "share",
            "The picture stands still for {value} of the film, at most {threshold}.",
            high=config.most_share,
            field="most_share",
        ),
        Bound(
            "longest",
            "The picture stands still for {value} s.",
            high=config.most,
            to="review",
            field="most",
        ),
    )


def _still(scan: Scan, config: Config) -> NDArray[np.float64]:
    """(m, 2) seconds from and to of the still stretches."""
    change = scan.change[1:]
    loud = change >= config.still
    # coding shows through: a key frame now and then redraws a picture that hangs
    lonely = np.convolve(loud, np.ones(5), "same")[: len(loud)] <= 2
    found = stretches(~loud | (lonely & (change < _REDRAWN)), scan.times[:-1], scan.step)
    if not len(found) or not len(scan.stills):
        return found
    ends = np.clip(np.searchsorted(scan.still_times, found), 0, len(scan.stills) - 1)
    # the still after the end may already show what comes next: the one before it is compared
    quiet = [
        float(np.median(change[(scan.times[:-1] >= start) & (scan.times[:-1] < end)])) < config.still / 4
        for start, end in found
    ]
    first, last = scan.stills[ends[:, 0]], scan.stills[np.maximum(ends[:, 1] - 1, ends[:, 0])]
    crept: NDArray[np.float32] = np.abs(first.astype(np.float32) - last).mean(axis=(1, 2))
    hangs: NDArray[np.bool_] = (crept < _CREPT * 255) & np.array(quiet)
    return found[hangs]
