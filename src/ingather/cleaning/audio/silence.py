"""Silence: recordings in which nothing can be heard, such as those of a muted microphone.

The loudest tenth counts, so that long pauses around one word do not make it silent. Noise in which nobody
speaks is the business of ``snr``.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.audio import AudioBatch, Clip
from ingather.media.audio_frames import SILENCE

reads = "audio"
version = 1
measures = {"loudest": pa.float32(), "rms": pa.float32()}


class Config(OperatorConfig):
    """How faint the loudest tenth may be."""

    least: float = limit(-55.0, description="level of the loudest tenth, in dB re full scale, that is heard")


def measure(batch: AudioBatch, config: Config) -> dict[str, NDArray[np.float32]]:
    """Level of the loudest tenth of the 25 ms frames, and of the whole, in dB re full scale."""
    return {"loudest": batch.each(lambda clip: clip.loud), "rms": batch.each(_rms)}


def bounds(config: Config) -> tuple[Bound, ...]:
    """Something must be heard."""
    return (
        Bound(
            "loudest",
            "Nothing can be heard: is the microphone on?",
            low=config.least,
            field="least",
        ),
    )


def _rms(clip: Clip) -> float:
    samples = clip.samples
    return float(10 * np.log10(float(samples @ samples) / len(samples) + SILENCE))
