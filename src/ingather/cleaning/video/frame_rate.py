"""Frame rate: how many frames a second, how evenly they come, and where none came at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.contract import Bound, OperatorConfig, limit

if TYPE_CHECKING:
    from ingather.media.video import VideoBatch
    from ingather.media.video_scan import Scan

reads = "video"
version = 1
measures = {
    "rate": pa.float32(),
    "jitter": pa.float32(),
    "longest_gap": pa.float32(),
    "disordered": pa.int32(),
}


class Config(OperatorConfig):
    """How few and how uneven frames may be."""

    least: float = limit(5.0, ge=0, description="frames a second, by the median of the times between them")
    most_jitter: float = limit(
        0.5,
        gt=0,
        description="unevenness: the mean time by which frames miss an even beat, in beats (0 is even)",
    )
    most_gap: float = limit(1.0, gt=0, description="seconds that may pass without a frame")
    most_disordered: int = limit(0, ge=0, description="frames that may not come after the one before them")


def measure(batch: VideoBatch, config: Config) -> dict[str, Any]:
    """Frames a second, jitter in beats, longest time between two frames in seconds, frames out of order."""
    steps = [None if film is None else np.diff(film.scan.times) for film in batch.films]
    return {
        "rate": batch.each(lambda scan: 1 / scan.step if scan.step > 0 else np.nan),
        "jitter": batch.each(_jitter),
        "longest_gap": batch.each(lambda scan: float(np.diff(scan.times).max(initial=0.0))),
        "disordered": pa.array(
            [None if step is None else int((step <= 0).sum()) for step in steps], pa.int32()
        ),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """Enough frames, evenly, without gaps, in order."""
    return (
        Bound("rate", "Only {value} frames a second, at least {threshold}.", low=config.least, field="least"),
        Bound(
            "jitter",
            "The frames come unevenly (by {value} of their beat, at most {threshold}).",
            high=config.most_jitter,
            field="most_jitter",
        ),
        Bound(
            "longest_gap",
            "For {value} s there is no frame: part of the film is missing.",
            high=config.most_gap,
            field="most_gap",
        ),
        Bound(
            "disordered",
            "{value} frames have a time that is not after the frame before: the times are wrong.",
            high=config.most_disordered,
            field="most_disordered",
        ),
    )


def _jitter(scan: Scan) -> float:
    """Mean distance of the steps from their median, in medians; 0 where there are fewer than three frames."""
    steps: NDArray[np.float64] = np.diff(scan.times)
    if len(steps) < 2 or scan.step <= 0:
        return 0.0
    return float(np.abs(steps - scan.step).mean() / scan.step)
