"""The sound of a film as its envelope: how loud, when, and whether anything is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame


@dataclass(frozen=True, eq=False)
class Sound:
    """The envelope of a sound track in n pieces, as they are coded (some 20 ms each).

    Attributes:
        times: (n,) float64 seconds at which each begins, by the film's clock.
        lengths: (n,) float64 seconds that each lasts.
        power: (n,) float32 mean square over its samples and channels, 1 is full scale.
        peak: (n,) float32 greatest absolute value, 1 is full scale.
        rate: sampling rate in Hz.
        channels: how many.
    """

    times: NDArray[np.float64]
    lengths: NDArray[np.float64]
    power: NDArray[np.float32]
    peak: NDArray[np.float32]
    rate: int
    channels: int

    @property
    def start(self) -> float:
        """Seconds at which it begins, NaN where nothing was decoded."""
        return float(self.times[0]) if len(self.times) else np.nan

    @property
    def end(self) -> float:
        """Seconds at which it ends, NaN where nothing was decoded."""
        return float((self.times + self.lengths).max()) if len(self.times) else np.nan

    @property
    def level(self) -> NDArray[np.float64]:
        """(n,) decibels below full scale of each piece, -120 at the least."""
        return 10 * np.log10(np.maximum(self.power.astype(np.float64), 1e-12))


class Envelope:
    """Takes in decoded sound as it comes."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._lengths: list[float] = []
        self._power: list[float] = []
        self._peak: list[float] = []
        self._rate = 0
        self._channels = 0

    def take(self, frame: AudioFrame) -> None:
        """Adds one piece."""
        if not frame.samples or not frame.sample_rate:
            return
        values = frame.to_ndarray()
        if values.dtype.kind in "iu":
            half = float(1 << (8 * values.dtype.itemsize - 1))
            middle = 0.0 if values.dtype.kind == "i" else half
            values = (values.astype(np.float32) - np.float32(middle)) / np.float32(half)
        flat = values.ravel()
        end = self._times[-1] + self._lengths[-1] if self._times else 0.0
        self._times.append(float(frame.time) if frame.time is not None else end)
        self._lengths.append(frame.samples / frame.sample_rate)
        self._power.append(float(np.vdot(flat, flat)) / flat.size)
        self._peak.append(float(max(flat.max(), -flat.min())))
        self._rate, self._channels = frame.sample_rate, frame.layout.nb_channels

    def sound(self) -> Sound:
        """What was taken in."""
        return Sound(
            np.array(self._times, np.float64),
            np.array(self._lengths, np.float64),
            np.array(self._power, np.float32),
            np.array(self._peak, np.float32),
            self._rate,
            self._channels,
        )
