"""The luma of decoded frames: sampled on a grid for statistics, shrunk for comparing, judged for blur."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

STILL_SIDE = 32
"""Rows and columns of the small pictures that films are compared by."""
_GRID = 144
"""Points along the longer side of the grid on which luma is read."""
_DARK = 0.1
_BLOWN = 0.98
_KERNEL = 9
_BLUR_LINES = 96
_BLUR_SIDE = 640
_FULL_RANGE = 2
_PLANES = frozenset(
    f"{kind}{family}{bits}"
    for kind in ("yuv", "yuvj", "yuva")
    for family in ("420p", "422p", "444p", "440p", "411p", "410p")
    for bits in ("", "10le", "12le")
) | {"gray", "gray10le", "gray12le", "nv12", "nv21", "p010le"}
"""Pixel formats whose first plane is luma; of the others luma is reckoned."""


class Sampler:
    """Reads luma of a film's frames; knows their size, their bits and their range.

    Attributes:
        changed: whether the last frame had another size than those before it.
    """

    def __init__(self) -> None:
        self.changed = False
        self._shape: tuple[int, int] = (0, 0)
        self._low, self._high = 0.0, 255.0
        self._step = 1

    def plane(self, frame: VideoFrame) -> NDArray[np.uint8]:
        """Luma as stored, rows x columns, in 8 bits; a view of the frame where that is possible."""
        name = frame.format.name
        if name not in _PLANES:
            frame = frame.reformat(format="gray")
            name = "gray"
        shape = (frame.height, frame.width)
        self.changed = shape != self._shape and self._shape != (0, 0)
        if shape != self._shape:
            self._shape = shape
            self._step = max(round(max(shape) / _GRID), 1)
        full = name.startswith(("yuvj", "gray")) or int(frame.color_range) == _FULL_RANGE
        self._low, self._high = (0.0, 255.0) if full else (16.0, 235.0)
        plane = frame.planes[0]
        bits = frame.format.components[0].bits
        if bits > 8:
            wide = np.frombuffer(memoryview(plane), np.uint16).reshape(-1, plane.line_size // 2)[
                : shape[0], : shape[1]
            ]
            shift = 8 if name == "p010le" else bits - 8
            return (wide >> shift).astype(np.uint8)
        stored = np.frombuffer(memoryview(plane), np.uint8)
        return stored.reshape(-1, plane.line_size)[: shape[0], : shape[1]]

    def sample(self, luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The luma on a grid of at most about 200 points a side: single points, so that noise stays noise."""
        offset = self._step // 2
        return luma[offset :: self._step, offset :: self._step].copy()

    def numbers(self, block: NDArray[np.uint8], before: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n, 4): mean luma, share of dark, share of blown out, mean absolute change against ``before``."""
        flat, earlier = block.reshape(len(block), -1), before.reshape(len(block), -1)
        points = flat.shape[1]
        span = self._high - self._low
        told = np.empty((len(block), 4), np.float32)
        told[:, 0] = np.clip((flat.mean(axis=1) - self._low) / span, 0, 1)
        told[:, 1] = np.count_nonzero(flat < self._low + _DARK * span, axis=1) / points
        told[:, 2] = np.count_nonzero(flat > self._low + _BLOWN * span, axis=1) / points
        apart = np.maximum(flat, earlier) - np.minimum(flat, earlier)
        told[:, 3] = apart.mean(axis=1) / span
        return told

    def shrink(self, block: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(n, 32, 32) luma in full range: each the mean of its part of the grid."""
        rows, columns = _means(block.shape[1]), _means(block.shape[2])
        small = rows @ block.astype(np.float32) @ columns.T
        small = (small - self._low) * (255 / (self._high - self._low))
        return np.clip(np.round(small), 0, 255).astype(np.uint8)


def _means(count: int) -> NDArray[np.float32]:
    """(32, count) weights that average ``count`` points into 32 equal spans, shared points by their share."""
    edges = np.linspace(0, count, STILL_SIDE + 1)
    place = np.arange(count)
    overlap = np.minimum(edges[1:, None], place + 1) - np.maximum(edges[:-1, None], place)
    weights: NDArray[np.float32] = (np.clip(overlap, 0, 1) * (STILL_SIDE / count)).astype(np.float32)
    return weights


def blur_of(luma: NDArray[np.uint8]) -> float:
    """Blur from 0 to 1 of one frame, NaN where it shows nothing.

    As the operator ``blur`` does for pictures (after Crété et al., 2007): what share of the clearest steps
    from pixel to pixel stays when the frame is blurred once more. Some hundred rows and columns are looked
    at, at 640 pixels.
    """
    halve = max(max(luma.shape) // _BLUR_SIDE, 1)
    if min(luma.shape) // halve < 2 * _KERNEL:
        return float("nan")
    return max(_kept(luma, halve), _kept(luma.T, halve))


def _kept(luma: NDArray[np.uint8], halve: int) -> float:
    skip = max(len(luma) // _BLUR_LINES, 1)
    lines = luma[skip // 2 :: skip].astype(np.float32)
    if halve > 1:
        width = lines.shape[1] // halve * halve
        lines = lines[:, :width].reshape(len(lines), -1, halve).mean(axis=2)
    before = np.abs(np.diff(lines, axis=1))
    # the step of a moving mean is the difference of the two pixels that enter and leave it
    after = np.abs(lines[:, _KERNEL:] - lines[:, :-_KERNEL]) / np.float32(_KERNEL)
    before = before[:, _KERNEL // 2 : _KERNEL // 2 + after.shape[1]]
    cubes = before * before * before
    total = float((cubes * before).sum())
    return float((cubes * after).sum()) / total if total > 1.0 else float("nan")
