"""Duration: how long a recording is; only what is too short to hold a word is refused.

A bound near the length of real words throws good ones away: at .25 s, 48 of 600 tightly trimmed digits.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.audio import AudioBatch

reads = "audio"
version = 1
measures = {"duration": pa.float32()}


class Config(OperatorConfig):
    """How short and how long a recording may be."""

    least: float = limit(0.12, ge=0, description="seconds below which a recording is refused")
    most: float | None = limit(None, gt=0, description="seconds above which it is refused; none by default")


def measure(batch: AudioBatch, config: Config) -> dict[str, NDArray[np.float32]]:
    """The duration in seconds."""
    return {"duration": batch.each(lambda clip: clip.seconds)}


def bounds(config: Config) -> tuple[Bound, ...]:
    """Not too short, and where the plan says so, not too long."""
    short = Bound(
        "duration",
        "Too short ({value} s): hold on until you have said it all.",
        low=config.least,
        field="least",
    )
    if config.most is None:
        return (short,)
    long = Bound(
        "duration",
        "Too long: {value} s of {threshold} s at most.",
        high=config.most,
        field="most",
    )
    return (short, long)
