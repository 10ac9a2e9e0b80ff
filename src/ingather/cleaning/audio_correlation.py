"""Whether two recordings are one: their waveforms laid over each other, in the band of the telephone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ingather.cleaning.audio_signature import in_band
from ingather.media.audio import Clip

RATE = 8_000
_LOW, _HIGH = 300.0, 3_300.0
_LAG = 0.11
_FINER = 4
_LONG = 60.0
_PIECE = 30.0


def overlay(left: Clip, right: Clip) -> float:
    """The greatest correlation of two recordings, 0 to 1, at a lag of up to 110 ms either way.

    Gain, sampling rate and coding hardly touch it (measured: copies .98 and more), and it is normalised by
    what overlaps, so that trimming does not either; two takes of one word stay below .91. Of recordings
    over a minute the first and the last half minute are laid over each other, the worse one counts.
    """
    one, other = left.resampled(RATE), right.resampled(RATE)
    high = min(_HIGH, 0.45 * min(left.rate, right.rate))
    if min(left.seconds, right.seconds) <= _LONG:
        return _correlate(in_band(one, RATE, _LOW, high), in_band(other, RATE, _LOW, high))
    piece = round(_PIECE * RATE)
    return min(
        _correlate(in_band(one[part], RATE, _LOW, high), in_band(other[part], RATE, _LOW, high))
        for part in (slice(None, piece), slice(-piece, None))
    )


def _correlate(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Peak of the cross-correlation, its lags resolved to a quarter of a value by padding the spectrum."""
    from scipy.fft import irfft, next_fast_len, rfft

    most = round(_LAG * RATE)
    size = next_fast_len(max(len(one) + len(other), 2 * most + 1), real=True)
    cross = rfft(one, size) * rfft(other, size).conj()
    fine = np.arange(-most * _FINER, most * _FINER + 1)
    products = np.abs(irfft(cross, _FINER * size)[fine]) * _FINER
    lags = np.round(fine / _FINER).astype(np.int64)
    ours = _energy(one, np.maximum(lags, 0), lags + len(other))
    theirs = _energy(other, np.maximum(-lags, 0), len(one) - lags)
    enough = (ours > 0.5 * ours.max()) & (theirs > 0.5 * theirs.max())
    best = np.max(products / np.sqrt(ours * theirs + 1e-12), where=enough, initial=0.0)
    return min(1.0, float(best))


def _energy(
    samples: NDArray[np.float32], start: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.float64]:
    sums = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    inside: NDArray[np.float64] = sums[np.clip(end, 0, len(samples))] - sums[np.clip(start, 0, len(samples))]
    return np.maximum(inside, 0)
