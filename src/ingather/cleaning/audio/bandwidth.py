"""Bandwidth: the band that is really used, which the sampling rate does not tell.

Telephone speech stored at 48 kHz is still telephone speech: told, and refused only where the plan says so.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.audio import AudioBatch, Clip
from ingather.media.audio_frames import SILENCE, frequencies

reads = "audio"
version = 1
measures = {"bandwidth": pa.float32(), "band_used": pa.float32()}


class Config(OperatorConfig):
    """What counts as used, and how much is asked for."""

    depth: float = Field(60.0, gt=0, description="dB below the strongest frequency that still count as used")
    least: float | None = limit(None, gt=0, description="Hz below which it is refused; none by default")


def measure(batch: AudioBatch, config: Config) -> dict[str, NDArray[np.float32]]:
    """Highest frequency in use, in Hz, and its share of half the sampling rate, 0 to 1; NaN in silence."""
    used = batch.each(lambda clip: _highest(clip, config.depth))
    half = batch.each(lambda clip: clip.rate / 2)
    return {"bandwidth": used, "band_used": np.minimum(used / half, 1).astype(np.float32)}


def bounds(config: Config) -> tuple[Bound, ...]:
    """Nothing is refused unless the plan asks for a band."""
    if config.least is None:
        return ()
    return (
        Bound(
            "bandwidth",
            "It sounds muffled, as over a telephone: nothing above {value} Hz.",
            low=config.least,
            field="least",
        ),
    )


def _highest(clip: Clip, depth: float) -> float:
    """The last bin of the mean spectrum of the louder half of the frames that is within ``depth`` dB."""
    spectrum = clip.power[clip.levels >= np.median(clip.levels)].mean(axis=0)
    strongest = float(spectrum.max())
    if strongest <= SILENCE:
        return float("nan")
    return float(frequencies(clip.rate)[np.flatnonzero(spectrum >= strongest * 10 ** (-depth / 10))[-1]])
