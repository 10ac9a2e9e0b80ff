"""What a short recording sounds like, as one vector: mel cepstra over equal parts of its sounding span.

Frame powers on a mel scale, logarithm and cosine transform (Davis and Mermelstein 1980), mean removed, with
the span from the first to the last loud frame cut into equal parts, so that fast and slow speakers meet.
"""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ingather.media.audio import Clip, decode
from ingather.media.audio_frames import FRAMES_PER_SECOND, mel_bank

_MARGIN = 2
_MOST_HEADERS = 200
_STEADY = 0.05
"""Share of a frame's power that is left where the steady noise is louder."""
_FLOOR = 5e-4
"""Power re the loudest band below which nothing is told apart: 33 dB down, where noise begins to speak."""
_HIGHEST = 0.475
"""Share of the sampling rate up to which bands reach."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How the vector is made up: ``segments * cepstra`` means, ``cepstra`` deviations and the log length.

    Attributes:
        bands: of the mel scale.
        cepstra: coefficients kept.
        segments: equal parts of the sounding span.
        low: lowest frequency, Hz.
        high: highest frequency, Hz; clips of a lower rate reach as far as they can.
    """

    bands: int = 24
    cepstra: int = 13
    segments: int = 12
    low: float = 100.0
    high: float = 7000.0

    @property
    def size(self) -> int:
        """Length of the vector."""
        return (self.segments + 1) * self.cepstra + 1

    def reaching(self, rate: int) -> Shape:
        """The same shape with bands that clips of this sampling rate, Hz, can fill."""
        return replace(self, high=min(self.high, _HIGHEST * rate))


@dataclass(frozen=True, slots=True)
class View:
    """One way of looking at a clip; further views of the same clips stand for further speakers.

    Attributes:
        warp: factor on all frequencies, as a longer or shorter vocal tract has (Jaitly and Hinton 2013).
        edge: where between the quiet and the loud tenth of its frames, in dB, a clip begins to sound, 0..1.
    """

    warp: float = 1.0
    edge: float = 0.5


class Features:
    """Vectors of clips, kept for those seen last, as a fold looks at the same clips as the one before.

    Args:
        shape: of the vectors.
        views: of each clip, the plain one first.
        most: clips whose vectors are kept.
    """

    def __init__(self, shape: Shape, views: Sequence[View], most: int = 20_000) -> None:
        self.shape = shape
        self.views = tuple(views)
        self._most = most
        self._kept: OrderedDict[bytes, NDArray[np.float32] | None] = OrderedDict()

    def of(self, content: bytes, views: int) -> NDArray[np.float32] | None:
        """(views, size) float32 of the first so many views, or None where the bytes cannot be decoded."""
        import xxhash

        key = xxhash.xxh3_128_digest(content)
        if key in self._kept:
            self._kept.move_to_end(key)
            found = self._kept[key]
            if found is None or len(found) >= views:
                return None if found is None else found[:views]
        clip, _ = decode(content)
        found = None
        if clip is not None:
            found = np.stack([vector(clip, self.shape, view) for view in self.views[:views]])
        self._kept[key] = found
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return found


def vector(clip: Clip, shape: Shape, view: View) -> NDArray[np.float32]:
    """(size,) float32 of one clip; its gain and its microphone's even colouring do not matter."""
    power, levels = clip.power, clip.levels
    quietest = np.argsort(levels, kind="stable")[: max(1, len(levels) // 10)]
    sounding = np.flatnonzero(levels > clip.quiet + view.edge * (clip.loud - clip.quiet))
    if len(sounding):
        power = power[max(sounding[0] - _MARGIN, 0) : sounding[-1] + 1 + _MARGIN]
    steady = clip.power[quietest].mean(axis=0)
    bands = np.maximum(power - steady, _STEADY * power) @ _bank(clip.rate, shape, view.warp)
    loudest = float(bands.max(initial=0.0))
    cepstra = np.log(bands + max(_FLOOR * loudest, 1e-20)) @ _cosines(shape)
    cepstra -= cepstra.mean(axis=0)
    parts = _means(cepstra, shape.segments)
    length = np.log(len(cepstra) / FRAMES_PER_SECOND)
    return np.concatenate([parts.ravel(), cepstra.std(axis=0), [length]]).astype(np.float32)


def lowest_rate(contents: Sequence[bytes], share: float = 0.05) -> int | None:
    """The sampling rate, Hz, that all but the lowest ``share`` of clips reach; None where none can be read.

    Only headers are read, of about two hundred clips, evenly taken. In a mixed set the bands of the better
    recordings end where the others' do.
    """
    step = max(1, len(contents) // _MOST_HEADERS)
    rates = sorted(rate for content in contents[::step] if (rate := _rate(content)) is not None)
    return rates[int(share * len(rates))] if rates else None


def _rate(content: bytes) -> int | None:
    import soundfile

    try:
        return int(soundfile.info(io.BytesIO(content)).samplerate)
    except (soundfile.SoundFileError, RuntimeError):
        return None


def _bank(rate: int, shape: Shape, warp: float) -> NDArray[np.float32]:
    """(bins, bands) triangles; a warped bank hears every frequency ``warp`` times as high."""
    high = shape.reaching(rate).high
    return mel_bank(rate, shape.bands, shape.low * warp, min(high * warp, rate / 2))


def _cosines(shape: Shape) -> NDArray[np.float32]:
    angles = np.outer(np.arange(shape.bands) + 0.5, np.arange(shape.cepstra))
    cosines: NDArray[np.float32] = np.cos(np.pi * angles / shape.bands).astype(np.float32)
    return cosines


def _means(rows: NDArray[np.float32], parts: int) -> NDArray[np.float64]:
    """(parts, columns) means over equal parts of the rows, whose borders may lie within a row."""
    edges = np.linspace(0, len(rows), parts + 1)
    sums = np.vstack([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0, dtype=np.float64)])
    whole = np.minimum(edges.astype(np.int64), len(rows) - 1)
    at_edges = sums[whole] + (edges - whole)[:, None] * rows[whole]
    means: NDArray[np.float64] = np.diff(at_edges, axis=0) / np.diff(edges)[:, None]
    return means
