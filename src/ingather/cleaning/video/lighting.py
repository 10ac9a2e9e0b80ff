"""Lighting: how much of a film is too dark or too bright to see a thing, and whether its light flickers."""

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
measures = {
    "light": pa.float32(),
    "too_dark": pa.float32(),
    "too_bright": pa.float32(),
    "flicker": pa.float32(),
}


class Config(OperatorConfig):
    """What counts as dark and as bright, and how much of a film may be so."""

    dark: float = Field(
        0.1, ge=0, le=1, description="mean luma of a frame, 0 to 1, below which it is too dark"
    )
    bright: float = Field(0.9, ge=0, le=1, description="mean luma above which it is too bright")
    blown: float = Field(
        0.5, gt=0, le=1, description="share of pixels that are all white from which it is too bright"
    )
    most_dark: float = limit(0.3, ge=0, le=1, description="share of the film that may be too dark")
    most_bright: float = limit(0.3, ge=0, le=1, description="share of the film that may be too bright")
    most_flicker: float = limit(
        0.02, gt=0, description="how much light may jump up and down from frame to frame, mean of 0 to 1"
    )


def measure(batch: VideoBatch, config: Config) -> dict[str, NDArray[Any]]:
    """Mean luma, the shares of frames that are too dark and too bright, and the flicker."""
    return {
        "light": batch.each(lambda scan: float(scan.light.mean())),
        "too_dark": batch.each(lambda scan: float((scan.light < config.dark).mean())),
        "too_bright": batch.each(
            lambda scan: float(((scan.light > config.bright) | (scan.blown > config.blown)).mean())
        ),
        "flicker": batch.each(_flicker),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """Neither too dark nor too bright, in steady light."""
    return (
        Bound(
            "too_dark",
            "It is too dark for {value} of the film, at most {threshold}: more light is needed.",
            high=config.most_dark,
            field="most_dark",
        ),
        Bound(
            "too_bright",
            "It is too bright for {value} of the film, at most {threshold}: less light is needed.",
            high=config.most_bright,
            field="most_bright",
        ),
        Bound(
            "flicker",
            "The light flickers (by {value} of its range from frame to frame, at most {threshold}).",
            high=config.most_flicker,
            field="most_flicker",
        ),
    )


def _flicker(scan: Scan) -> float:
    """Mean of the smaller of two jumps in a row that go opposite ways: neither cuts nor fades count."""
    jumps = np.diff(scan.light.astype(np.float64))
    if len(jumps) < 2:
        return 0.0
    opposite = jumps[1:] * jumps[:-1] < 0
    both = np.minimum(np.abs(jumps[1:]), np.abs(jumps[:-1]))
    return float(np.where(opposite, both, 0.0).mean())
