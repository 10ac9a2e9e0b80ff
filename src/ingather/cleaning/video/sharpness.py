"""Sharpness: how blurred a film is over its time, by looking at one frame a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.contract import Bound, OperatorConfig, limit

if TYPE_CHECKING:
    from ingather.media.video import VideoBatch
    from ingather.media.video_scan import Scan

reads = "video"
version = 1
measures = {"blur": pa.float32(), "blurred": pa.float32()}


class Config(OperatorConfig):
    """What counts as blurred, and how much of a film may be."""

    blur: float = Field(
        0.5, gt=0, le=1, description="blur from which a frame is blurred: 0 is sharp, 1 is even"
    )
    most_blurred: float = limit(0.5, ge=0, le=1, description="share of the film that may be blurred")


def measure(batch: VideoBatch, config: Config) -> dict[str, NDArray[Any]]:
    """The median blur, 0 to 1, and the share of frames that are blurred; NaN where no frame shows a thing."""
    return {"blur": batch.each(_median), "blurred": batch.each(lambda scan: _blurred(scan, config.blur))}


def bounds(config: Config) -> tuple[Bound, ...]:
    """Most of it is sharp."""
    return (
        Bound(
            "blurred",
            "The picture is blurred for {value} of the film, at most {threshold}: let the camera focus.",
            high=config.most_blurred,
            field="most_blurred",
        ),
    )


def _median(scan: Scan) -> float:
    seen = scan.blurs[~np.isnan(scan.blurs)]
    return float(np.median(seen)) if len(seen) else np.nan


def _blurred(scan: Scan, blur: float) -> float:
    seen = scan.blurs[~np.isnan(scan.blurs)]
    return float((seen > blur).mean()) if len(seen) else np.nan
