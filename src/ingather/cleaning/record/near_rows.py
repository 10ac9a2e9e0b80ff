"""Near rows: records that agree in nearly all their fields, and not by chance.

Candidates share a band of a MinHash signature over their (field, value) cells. A pair is a copy if it agrees
in enough of the fields that either has, and if so much agreement is not to be expected: common answers count
for little, rare ones for much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.cell_hashes import Cells, read_cells, sign_cells
from ingather.cleaning.contract import OperatorConfig
from ingather.cleaning.key_names import is_key_name
from ingather.cleaning.minhash import bands, candidates, signatures
from ingather.cleaning.ngrams import scramble
from ingather.cleaning.shingles import Shingles

if TYPE_CHECKING:
    from ingather.media.record import RecordBatch

reads = "record"
_BANDS, _ROWS = 24, 6
_PAIRS_AT_ONCE = 1 << 14
_ROWS_AT_ONCE = 1 << 15


class Config(OperatorConfig):
    """How alike two records must be to be one."""

    differ: float = Field(
        0.1, ge=0, lt=0.5, description="share of fields that may differ, of those either has; one always may"
    )
    least_fields: int = Field(6, ge=2, description="fields that must agree")
    chance: float = Field(
        1e-3, gt=0, lt=1, description="pairs that may agree so much by chance, expected over all records"
    )


def sign(batch: RecordBatch, config: Config) -> pa.Array:
    """A hash of every filled field and its value, 8 bytes each, 200 at the most; keys are left out."""
    return sign_cells(batch, lambda name, cell: not is_key_name(name))


def pairs(signed: pa.Array, first_new: int, config: Config) -> NDArray[np.int64]:
    """Pairs that agree in enough fields and not by chance; nothing needs to be looked at again."""
    cells = read_cells(signed)
    counts = np.bincount(cells.rows, minlength=len(signed))
    offsets = np.concatenate([[0], np.cumsum(counts)])
    keys = scramble((cells.names.astype(np.uint64) << np.uint64(32)) | cells.values)
    bits = _surprise(cells, keys)
    filled = np.flatnonzero(counts >= config.least_fields)
    found = filled[candidates(_band_keys(keys, offsets)[filled], int(np.searchsorted(filled, first_new)))]
    least_bits = 2 * np.log2(max(2, len(signed))) - np.log2(config.chance)
    good = np.zeros(len(found), dtype=np.bool_)
    for start in range(0, len(found), _PAIRS_AT_ONCE):
        block = found[start : start + _PAIRS_AT_ONCE]
        agree, evidence = _agreement(block, offsets, keys, bits)
        either = _fields_of_either(block, offsets, cells.names)
        enough = (agree >= config.least_fields) & (
            either - agree <= np.maximum(1, np.floor(config.differ * either))
        )
        good[start : start + _PAIRS_AT_ONCE] = enough & (evidence >= least_bits)
    return found[good]


def reason(config: Config) -> str:
    """Words for who gave the record."""
    return f"The record agrees with an earlier one in all but {config.differ:.0%} of its fields."


def _band_keys(keys: NDArray[np.uint64], offsets: NDArray[np.int64]) -> NDArray[np.uint64]:
    """uint64 (records, bands), some records at a time: the signatures themselves are six times as large."""
    parts = [np.zeros((0, _BANDS), dtype=np.uint64)]
    for start in range(0, len(offsets) - 1, _ROWS_AT_ONCE):
        ends = offsets[start : start + _ROWS_AT_ONCE + 1]
        part = Shingles(keys[ends[0] : ends[-1]], ends - ends[0])
        parts.append(bands(signatures(part, _BANDS * _ROWS), _ROWS))
    return np.concatenate(parts)


def _surprise(cells: Cells, keys: NDArray[np.uint64]) -> NDArray[np.float64]:
    """For every cell, how many bits it tells that two records have it alike: rare values tell more."""
    _, which, alike = np.unique(keys, return_inverse=True, return_counts=True)
    _, field, filled = np.unique(cells.names, return_inverse=True, return_counts=True)
    surprise: NDArray[np.float64] = np.log2(filled[field] / alike[which])
    return surprise


def _agreement(
    block: NDArray[np.int64], offsets: NDArray[np.int64], keys: NDArray[np.uint64], bits: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Cells that both have, and the bits they tell, for each pair."""
    pair, place = _cells_of(block, offsets)
    order = np.lexsort((keys[place], pair))
    pair, place = pair[order], place[order]
    both = (pair[1:] == pair[:-1]) & (keys[place[1:]] == keys[place[:-1]])
    where = pair[1:][both]
    agree = np.bincount(where, minlength=len(block)).astype(np.int64)
    evidence = np.bincount(where, bits[place[1:][both]], minlength=len(block))
    return agree, evidence.astype(np.float64)


def _fields_of_either(
    block: NDArray[np.int64], offsets: NDArray[np.int64], names: NDArray[np.uint32]
) -> NDArray[np.int64]:
    pair, place = _cells_of(block, offsets)
    field = np.unique((pair.astype(np.uint64) << np.uint64(32)) | names[place])
    return np.bincount((field >> np.uint64(32)).astype(np.int64), minlength=len(block))


def _cells_of(
    block: NDArray[np.int64], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The cells of both records of every pair: the pair, and the cell's place."""
    rows = block.ravel()
    sizes = offsets[rows + 1] - offsets[rows]
    begins = np.cumsum(sizes) - sizes
    within = np.arange(int(sizes.sum())) - np.repeat(begins, sizes)
    return np.repeat(np.arange(len(block)), sizes.reshape(-1, 2).sum(axis=1)), np.repeat(
        offsets[rows], sizes
    ) + within
