"""What is kept of a recording to find it again: 1,796 bytes that gain, rate, coding and trims hardly touch.

Around its loudest moments (anchors, found by energy, so they move with the sound when it is trimmed) two
things are kept: a coarse spectrogram, free of gain and of the line's colour, to search by; and the waveform
of a low band, whose phases differ between two takes of the same word however alike they sound.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ingather.media.audio import Clip, resample
from ingather.media.audio_frames import FRAMES_PER_SECOND, WINDOW, mel_bank

ANCHORS, EXCERPTS = 4, 2
BANDS, CELLS = 16, 8
EXCERPT_RATE = 3_200
EXCERPT = 640
"""Values of one excerpt: .2 s."""
SIGNATURE = np.dtype(
    [
        ("seconds", "<f4"),
        ("patches", "i1", (ANCHORS, CELLS * BANDS)),
        ("excerpts", "i1", (EXCERPTS, EXCERPT)),
    ]
)

_LOW, _HIGH = 300.0, 3_300.0
_EXCERPT_HIGH = 1_400.0
_CELL = 4
"""Frames averaged in one cell: 40 ms, so that a shift by half a frame changes little."""
_FLOOR = 10**-2.5
_APART = 12
_FAINTEST = 10**-1.5
_SMOOTH = np.hanning(11)[1:-1] / np.hanning(11).sum()
_SILENT = 1e-9


def signature(clip: Clip) -> bytes | None:
    """The signature of one recording; None where nothing is heard between 300 and 3,300 Hz."""
    bands = clip.power @ mel_bank(clip.rate, BANDS, _LOW, _HIGH)
    energies = bands.sum(axis=1)
    if float(energies.max()) < _SILENT:
        return None
    anchors = find_anchors(energies)
    kept = np.zeros((), SIGNATURE)
    kept["seconds"] = clip.seconds
    for place, patch in enumerate(_patches(bands, anchors)):
        kept["patches"][place] = patch
    for place, anchor in enumerate(anchors[:EXCERPTS]):
        kept["excerpts"][place] = _excerpt(clip, anchor / FRAMES_PER_SECOND + WINDOW / 2)
    return kept.tobytes()


def find_anchors(energies: NDArray[np.float32]) -> list[float]:
    """Up to four moments of greatest energy, loudest first, in frames and fractions of them.

    Each is the centre of gravity around a peak, which moves less than the peak itself under noise.
    """
    left = np.convolve(np.pad(energies, len(_SMOOTH) // 2), _SMOOTH, "valid")
    faintest = left.max() * _FAINTEST
    anchors: list[float] = []
    while len(anchors) < ANCHORS:
        peak = int(left.argmax())
        if left[peak] <= (faintest if anchors else 0):
            break
        around = np.arange(max(0, peak - 8), min(len(energies), peak + 9))
        weights = np.sqrt(energies[around])
        anchors.append(float(weights @ around / max(float(weights.sum()), 1e-12)))
        left[max(0, peak - _APART) : peak + _APART + 1] = 0
    return anchors


def in_band(samples: NDArray[np.float32], rate: int, low: float, high: float) -> NDArray[np.float32]:
    """(frames,) what lies between two frequencies in Hz, without any shift of phase."""
    from scipy.fft import irfft, next_fast_len, rfft

    size = next_fast_len(len(samples) + rate // 10, real=True)
    spectrum = rfft(samples, size)
    spectrum[: int(np.ceil(low * size / rate))] = 0
    spectrum[int(high * size / rate) + 1 :] = 0
    filtered: NDArray[np.float32] = irfft(spectrum, size)[: len(samples)]
    return filtered


def _patches(bands: NDArray[np.float32], anchors: list[float]) -> NDArray[np.int8]:
    """(anchors, 128) log spectrogram of .32 s, less each band's mean, scaled to fill the byte."""
    floor = _FLOOR * float(bands.sum(axis=1).max()) / BANDS
    margin = CELLS * _CELL
    logs = np.pad(np.log(bands + floor), ((margin, margin), (0, 0)), constant_values=np.log(floor))
    sums = np.concatenate([np.zeros((1, BANDS)), np.cumsum(logs, axis=0, dtype=np.float64)])
    edges = np.array(anchors)[:, None] + 0.5 + margin + (np.arange(CELLS + 1) - CELLS / 2) * _CELL
    whole = edges.astype(np.int64)
    integral = sums[whole] + (edges - whole)[..., None] * logs[np.minimum(whole, len(logs) - 1)]
    cells = np.diff(integral, axis=1)
    cells -= cells.mean(axis=1, keepdims=True)
    return _to_bytes(cells.reshape(len(anchors), -1))


def _excerpt(clip: Clip, moment: float) -> NDArray[np.int8]:
    """(640,) the band from 300 to 1,400 Hz around a moment, in seconds, at 3,200 values a second."""
    half = EXCERPT / EXCERPT_RATE / 2
    reach = round(1.5 * half * clip.rate)
    middle = round(moment * clip.rate)
    start = max(0, middle - reach)
    piece = resample(clip.samples[start : middle + reach], clip.rate, EXCERPT_RATE)
    piece = in_band(piece, EXCERPT_RATE, _LOW, _EXCERPT_HIGH)
    first = round((middle - start) * EXCERPT_RATE / clip.rate) - EXCERPT // 2
    piece = np.pad(piece, (max(0, -first), EXCERPT))[max(0, first) :][:EXCERPT]
    excerpt: NDArray[np.int8] = _to_bytes(piece[None])[0]
    return excerpt


def _to_bytes(rows: NDArray[np.floating]) -> NDArray[np.int8]:
    most = np.abs(rows).max(axis=1, keepdims=True)
    scaled: NDArray[np.int8] = np.round(rows * (127 / np.maximum(most, 1e-12))).astype(np.int8)
    return scaled
