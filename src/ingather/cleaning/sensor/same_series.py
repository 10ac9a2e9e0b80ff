"""The same series again: in another unit, with another zero, rounded, thinned out, or with other times.

Signatures find candidates, then the values decide: the courses must agree, and so must the steps, which carry
the noise that no second recording has. Not found: copies that are cut by more than a few values, and series
that say too little (straight lines, fewer than 16 changes).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning import series_signature
from ingather.cleaning.contract import OperatorConfig, limit
from ingather.cleaning.series_signature import CHANNELS, SIGNATURE
from ingather.media.series import Series, SeriesBatch

reads = "sensor"
version = 1


class Config(OperatorConfig):
    """How alike two series must be."""

    threshold: float = limit(
        0.95, ge=0.5, le=1, description="correlation of values and of steps above which two series are one"
    )


def sign(batch: SeriesBatch, config: Config) -> pa.Array:
    """560 bytes a series; null where there is none, or it says too little to be known again."""
    return pa.array(batch.each(series_signature.signature), pa.binary(SIGNATURE.itemsize))


def pairs(signatures: pa.Array, first_new: int, config: Config) -> NDArray[np.int64]:
    """(n, 2) rows whose courses meet in one of 24 bands of bits and agree."""
    if isinstance(signatures, pa.ChunkedArray):
        signatures = signatures.combine_chunks()
    rows = np.flatnonzero(np.asarray(signatures.is_valid().to_numpy(zero_copy_only=False)))
    if not len(rows):
        return np.zeros((0, 2), np.int64)
    signed = np.frombuffer(b"".join(signatures.drop_null().to_pylist()), SIGNATURE)
    return rows[series_signature.meetings(signed, int(np.searchsorted(rows, first_new)))]


def same(left: SeriesBatch, right: SeriesBatch, config: Config) -> NDArray[np.float64]:
    """(rows,) least correlation of values and of steps over the first channels, 0 to 1."""
    return np.array(
        [
            0.0 if one is None or other is None else _likeness(one, other)
            for one, other in zip(left.series, right.series, strict=True)
        ]
    )


def reason(config: Config) -> str:
    """Why a copy is put aside."""
    return "We have this series already: it is the same as another one, in another unit, rate or time."


def _likeness(one: Series, other: Series) -> float:
    if len(one.channels) != len(other.channels):
        return 0.0
    told = [
        _agreement(left.present, right.present)
        for left, right in zip(one.channels[:CHANNELS], other.channels[:CHANNELS], strict=True)
        if not (left.is_constant and right.is_constant)
    ]
    return min(told, default=0.0)


def _agreement(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    count = min(len(left), len(right))
    if count < 3:
        return 0.0
    left, right = _thinned(left, count), _thinned(right, count)
    return max(0.0, min(_correlation(left, right), _correlation(np.diff(left), np.diff(right))))


def _thinned(values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """As many values: every n-th where that fits, else drawn straight between those that are there."""
    every = round(len(values) / count)
    if -(-len(values) // every) == count:
        return values[::every]
    thin: NDArray[np.float64] = np.interp(
        np.arange(count) * ((len(values) - 1) / (count - 1)), np.arange(len(values)), values
    )
    return thin


def _correlation(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    with np.errstate(all="ignore"):
        left, right = left - left.mean(), right - right.mean()
        lengths = np.sqrt(left @ left) * np.sqrt(right @ right)
        told = float(left @ right / lengths) if lengths > 0 else 0.0
    return min(told, 1.0) if np.isfinite(told) else 0.0
