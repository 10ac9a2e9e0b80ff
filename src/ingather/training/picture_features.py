"""What a picture looks like, as one vector: colours, where they are, and the directions of its edges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingather.media.image import Undecodable, open_picture

_CLIP = 0.2
"""Ceiling of a normalised direction's weight, so that one strong edge does not hide the rest."""


@dataclass(frozen=True)
class PictureShape:
    """How the vector is made up.

    Attributes:
        side: pixels to a side that every picture is brought to, whatever its aspect.
        cells: cells to a side in which directions are gathered.
        directions: bins of the half circle.
        colours: bins of a channel's histogram.
        grid: parts to a side whose mean colour is taken.
        size: whether width and height are part of it.
    """

    side: int = 48
    cells: int = 6
    directions: int = 9
    colours: int = 16
    grid: int = 6
    size: bool = False

    @cached_property
    def length(self) -> int:
        """Length of the vector."""
        blocks = (self.cells - 1) ** 2 * 4 * self.directions
        return blocks + 3 * self.colours + 3 * self.grid**2 + (2 if self.size else 0)

    def of(self, content: bytes) -> NDArray[np.float32] | None:
        """The vector of a picture file, float32 of ``length``; None where it cannot be decoded."""
        picture, _ = open_picture(content)
        if picture is None:
            return None
        try:
            seen = picture.pixels(4 * self.side)
        except Undecodable:
            return None
        colour = _resized(seen, self.side)
        grey = colour.mean(axis=2)
        parts: list[Any] = [
            _directions(grey, self),
            _histogram(colour, self.colours),
            _layout(colour, self.grid),
        ]
        if self.size:
            parts.append(np.log2(np.array(picture.size, dtype=np.float32)) / np.float32(10))
        return np.concatenate(parts).astype(np.float32)


def _resized(pixels: NDArray[np.uint8], side: int) -> NDArray[np.float32]:
    from PIL import Image

    small = Image.fromarray(pixels).resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(small, dtype=np.float32) / np.float32(255)


def _directions(grey: NDArray[np.float32], shape: PictureShape) -> NDArray[np.float32]:
    """Histograms of oriented gradients (Dalal and Triggs 2005), in blocks of two by two cells."""
    down, across = np.gradient(np.sqrt(grey))
    strength = np.hypot(down, across)
    angle = np.mod(np.arctan2(down, across), np.pi) / np.pi * shape.directions
    low = np.floor(angle).astype(np.int64) % shape.directions
    part = angle - np.floor(angle)
    width = shape.side // shape.cells
    used = width * shape.cells
    cell = (np.arange(used) // width)[:, None] * shape.cells + np.arange(used) // width
    gathered = np.zeros((shape.cells**2, shape.directions))
    window = (slice(0, used), slice(0, used))
    for bins, weight in ((low, 1 - part), ((low + 1) % shape.directions, part)):
        place = (cell * shape.directions + bins[window]).ravel()
        gathered += np.bincount(place, (strength * weight)[window].ravel(), gathered.size).reshape(
            gathered.shape
        )
    cells = gathered.reshape(shape.cells, shape.cells, shape.directions)
    blocks = np.concatenate([cells[:-1, :-1], cells[1:, :-1], cells[:-1, 1:], cells[1:, 1:]], axis=2)
    blocks /= np.sqrt((blocks**2).sum(axis=2, keepdims=True) + 1e-4)
    blocks = np.minimum(blocks, _CLIP)
    blocks /= np.sqrt((blocks**2).sum(axis=2, keepdims=True) + 1e-4)
    return np.asarray(blocks.ravel(), np.float32)


def _histogram(colour: NDArray[np.float32], bins: int) -> NDArray[np.float32]:
    """Square roots of the shares of each channel's values: red, green and blue."""
    codes = np.minimum((colour * bins).astype(np.int64), bins - 1) + bins * np.arange(3)
    counts = np.bincount(codes.ravel(), minlength=3 * bins)
    return np.asarray(np.sqrt(counts / (colour.shape[0] * colour.shape[1])), np.float32)


def _layout(colour: NDArray[np.float32], grid: int) -> NDArray[np.float32]:
    """Mean colour of each part of the picture."""
    width = colour.shape[0] // grid
    used = colour[: width * grid, : width * grid]
    return np.asarray(used.reshape(grid, width, grid, width, 3).mean(axis=(1, 3)).ravel(), np.float32)
