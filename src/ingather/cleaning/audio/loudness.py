"""Loudness: how loud a recording sounds, after ITU-R BS.1770-5; generous, for a level can be mended."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.audio import AudioBatch, Clip
from ingather.media.audio_frames import SILENCE, frequencies

reads = "audio"
version = 1
measures = {"loudness": pa.float32(), "peak": pa.float32()}

_OFFSET = -0.691
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0
_BLOCK, _STEP = 38, 10
"""Frames in 400 ms and in a quarter of it: 38 frames of 25 ms, 10 ms apart, span 395 ms."""
# the two filters of BS.1770 (head, then high-pass), as numerator and denominator at 48 kHz
_STAGES = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)


class Config(OperatorConfig):
    """How quiet a recording may be."""

    least: float = limit(-60.0, description="LUFS below which a recording is refused")


def measure(batch: AudioBatch, config: Config) -> dict[str, NDArray[np.float32]]:
    """Gated loudness of the mono mix in LUFS (-70 where all is below the gate), and peak in dB full scale.

    The weighting is applied to the power spectra, which comes within .2 LU of filtering the samples.
    """
    return {
        "loudness": batch.each(_loudness),
        "peak": batch.each(lambda clip: float(20 * np.log10(clip.peak + 1e-6))),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """It must be loud enough to be mended."""
    return (
        Bound(
            "loudness",
            "Too quiet: come closer.",
            low=config.least,
            field="least",
        ),
    )


def _loudness(clip: Clip) -> float:
    weighted = clip.power @ _weights(clip.rate)
    if len(weighted) > _BLOCK:
        sums = np.concatenate([[0.0], np.cumsum(weighted, dtype=np.float64)])
        blocks = (sums[_BLOCK:] - sums[:-_BLOCK])[::_STEP] / _BLOCK
    else:
        blocks = weighted.mean(keepdims=True).astype(np.float64)
    loud = _OFFSET + 10 * np.log10(np.maximum(blocks, 0) + SILENCE)
    heard = loud > _ABSOLUTE_GATE
    if not heard.any():
        return _ABSOLUTE_GATE
    gate = _OFFSET + 10 * np.log10(blocks[heard].mean()) + _RELATIVE_GATE
    return float(_OFFSET + 10 * np.log10(blocks[heard & (loud > gate)].mean()))


@lru_cache(maxsize=16)
def _weights(rate: int) -> NDArray[np.float32]:
    """(bins,) K-weighting as a factor of power."""
    z = np.exp(-2j * np.pi * np.minimum(frequencies(rate), 24_000) / 48_000)
    gain = np.ones(len(z))
    for above, below in _STAGES:
        gain *= np.abs(np.polyval(above[::-1], z) / np.polyval(below[::-1], z)) ** 2
    return gain.astype(np.float32)
