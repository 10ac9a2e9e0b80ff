"""Cut off: the recording ends, or falls into digital silence, while somebody still speaks.

Two signs are looked for: the last 25 ms are nearly as loud as the loudest tenth; or, somewhere inside, a
loud sound drops within 2.5 ms and stays down. Measured by planting: of recordings cut while the voice
sounds the first finds .98, of those cut and then filled up with digital silence the second finds .99. What
is cut in a pause or a closure of the mouth is not found; of what is filled up with the noise of the room only
.2 to .5 are.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.audio import AudioBatch, Clip

reads = "audio"
version = 4
measures = {"tail": pa.float32(), "drop": pa.float32()}

_HEARD = -60.0
"""dB re full scale of the loudest tenth below which nothing is said that could be cut."""
_VOICED = 0.7
_FAINT = -20.0
_RUMBLE = 2.0
_NEAR = 15.0
_DEEPEST = 60.0
_STEP = 0.0025
_BEFORE, _AFTER = 4, 16
"""Steps of 2.5 ms that are compared: 10 ms before, 40 ms after."""


class Config(OperatorConfig):
    """How loud an end may be, and how deep a sudden drop."""

    tail: float = limit(-12.0, description="dB re the loudest tenth that the last 25 ms may reach")
    drop: float = limit(40.0, gt=0, description="dB that a loud sound may drop within 2.5 ms")


def measure(batch: AudioBatch, config: Config) -> dict[str, NDArray[np.float32]]:
    """Level of the end re the loudest tenth, and the deepest sudden drop, in dB; NaN in silence.

    The level of an end that is neither voiced nor stands out of the pauses by a third as much as the voice
    does is NaN too: in a noisy room it is the noise that is nearly as loud as the voice.
    """
    return {
        "tail": batch.each(lambda clip: _tail(clip) if _is_heard(clip) else np.nan),
        "drop": batch.each(lambda clip: _drop(clip) if _is_heard(clip) else np.nan),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """It must end after the voice does."""
    why = "It stops while you are still speaking: wait a moment before you press stop."
    return (
        Bound("tail", why, high=config.tail, field="tail"),
        Bound("drop", why, high=config.drop, field="drop"),
    )


def _is_heard(clip: Clip) -> bool:
    return clip.loud >= _HEARD


def _tail(clip: Clip) -> float:
    """Mean of the levels of the last five stretches of 5 ms, the very last counted as much as all five."""
    step = max(1, clip.rate // 200)
    end = clip.samples[-5 * step :]
    levels = _decibels(np.square(end[len(end) % step :].reshape(-1, step)).mean(axis=1))
    # Rumble below 100 Hz is loud and is no voice: the frame's level leaves it out.
    tail = min(float((levels[-1] + levels.mean()) / 2), float(clip.levels[-1]) + _RUMBLE) - clip.loud
    stands_out = float(clip.levels[-2:].max()) - clip.quiet > (clip.loud - clip.quiet) / 3
    return tail if stands_out or tail < _FAINT or _periodicity(clip) > _VOICED else float("nan")


def _periodicity(clip: Clip) -> float:
    """The greatest autocorrelation of the last 40 ms at the periods of a voice, 80 to 450 Hz."""
    end = clip.samples[-round(0.04 * clip.rate) :].astype(np.float64)
    end -= end.mean()
    lags = np.arange(clip.rate // 450, min(clip.rate // 80, 2 * len(end) // 3))
    if not len(lags):
        return 0.0
    products = np.correlate(end, end, "full")[len(end) - 1 :][lags]
    sums = np.concatenate([[0.0], np.cumsum(np.square(end))])
    energies = (sums[-1] - sums[lags]) * sums[len(end) - lags]
    return float((products / np.sqrt(energies + 1e-12)).max())


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
