"""Black: stretches in which nothing is to be seen, because the lens is covered or nothing was sent."""

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


class Config(OperatorConfig):
    """What counts as black, and how long a film may be so."""

    pixels: float = Field(
        0.98, gt=0, le=1, description="share of pixels with luma below .1 from which a frame is black"
    )
    least: float = Field(0.5, gt=0, description="seconds from which a black stretch counts")
    most_share: float = limit(0.1, ge=0, le=1, description="share of the film that may be black")
    most: float = limit(
        2.0, ge=0, description="seconds from which one black stretch is looked at by a person"
    )


def measure(batch: VideoBatch, config: Config) -> dict[str, NDArray[Any]]:
    """Seconds of the longest black stretch, and the share of the film in such stretches."""
    return {
        "longest": batch.each(lambda scan: longest(_black(scan, config))),
        "share": batch.each(lambda scan: share(_black(scan, config), config.least, scan.seconds)),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """Little of it is black; a long stretch of a long film goes to review."""
    return (
        Bound(
            "share",
            "Nothing is to be seen for {value} of the film (black), at most {threshold}: is the lens free?",
            high=config.most_share,
            field="most_share",
        ),
        Bound("longest", "The picture is black for {value} s.", high=config.most, to="review", field="most"),
    )


def _black(scan: Scan, config: Config) -> NDArray[np.float64]:
    return stretches(scan.dark >= config.pixels, scan.times, scan.step)
