"""Clipping: stretches stuck at the converter's ceiling."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.audio import AudioBatch, Clip

reads = "audio"
version = 1
measures = {"clipped_share": pa.float32()}
_LEAST_PEAK = 1e-3
_PILE = 2.0


class Config(OperatorConfig):
    """What a flat top is, and how many are too many."""

    ceiling: float = Field(0.985, gt=0.5, le=1, description="share of the peak that counts as stuck")
    run: int = Field(3, ge=2, description="neighbouring values that make a flat top")
    most: float = limit(
        0.0015, ge=0, le=1, description="share of values in flat tops above which a recording is refused"
    )


def measure(batch: AudioBatch, config: Config) -> dict[str, NDArray[np.float32]]:
    """Share of values in flat tops, 0 to 1, in the channel where it is greatest."""
    return {"clipped_share": batch.each(lambda clip: _clipped_share(clip, config))}


def bounds(config: Config) -> tuple[Bound, ...]:
    """A few flat tops are not heard."""
    return (
        Bound(
            "clipped_share",
            "Too loud for the microphone: move away a little.",
            high=config.most,
            field="most",
        ),
    )


def _clipped_share(clip: Clip, config: Config) -> float:
    return max(_of_channel(np.abs(channel), config) for channel in clip.channels.T)


def _of_channel(sizes: NDArray[np.float32], config: Config) -> float:
    """Flat tops of one channel, given absolute values.

    Low tones at high rates also stay near their peak for many values. What tells clipping is that values
    pile up there: at least twice as many as in the band twice as wide just below (a sine has 1.4 times).
    """
    peak = float(sizes.max())
    if peak < _LEAST_PEAK or len(sizes) < config.run:
        return 0.0
    top = sizes >= config.ceiling * peak
    flat = top[config.run - 1 :].copy()
    for back in range(1, config.run):
        flat &= top[config.run - 1 - back : -back]
    if not flat.any():
        return 0.0
    at_top = int(top.sum())
    below = int((sizes >= (3 * config.ceiling - 2) * peak).sum()) - at_top
    return float(flat.mean()) if at_top >= _PILE * below else 0.0
