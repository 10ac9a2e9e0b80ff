"""Short-time analysis of sound: frames of 25 ms every 10 ms, their power spectra and levels."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

WINDOW = 0.025
HOP = 0.010
FRAMES_PER_SECOND = 100
SILENCE = 1e-13
"""Mean square that stands for digital silence: -130 dB re full scale."""
_LOWEST = 100.0
"""Hz; below lie hum, wind and handling noise, not speech."""


def fft_size(rate: int) -> int:
    """Values of one transform: the power of two that holds 25 ms, at least 256."""
    return max(256, 1 << (round(rate * WINDOW) - 1).bit_length())


def frequencies(rate: int) -> NDArray[np.float32]:
    """(bins,) centre of each bin of ``power_spectra`` in Hz."""
    return np.fft.rfftfreq(fft_size(rate), 1 / rate).astype(np.float32)


def power_spectra(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """(frames, bins) power of Hann windows of 25 ms every 10 ms; a row sums to the frame's mean square.

    A clip shorter than a window is padded with zeros to one frame.
    """
    from scipy.fft import rfft

    width = round(rate * WINDOW)
    if len(samples) < width:
        samples = np.pad(samples, (0, width - len(samples)))
    window, scale = _window(rate)
    views = np.lib.stride_tricks.sliding_window_view(samples, width)
    if rate % FRAMES_PER_SECOND == 0:
        frames = views[:: rate // FRAMES_PER_SECOND]
    else:  # 11,025 Hz has hops of 110.25: rounding each start keeps the frames in step with the clock
        count = (len(views) - 1) * FRAMES_PER_SECOND // rate + 1
        starts = np.round(np.arange(count) * (rate / FRAMES_PER_SECOND)).astype(np.int64)
        frames = views[np.minimum(starts, len(views) - 1)]
    spectra = rfft(frames * window, fft_size(rate), overwrite_x=True)
    power: NDArray[np.float32] = spectra.real**2 + spectra.imag**2
    power[:, 1:-1] *= 2
    power *= scale
    return power


def levels(power: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """(frames,) level above 100 Hz in dB re full scale."""
    above = power[:, int(np.ceil(_LOWEST * fft_size(rate) / rate)) :].sum(axis=1)
    return decibels(above)


def decibels(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean squares as dB re full scale, -130 at the least."""
    level: NDArray[np.float32] = (10 * np.log10(power + np.float32(SILENCE))).astype(np.float32)
    return level


@lru_cache(maxsize=16)
def mel_bank(rate: int, bands: int, low: float, high: float) -> NDArray[np.float32]:
    """(bins, bands) triangles, even on the mel scale (O'Shaughnessy 1987), ``low`` to ``high`` Hz."""
    edges = _from_mel(np.linspace(_to_mel(low), _to_mel(high), bands + 2))
    at = np.fft.rfftfreq(fft_size(rate), 1 / rate)
    rising = (at - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - at) / (edges[2:] - edges[1:-1])[:, None]
    bank = np.maximum(0, np.minimum(rising, falling)).T.astype(np.float32)
    bank.setflags(write=False)
    return bank


@lru_cache(maxsize=16)
def _window(rate: int) -> tuple[NDArray[np.float32], np.float32]:
    window = np.hanning(round(rate * WINDOW)).astype(np.float32)
    return window, np.float32(1 / (fft_size(rate) * float(window @ window)))


def _to_mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))


def _from_mel(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    hertz: NDArray[np.float64] = 700 * (10 ** (mel / 2595) - 1)
    return hertz
