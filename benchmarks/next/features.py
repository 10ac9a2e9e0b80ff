"""Vectors of recordings, pictures and texts: plain and quick, the same for every rule that is compared."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def cepstra(path: Path, bands: int = 24, kept: int = 13, parts: int = 10) -> Floats:
    """Mel cepstra of the loud span, averaged over equal parts of it, and the log of its length."""
    import soundfile

    wave, rate = soundfile.read(path, dtype="float32")
    size, hop = int(0.025 * rate), int(0.01 * rate)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(wave, (size, size)), size)[::hop]
    power = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)) ** 2
    log = np.log(power @ _mel_bank(bands, power.shape[1], rate).T + 1e-8)
    loudness = log.mean(axis=1)
    loud = np.flatnonzero(loudness > np.quantile(loudness, 0.95) - 4)
    log = log[loud[0] : loud[-1] + 1]
    turn = np.cos(np.pi * np.outer(np.arange(kept), np.arange(bands) + 0.5) / bands)
    found = log @ turn.T
    found -= found.mean(axis=0)
    edges = np.linspace(0, len(found), parts + 1).astype(int)
    means = [found[a : max(b, a + 1)].mean(axis=0) for a, b in pairwise(edges)]
    return np.concatenate([*means, found.std(axis=0), [np.log(len(found))]]).astype(np.float32)


def picture(path: Path, boxes: list[tuple[int, int, int, int]], side: int = 10) -> list[Floats]:
    """Crops of one picture as small colour thumbnails, with their size."""
    from PIL import Image

    with Image.open(path) as whole:
        crops = [whole.convert("RGB").crop(box).resize((side, side)) for box in boxes]
    return [
        np.concatenate(
            [np.asarray(crop, np.float32).ravel() / 255, [(b[2] - b[0]) / 100, (b[3] - b[1]) / 100]]
        )
        for crop, b in zip(crops, boxes, strict=True)
    ]


def characters(texts: list[str], low: int = 1, high: int = 4) -> Floats:
    """Hashed counts of character n-grams, square-rooted."""
    from sklearn.feature_extraction.text import HashingVectorizer

    grams = HashingVectorizer(
        n_features=2**15, analyzer="char_wb", ngram_range=(low, high), alternate_sign=False
    )
    found = grams.transform(texts)
    found.data = np.sqrt(found.data)
    return found


def gram(rows: Floats, width: float | None = None) -> Floats:
    """Kernel between all rows, diagonal 1: Gauss on standardised columns, or the cosine of sparse ones."""
    if hasattr(rows, "toarray"):
        found = np.asarray((rows @ rows.T).toarray(), dtype=np.float32)
        scale = np.sqrt(np.maximum(np.diagonal(found), 1e-12))
        return found / scale[:, None] / scale
    flat = (rows - rows.mean(axis=0)) / np.maximum(rows.std(axis=0), 1e-6)
    square = (flat**2).sum(axis=1)
    apart = np.maximum(square[:, None] + square - 2 * flat @ flat.T, 0)
    return np.exp(-apart * (width or 1.0) / flat.shape[1]).astype(np.float32)


def _mel_bank(bands: int, bins: int, rate: int) -> Floats:
    def mel(hertz: float) -> float:
        return 2595 * np.log10(1 + hertz / 700)

    points = 700 * (10 ** (np.linspace(mel(80), mel(rate * 0.47), bands + 2) / 2595) - 1)
    at = np.linspace(0, rate / 2, bins)
    steps = np.diff(points)[:, None]
    rise = (at - points[:-2, None]) / steps[:-1]
    fall = (points[2:, None] - at) / steps[1:]
    return np.maximum(0, np.minimum(rise, fall)).astype(np.float32)
