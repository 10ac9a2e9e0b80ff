"""Exact copies: the same bytes, the same text, or the same fields, under another name."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.contract import OperatorConfig
from ingather.media.bytes import BytesBatch

reads = "bytes"
version = 1


class Config(OperatorConfig):
    """Exact copies have nothing to be set."""


def sign(batch: BytesBatch, config: Config) -> pa.Array:
    """The SHA-256 itself: 32 bytes a sample, null where the sample holds nothing."""
    return pa.array([None if d is None else bytes.fromhex(d) for d in batch.digests], pa.binary(32))


def pairs(signatures: pa.Array, first_new: int, config: Config) -> NDArray[np.int64]:
    """(n, 2) each newcomer beside the first sample with the same signature: certain, by one hash table."""
    if isinstance(signatures, pa.ChunkedArray):
        signatures = signatures.combine_chunks()
    codes = signatures.dictionary_encode().indices
    rows = np.flatnonzero(codes.is_valid().to_numpy(zero_copy_only=False))
    groups = codes.drop_null().to_numpy()
    _, first, back = np.unique(groups, return_index=True, return_inverse=True)
    left = rows[first[back]] if len(rows) else rows
    found = (left < rows) & (rows >= first_new)
    return np.column_stack([left[found], rows[found]]).astype(np.int64)


def reason(config: Config) -> str:
    """Why a copy is put aside."""
    return "We have this already: it is exactly the same as another one."
