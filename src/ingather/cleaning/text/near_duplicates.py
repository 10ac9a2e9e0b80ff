"""Near duplicates: texts that share most of their runs of five words.

Candidates come from MinHash signatures in bands (Broder 1997; Leskovec, Rajaraman, Ullman, "Mining of Massive
Datasets", chapter 3). With 20 bands of 6 values, two texts of Jaccard similarity .8 meet with probability
.998. What meets is compared by its real Jaccard similarity, so nothing is called a copy that is not.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.contract import OperatorConfig, limit
from ingather.cleaning.minhash import bands, candidates, jaccard, signatures, take
from ingather.cleaning.shingles import shingle
from ingather.media.text import TextBatch, text_batch

reads = "text"
_MARGIN = 3.0
_PAIRS_AT_ONCE = 1 << 16


class Config(OperatorConfig):
    """What is compared and how alike is a copy."""

    words: int = Field(5, ge=1, le=20, description="words in a run; a shorter text is compared as a whole")
    bands: int = Field(20, ge=1, le=64, description="bands of the signature: more find more")
    rows: int = Field(6, ge=1, le=16, description="values in a band: more leave out what is less alike")
    threshold: float = limit(0.8, gt=0, le=1, description="Jaccard similarity from which a text is a copy")


def sign(batch: TextBatch, config: Config) -> pa.Array:
    """One hash a band (8 bytes each), then a byte of every value; null where the text has no word."""
    shingles = shingle(batch, config.words)
    table = signatures(shingles, config.bands * config.rows)
    keys = bands(table, config.rows).astype("<u8").view(np.uint8).reshape(len(batch), config.bands * 8)
    content = np.ascontiguousarray(np.hstack([keys, (table & np.uint64(255)).astype(np.uint8)]))
    width = _width(config)
    missing = pa.array(shingles.counts == 0)
    signed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(batch), [None, pa.py_buffer(content)])
    return pa.compute.if_else(missing, pa.scalar(None, pa.binary(width)), signed)


def pairs(signed: pa.Array, first_new: int, config: Config) -> NDArray[np.int64]:
    """Rows that are likely to be copies: they share a band, and nearly enough single values.

    Args:
        signed: what ``sign`` gave, old rows first; null rows pair with nothing.
        first_new: the first row that was not compared before.
        config: as it was when they were signed.

    Returns:
        int64 (n, 2), left before right, right not before ``first_new``.
    """
    present = np.flatnonzero(signed.is_valid().to_numpy(zero_copy_only=False))
    content = _matrix(signed, present, _width(config))
    split = config.bands * 8
    keys = np.ascontiguousarray(content[:, :split]).view("<u8").astype(np.uint64, copy=False)
    found = candidates(keys, int(np.searchsorted(present, first_new)))
    slots = config.bands * config.rows
    spread = np.sqrt(config.threshold * (1 - config.threshold) / slots)
    enough = (config.threshold - _MARGIN * spread) * slots
    likely = np.zeros(len(found), dtype=np.bool_)
    for start in range(0, len(found), _PAIRS_AT_ONCE):
        block = found[start : start + _PAIRS_AT_ONCE]
        alike = content[block[:, 0], split:] == content[block[:, 1], split:]
        likely[start : start + _PAIRS_AT_ONCE] = alike.sum(axis=1) >= enough
    return present[found[likely]]


def same(left: TextBatch, right: TextBatch, config: Config) -> NDArray[np.float64]:
    """Jaccard similarity, 0 to 1, of the sets of runs of words of each pair."""
    texts = pa.concat_arrays([left.filled, right.filled]).dictionary_encode()
    shingles = shingle(text_batch([""] * len(texts.dictionary), texts.dictionary), config.words)
    rows = texts.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return jaccard(take(shingles, rows[: len(left)]), take(shingles, rows[len(left) :]))


def reason(config: Config) -> str:
    """Words for who gave the copy."""
    return f"The text is nearly the same as one that came before (at least {config.threshold:.0%} alike)."


def _width(config: Config) -> int:
    return config.bands * 8 + config.bands * config.rows


def _matrix(signed: pa.Array, present: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
    """uint8 (present rows, width) of binary of any Arrow kind."""
    rows = signed.take(pa.array(present)).cast(pa.large_binary())
    if not len(rows):
        return np.zeros((0, width), dtype=np.uint8)
    flat = np.frombuffer(rows.buffers()[2], dtype=np.uint8)
    start = int(np.frombuffer(rows.buffers()[1], dtype=np.int64)[rows.offset])
    return flat[start : start + len(rows) * width].reshape(len(rows), width)
