"""Sound sync: whether sound and picture of a film part: begin apart, end apart, or lose a piece between.

Told by the times that both carry. Lips that move before their words within a stream whose times agree are
not found this way.
"""

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
measures = {"starts_apart": pa.float32(), "ends_apart": pa.float32(), "lost": pa.float32()}


class Config(OperatorConfig):
    """How far sound and picture may be apart."""

    most_start: float = limit(0.25, ge=0, description="seconds that one may begin before the other")
    most_end: float = limit(0.5, ge=0, description="seconds that one may end before the other")
    most_lost: float = limit(
        0.25, ge=0, description="seconds of sound that may be missing between its pieces"
    )


def measure(batch: VideoBatch, config: Config) -> dict[str, NDArray[Any]]:
    """Seconds between the beginnings, between the ends, and lost in the sound; NaN without sound."""
    return {
        "starts_apart": batch.each(_starts),
        "ends_apart": batch.each(_ends),
        "lost": batch.each(_lost),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """Together at the beginning, at the end and between."""
    return (
        Bound(
            "starts_apart",
            "Sound and picture begin {value} s apart, at most {threshold} s.",
            high=config.most_start,
            field="most_start",
        ),
        Bound(
            "ends_apart",
            "Sound and picture end {value} s apart, at most {threshold} s: they part on the way.",
            high=config.most_end,
            field="most_end",
        ),
        Bound(
            "lost",
            "{value} s of the sound are missing in between, at most {threshold} s.",
            high=config.most_lost,
            field="most_lost",
        ),
    )


def _starts(scan: Scan) -> float:
    return abs(scan.sound.start - float(scan.times.min())) if scan.sound is not None else np.nan


def _ends(scan: Scan) -> float:
    if scan.sound is None:
        return np.nan
    return abs(scan.sound.end - float(scan.times.min()) - scan.seconds)


def _lost(scan: Scan) -> float:
    sound = scan.sound
    if sound is None or not len(sound.times):
        return np.nan
    gaps = sound.times[1:] - (sound.times + sound.lengths)[:-1]
    return float(gaps[gaps > sound.lengths[:-1] / 2].sum())
