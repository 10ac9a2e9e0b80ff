"""Exact copies: the same bytes, the same text, or the same fields, under another name.

Two people may well answer a few questions alike: records of one source that different contributors gave are
no copies of each other. Whether they agree in more than chance explains is what ``near-rows`` looks at.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingather.cleaning.contract import OperatorConfig
from ingather.media.bytes import BytesBatch

reads = "bytes"
version = 2
_DIGEST, _GIVER = 32, 8


class Config(OperatorConfig):
    """Exact copies have nothing to be set."""


def sign(batch: BytesBatch, config: Config) -> pa.Array:
    """The SHA-256 itself, 32 bytes, null where the sample holds nothing; of records 16 more for who gave it.

    These are 8 bytes for the source and 8 for the contributor; they are absent where nobody is known.
    """
    givers = batch.givers or [None] * len(batch)
    return pa.array(
        [
            None if digest is None else bytes.fromhex(digest) + _signed(giver)
            for digest, giver in zip(batch.digests, givers, strict=True)
        ],
        pa.binary(),
    )


def pairs(signatures: pa.Array, first_new: int, config: Config) -> NDArray[np.int64]:
    """(n, 2) each newcomer beside the first sample with the same signature: certain, by one hash table."""
    if isinstance(signatures, pa.ChunkedArray):
        signatures = signatures.combine_chunks()
    signatures = signatures.cast(pa.large_binary())
    rows = np.flatnonzero(signatures.is_valid().to_numpy(zero_copy_only=False))
    filled = signatures.drop_null()
    first = _first_alike(pc.binary_slice(filled, 0, _DIGEST))
    known = (pc.binary_length(filled).to_numpy() > _DIGEST) & (first < np.arange(len(first)))
    if known.any():
        sources = _first_alike(pc.binary_slice(filled, _DIGEST, _DIGEST + _GIVER))
        same_giver = _first_alike(filled)
        apart = known & (sources == sources[first])
        first = np.where(apart, same_giver, first)
    left = rows[first]
    found = (left < rows) & (rows >= first_new)
    return np.column_stack([left[found], rows[found]]).astype(np.int64)


def reason(config: Config) -> str:
    """Why a copy is put aside."""
    return "We have this already: it is exactly the same as another one."


def _signed(giver: tuple[str, str] | None) -> bytes:
    return b"".join(hashlib.sha256(one.encode()).digest()[:_GIVER] for one in giver or ())


def _first_alike(values: pa.Array) -> NDArray[np.int64]:
    """For each value the place of the first that is equal."""
    codes = values.dictionary_encode().indices.to_numpy()
    _, first, back = np.unique(codes, return_index=True, return_inverse=True)
    places: NDArray[np.int64] = first.astype(np.int64)[back]
    return places
