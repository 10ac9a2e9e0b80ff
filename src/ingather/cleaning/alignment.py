"""Lays one picture over another and says how alike they are then.

Gain, brightness, shift and scale along both axes are fitted by least squares on the pixels, again and
again (Lucas and Kanade, 1981; in the linear form of Baker and Matthews, 2004), first on few pixels.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Stack: TypeAlias = NDArray[np.float32]

SIDE = 64
COARSE_SIDE = 16
"""The first fit is on pictures of so many pixels to a side; only what is alike there is looked at closely."""
COARSE_ROUNDS, FINE_ROUNDS = 8, 6
HOPELESS = 0.9
"""Copies are at least this alike on few pixels; of pairs of cells that are none, one in ten is."""
LEAST_OVERLAP = 0.6
DETAIL = 2.0
"""Detail is what a Gaussian of this many pixels of ``SIDE`` blurs away: two round cells differ in it."""
_PAIRS_AT_ONCE = 64


def small(grey: NDArray[np.float32]) -> Stack:
    """A picture's luma as ``SIDE`` x ``SIDE``, whatever its aspect."""
    from PIL import Image

    image = Image.fromarray(grey.astype(np.float32))
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BILINEAR), dtype=np.float32)


def likeness(left: Stack, right: Stack) -> NDArray[np.float64]:
    """How alike each pair is where the right picture lies over the left one, 0 to 1.

    It is the lower of two correlations: of the pixels, and of their detail alone.

    Args:
        left: float32 (n, ``SIDE``, ``SIDE``), luma.
        right: likewise.

    Returns:
        float64 (n,): 0 also where they overlap by less than ``LEAST_OVERLAP``, or have no contrast.
    """
    told = np.zeros(len(left))
    for start in range(0, len(left), _PAIRS_AT_ONCE):
        some = slice(start, start + _PAIRS_AT_ONCE)
        told[some] = _likeness(left[some], right[some])
    return told


def coarse_likeness(left: Stack, right: Stack) -> NDArray[np.float64]:
    """The correlation of pictures of ``COARSE_SIDE`` pixels to a side; below ``HOPELESS`` they differ.

    Args:
        left: (n, ``COARSE_SIDE``, ``COARSE_SIDE``), luma on any scale.
        right: likewise.
    """
    told = np.zeros(len(left))
    for start in range(0, len(left), 8 * _PAIRS_AT_ONCE):
        some = slice(start, start + 8 * _PAIRS_AT_ONCE)
        told[some] = _coarse(left[some], right[some])[0]
    return told


def coarse(stack: Stack) -> Stack:
    """Means over blocks: ``SIDE`` x ``SIDE`` pictures become ``COARSE_SIDE`` x ``COARSE_SIDE``."""
    ratio = SIDE // COARSE_SIDE
    means: Stack = stack.reshape(len(stack), COARSE_SIDE, ratio, COARSE_SIDE, ratio).mean(axis=(2, 4))
    return means


def _coarse(left: Stack, right: Stack) -> tuple[NDArray[np.float64], Stack]:
    pose = _fit(left, right, np.zeros((len(left), 4), np.float32), COARSE_ROUNDS)
    return _correlation(left, *_warp(right, pose)), pose


def _likeness(left: Stack, right: Stack) -> NDArray[np.float64]:
    told, pose = _coarse(coarse(left), coarse(right))
    close = np.flatnonzero(told >= HOPELESS)
    if len(close):
        one, other = left[close], right[close]
        pose = _fit(one, other, pose[close], FINE_ROUNDS)
        whole = _correlation(one, *_warp(other, pose))
        detail = _correlation(_detail(one), *_warp(_detail(other), pose))
        told[close] = np.minimum(whole, detail)
    return told


def _detail(stack: Stack) -> Stack:
    from scipy.ndimage import gaussian_filter

    # a light blur first: noise and what is left of an encoding are no detail of the scene
    fine: Stack = gaussian_filter(stack, (0, 0.7, 0.7)) - gaussian_filter(stack, (0, DETAIL, DETAIL))
    return fine


def _fit(left: Stack, right: Stack, pose: Stack, rounds: int) -> Stack:
    down, across = np.gradient(right, axis=1), np.gradient(right, axis=2)
    for _ in range(rounds):
        pose = np.clip(pose + _step(left, right, down, across, pose), -0.4, 0.4)
    return pose


def _grid(side: int) -> tuple[Stack, Stack]:
    line = np.linspace(-1, 1, side, dtype=np.float32)
    return line[None, :, None], line[None, None, :]


def _warp(stack: Stack, pose: Stack) -> tuple[Stack, Stack]:
    """The right pictures as they lie over the left ones (bilinear), and 1 where they do."""
    _n, side = stack.shape[:2]
    y, x = _grid(side)
    shift_y, scale_y, shift_x, scale_x = (pose[:, i, None, None] for i in range(4))
    half = np.float32((side - 1) / 2)
    # shift and scale are along one axis each, so rows and columns are looked up apart
    rows = ((y + shift_y + scale_y * y + 1) * half)[:, :, 0]
    columns = ((x + shift_x + scale_x * x + 1) * half)[:, 0, :]
    inside = ((rows >= 0) & (rows <= side - 1))[:, :, None] & ((columns >= 0) & (columns <= side - 1))[
        :, None
    ]
    laid = _between(stack, rows)
    laid = _between(laid.transpose(0, 2, 1), columns).transpose(0, 2, 1)
    return laid, inside.astype(np.float32)


def _within(places: Stack, side: int) -> NDArray[np.bool_]:
    within: NDArray[np.bool_] = (places >= 0) & (places <= side - 1)
    return within


def _between(stack: Stack, rows: Stack) -> Stack:
    """Rows of each picture at fractional places, by linear interpolation."""
    low = np.clip(np.floor(rows), 0, stack.shape[1] - 2).astype(np.intp)
    part = np.clip(rows - low, 0, 1)[:, :, None]
    first = np.take_along_axis(stack, low[:, :, None], axis=1)
    second = np.take_along_axis(stack, low[:, :, None] + 1, axis=1)
    blended: Stack = first * (1 - part) + second * part
    return blended


def _step(left: Stack, right: Stack, down: Stack, across: Stack, pose: Stack) -> Stack:
    """The change of shift and scale that lets gain x right + brightness come nearest to left."""
    laid, inside = _warp(right, pose)
    slope_y, slope_x = _warp(down, pose)[0], _warp(across, pose)[0]
    y, x = _grid(left.shape[1])
    columns = [laid, np.ones_like(laid), slope_y, slope_y * y, slope_x, slope_x * x]
    design = np.stack([(c * inside).reshape(len(left), -1) for c in columns], axis=1)
    normal = (design @ design.transpose(0, 2, 1)).astype(np.float64) + 1e-6 * np.eye(len(columns))
    aim = (design @ (left * inside).reshape(len(left), -1, 1)).astype(np.float64)
    fitted = np.linalg.solve(normal, aim)[..., 0]
    gain = np.where(np.abs(fitted[:, :1]) > 0.05, fitted[:, :1], np.inf)
    change: Stack = np.clip(fitted[:, 2:] / gain * 2 / (left.shape[1] - 1), -0.1, 0.1).astype(np.float32)
    return change


def _correlation(left: Stack, laid: Stack, inside: Stack) -> NDArray[np.float64]:
    weight = inside.reshape(len(left), -1).astype(np.float64)
    one, other = left.reshape(len(left), -1).astype(np.float64), laid.reshape(len(left), -1)
    total = np.maximum(weight.sum(axis=1, keepdims=True), 1)
    one = (one - (one * weight).sum(axis=1, keepdims=True) / total) * weight
    other = (other - (other * weight).sum(axis=1, keepdims=True) / total) * weight
    power = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    alike = (one * other).sum(axis=1) / np.maximum(power, 1e-9)
    enough = (weight.mean(axis=1) >= LEAST_OVERLAP) & (power > 1e-6)
    return np.clip(np.where(enough, alike, 0.0), 0.0, 1.0)
