"""Signatures of series: the course of the first channels in 64 parts, and bits by which alike ones meet."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ingather.media.channel import Channel
from ingather.media.series import Series

PARTS = 64
CHANNELS = 4
BANDS = 24
SIGNATURE = np.dtype([("bits", np.uint16, (BANDS,)), ("course", np.float16, (CHANNELS * PARTS,))])
"""560 bytes a series: 24 bands of 16 bits, and the course itself."""
_LEAST = 24
_LEAST_STEPS = 16
_ALIKE = 0.9
_CROWD = 64


def signature(series: Series) -> bytes | None:
    """The signature of a series; None where it is too short, or says too little to be known again."""
    courses = [_course(one) for one in series.channels[:CHANNELS]]
    if all(one is None for one in courses):
        return None
    flat = np.zeros((CHANNELS, PARTS))
    for row, one in enumerate(courses):
        if one is not None:
            flat[row] = one
    course = flat.ravel()
    told = np.zeros(1, SIGNATURE)
    told["course"] = course
    told["bits"] = np.packbits(course @ _planes() > 0).view(np.uint16)
    return told.tobytes()


def meetings(signed: NDArray[np.void], first_new: int) -> NDArray[np.int64]:
    """(n, 2) rows that share a band and whose courses agree, left < right and right >= first_new.

    Args:
        signed: (rows,) of ``SIGNATURE``.
        first_new: rows from here on are new.
    """
    found = [np.zeros((0, 2), np.int64)]
    for band in range(BANDS):
        keys = signed["bits"][:, band]
        order = np.argsort(keys, kind="stable")
        ends = np.flatnonzero(np.diff(keys[order], append=-1) != 0) + 1
        found += [_within(order[start:end]) for start, end in zip([0, *ends[:-1]], ends, strict=True)]
    pairs = np.unique(np.concatenate(found), axis=0)
    pairs = pairs[pairs[:, 1] >= first_new]
    if not len(pairs):
        return pairs
    agree = np.concatenate(
        [
            _agreement(signed["course"], some) >= _ALIKE
            for some in np.array_split(pairs, len(pairs) // 4096 + 1)
        ]
    )
    kept: NDArray[np.int64] = pairs[agree]
    return kept


def _within(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """All pairs of a bucket; in crowds of more than 64, each with the 64 that came before it."""
    rows = np.sort(rows)
    hops = range(1, min(len(rows), _CROWD + 1))
    pairs = [np.column_stack([rows[:-hop], rows[hop:]]) for hop in hops]
    return np.concatenate(pairs) if pairs else np.zeros((0, 2), np.int64)


def _agreement(courses: NDArray[np.float16], pairs: NDArray[np.int64]) -> NDArray[np.float32]:
    left, right = (courses[pairs[:, side]].astype(np.float32) for side in (0, 1))
    lengths = np.sqrt(np.einsum("nc,nc->n", left, left) * np.einsum("nc,nc->n", right, right))
    products: NDArray[np.float32] = np.einsum("nc,nc->n", left, right) / np.maximum(lengths, 1e-9)
    return products


def _course(channel: Channel) -> NDArray[np.float64] | None:
    """The means of 64 parts less their straight line, of mean 0 and deviation 1."""
    values = channel.present
    if len(values) < _LEAST or np.count_nonzero(channel.sampled_sizes) < _LEAST_STEPS:
        return None
    size = max(abs(channel.low), abs(channel.high))
    if size > 1e150:
        return None
    if len(values) < 4 * PARTS:
        values = np.interp(np.linspace(0, len(values) - 1, 4 * PARTS), np.arange(len(values)), values)
    places = np.round(np.linspace(0, len(values), PARTS + 1)).astype(np.int64)
    means = np.add.reduceat(values, places[:-1]) / np.diff(places)
    line = np.arange(PARTS) - (PARTS - 1) / 2
    rest = means - means.mean()
    rest -= line * float(line @ rest / (line @ line))
    deviation = float(rest.std())
    if deviation <= 1e-6 * size or deviation == 0:
        return None
    normal: NDArray[np.float64] = np.clip(rest / deviation, -100, 100)
    return normal


@cache
def _planes() -> NDArray[np.float64]:
    return np.random.default_rng(20).standard_normal((CHANNELS * PARTS, 16 * BANDS))
