"""SNR: how far the voice stands out of what is heard when it pauses."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.audio import AudioBatch

reads = "audio"
version = 1
measures = {"snr": pa.float32()}
_MOST = 90.0
"""dB; pauses of digital silence say nothing beyond it."""


class Config(OperatorConfig):
    """How far the voice must stand out."""

    least: float = limit(8.0, description="dB below which a recording is refused")


def measure(batch: AudioBatch, config: Config) -> dict[str, NDArray[np.float32]]:
    """Level of the loudest tenth of the frames less that of the quietest tenth, in dB, 0 to 90.

    It needs no knowledge of where speech is; in a recording without any pause it is too low.
    """
    return {"snr": batch.each(lambda clip: min(clip.loud - clip.quiet, _MOST))}


def bounds(config: Config) -> tuple[Bound, ...]:
    """Speech must stand out; where nobody speaks, nothing does."""
    return (
        Bound(
            "snr",
            "Too much noise, or nobody speaks: find a quieter place and come closer.",
            low=config.least,
            field="least",
        ),
    )
