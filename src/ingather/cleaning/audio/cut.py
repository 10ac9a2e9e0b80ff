"""Cut off: the recording ends, or falls into digital silence, while somebody still speaks.

Two signs are looked for: the last 25 ms are nearly as loud as the loudest tenth; or, somewhere inside, a
loud sound drops within 2.5 ms and stays down. Measured by planting: of recordings cut while the voice
sounds the first finds .99, of those cut and then filled up with digital silence the second finds .98. What
is cut in a pause or a closure of the mouth, or filled up with noise of the room, is not found by its sound.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.audio import AudioBatch, Clip

reads = "audio"
version = 2
measures = {"tail": pa.float32(), "drop": pa.float32()}

_LEAST_CONTRAST = 6.0
"""dB between loud and quiet tenth below which nothing is said that could be cut."""
_NEAR = 15.0
_DEEPEST = 60.0
_STEP = 0.0025
_BEFORE, _AFTER = 4, 16
"""Steps of 2.5 ms that are compared: 10 ms before, 40 ms after."""


class Config(OperatorConfig):
    """How loud an end may be, and how deep a sudden drop."""

    tail: float = limit(-14.0, description="dB re the loudest tenth that the last 25 ms may reach")
    drop: float = limit(40.0, gt=0, description="dB that a loud sound may drop within 2.5 ms")


def measure(batch: AudioBatch, config: Config) -> dict[str, NDArray[np.float32]]:
    """Level of the end re the loudest tenth, and the deepest sudden drop, in dB; NaN where nobody speaks.

    The level of an end that stands out of the pauses by less than half as much as the voice does is NaN too:
    in a noisy room it is the noise that is nearly as loud as the voice.
    """
    return {
        "tail": batch.each(lambda clip: _tail(clip) if _speaks(clip) and _stands_out(clip) else np.nan),
        "drop": batch.each(lambda clip: _drop(clip) if _speaks(clip) else np.nan),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """It must end after the voice does."""
    why = "It stops while you are still speaking: wait a moment before you press stop."
    return (
        Bound("tail", why, high=config.tail, field="tail"),
        Bound("drop", why, high=config.drop, field="drop"),
    )


def _speaks(clip: Clip) -> bool:
    return clip.loud - clip.quiet >= _LEAST_CONTRAST


def _stands_out(clip: Clip) -> bool:
    return float(clip.levels[-2:].max()) > (clip.loud + clip.quiet) / 2


def _tail(clip: Clip) -> float:
    """Mean of the levels of the last five stretches of 5 ms, the very last counted as much as all five."""
    step = max(1, clip.rate // 200)
    end = clip.samples[-5 * step :]
    levels = _decibels(np.square(end[len(end) % step :].reshape(-1, step)).mean(axis=1))
    return float((levels[-1] + levels.mean()) / 2 - clip.loud)


def _drop(clip: Clip) -> float:
    """The greatest fall from 10 ms of loud sound to the 40 ms that follow."""
    step = max(1, round(clip.rate * _STEP))
    count = len(clip.samples) // step
    if count < _BEFORE + _AFTER + 2:
        return 0.0
    power = np.square(clip.samples[: count * step].reshape(count, step)).mean(axis=1, dtype=np.float64)
    sums = np.concatenate([[0.0], np.cumsum(power)])
    at = np.arange(_BEFORE, count - _AFTER)
    before = _decibels((sums[at] - sums[at - _BEFORE]) / _BEFORE)
    after = _decibels((sums[at + 1 + _AFTER] - sums[at + 1]) / _AFTER)
    falls = before - np.maximum(after, clip.loud - _DEEPEST)
    return float(falls[before > clip.loud - _NEAR].max(initial=0.0))


def _decibels(power: NDArray[np.floating]) -> NDArray[np.float64]:
    levels: NDArray[np.float64] = 10 * np.log10(np.maximum(power, 1e-10))
    return levels
