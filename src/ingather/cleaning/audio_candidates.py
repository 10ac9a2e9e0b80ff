"""Which recordings could be the same, by their signatures alone, without comparing all with all.

Recordings are walked through in order of duration, since a copy is trimmed by a tenth of a second at most.
Where that still leaves too many pairs, their patches are hashed by the sides of random planes on which they
lie (Charikar 2002), in several tables; only what shares a bucket is looked at. Patches must then be nearly
parallel, and excerpts of the waveform correlate. Working memory is bounded by blocks.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingather.cleaning.audio_signature import ANCHORS, EXCERPT, EXCERPT_RATE, SIGNATURE

Pairs = NDArray[np.int64]
LONGEST_TRIM = 0.15
"""Seconds by which the durations of two copies differ at most: 50 ms at each end, and padding of codecs."""
MOST_DIRECT = 20_000_000
"""Pairs of like duration up to which all are compared."""

_PARALLEL = 0.90
_CORRELATED = 0.75
_TABLES = 32
_LEAST_BITS, _MOST_BITS = 16, 28
_WIDEST = 256
"""Neighbours in one bucket that each recording is compared with: chains of copies stay linked."""
_ROWS = 512
_CHUNK = 2_048
_LAG = 0.05
_FINER = 4


def candidates(signatures: NDArray[np.void], first_new: int, most_direct: int = MOST_DIRECT) -> Pairs:
    """(n, 2) rows that could be the same recording, left < right and right >= ``first_new``.

    Args:
        signatures: (rows,) of ``SIGNATURE``; rows of zeros take no part.
        first_new: the first row that has not been compared before.
        most_direct: pairs of like duration above which hashing is used.
    """
    seconds = signatures["seconds"].astype(np.float64)
    order = np.argsort(seconds, kind="stable")
    order = order[seconds[order] > 0]
    ends = np.searchsorted(seconds[order], seconds[order] + LONGEST_TRIM, side="right")
    is_new = order >= first_new
    count = np.concatenate([[0], np.cumsum(is_new)])
    places = np.arange(len(order))
    work = np.where(is_new, ends - places, count[ends] - count[places])
    if work.sum() <= most_direct:
        found = list(_direct(signatures, order, ends, first_new))
    else:
        found = list(_hashed(signatures, order, first_new))
    return _unique(np.concatenate([np.empty((0, 2), np.int64), *found]))


def _direct(signatures: NDArray[np.void], order: Pairs, ends: Pairs, first_new: int) -> Iterator[Pairs]:
    """All pairs of like duration, a block of rows against the stretch that follows them."""
    for start in range(0, len(order), _ROWS):
        rows = order[start : start + _ROWS]
        others = order[start : ends[min(start + _ROWS, len(order)) - 1]]
        if max(rows.max(), others.max()) < first_new:
            continue
        ours, theirs = _unit(signatures["patches"][rows]), _unit(signatures["patches"][others])
        best = np.full((len(rows), len(others)), -1, np.float32)
        for one in range(ANCHORS):
            for other in range(ANCHORS):
                np.maximum(best, ours[:, one] @ theirs[:, other].T, out=best)
        left, right = np.nonzero(np.triu(best > _PARALLEL, 1))
        yield _correlated(signatures, _eligible(signatures, rows[left], others[right], first_new))


def _hashed(signatures: NDArray[np.void], order: Pairs, first_new: int) -> Iterator[Pairs]:
    """Pairs that share a bucket in any table, each table on its own."""
    bits = int(np.clip(np.log2(len(order)) + 6, _LEAST_BITS, _MOST_BITS))
    patches = signatures["patches"].reshape(-1, signatures["patches"].shape[2])
    every = (order[:, None] * ANCHORS + np.arange(ANCHORS)).ravel()
    seen = np.empty((0, 2), np.int64)
    for table in range(_TABLES):
        planes = np.random.default_rng(table).standard_normal((patches.shape[1], bits))
        codes = _codes(patches, every, planes.astype(np.float32))
        found = [seen[:0]]
        for one, other in _bucket_mates(codes, every, signatures["seconds"]):
            near = _parallel(patches, one, other)
            found.append(_eligible(signatures, one[near] // ANCHORS, other[near] // ANCHORS, first_new))
        fresh = _without(_unique(np.concatenate(found)), seen)
        seen = np.concatenate([seen, fresh])
        yield _correlated(signatures, fresh)


def _codes(patches: NDArray[np.int8], rows: Pairs, planes: NDArray[np.float32]) -> NDArray[np.int64]:
    """(rows,) bucket of each patch, -1 where there is none."""
    weights = 1 << np.arange(planes.shape[1], dtype=np.int64)
    codes = np.empty(len(rows), np.int64)
    for start in range(0, len(rows), _CHUNK):
        block = patches[rows[start : start + _CHUNK]]
        sides = (block.astype(np.float32) @ planes > 0) @ weights
        sides[~block.any(axis=1)] = -1
        codes[start : start + len(sides)] = sides
    return codes


def _bucket_mates(
    codes: NDArray[np.int64], rows: Pairs, seconds: NDArray[np.float32]
) -> Iterator[tuple[Pairs, Pairs]]:
    """Patches of one bucket and like duration, side by side; ``rows`` come in order of duration."""
    sequence = np.argsort(codes, kind="stable")
    sequence = sequence[codes[sequence] >= 0]
    codes, rows = codes[sequence], rows[sequence]
    lasting = seconds[rows // ANCHORS]
    places = np.arange(len(rows))
    for step in range(1, _WIDEST + 1):
        places = places[places + step < len(rows)]
        like = codes[places] == codes[places + step]
        like &= lasting[places + step] - lasting[places] <= LONGEST_TRIM
        places = places[like]
        if not len(places):
            return
        yield rows[places], rows[places + step]


def _eligible(signatures: NDArray[np.void], one: Pairs, other: Pairs, first_new: int) -> Pairs:
    pairs = np.column_stack([np.minimum(one, other), np.maximum(one, other)])
    seconds = signatures["seconds"]
    apart = np.abs(seconds[pairs[:, 0]] - seconds[pairs[:, 1]])
    eligible = (pairs[:, 0] < pairs[:, 1]) & (pairs[:, 1] >= first_new) & (apart <= LONGEST_TRIM)
    kept: Pairs = pairs[eligible]
    return kept


def _parallel(patches: NDArray[np.int8], one: Pairs, other: Pairs) -> NDArray[np.bool_]:
    """For each pair of patches whether they point nearly the same way."""
    near = np.empty(len(one), bool)
    for start in range(0, len(one), _CHUNK):
        part = slice(start, start + _CHUNK)
        left, right = _unit(patches[one[part]]), _unit(patches[other[part]])
        near[part] = np.einsum("pc,pc->p", left, right) > _PARALLEL
    return near


def _correlated(signatures: NDArray[np.void], pairs: Pairs) -> Pairs:
    """The pairs of which some excerpt of one correlates with some excerpt of the other."""
    kept = [part[correlation(signatures["excerpts"], part) > _CORRELATED] for part in _parts(pairs)]
    return np.concatenate([np.empty((0, 2), np.int64), *kept])


def correlation(excerpts: NDArray[np.int8], pairs: Pairs) -> NDArray[np.float64]:
    """(pairs,) greatest correlation, 0 to 1, of any two excerpts at a lag of up to 50 ms.

    It is normalised by what overlaps, so that silence around a short sound costs nothing, and lags are
    resolved to a quarter of a value by padding the spectrum.
    """
    from scipy.fft import irfft, next_fast_len, rfft

    size = next_fast_len(2 * EXCERPT, real=True)
    most = round(_LAG * EXCERPT_RATE)
    lags = np.arange(-most, most + 1)
    left, right = (excerpts[pairs[:, side]].astype(np.float32) for side in (0, 1))
    ours, theirs = rfft(left, size), rfft(right, size).conj()
    our_energy, their_energy = _overlap(left, lags), _overlap(right, -lags)
    best = np.zeros(len(pairs))
    fine = (_FINER * lags[:, None] + np.arange(-_FINER // 2, _FINER // 2)).ravel()
    for one in range(excerpts.shape[1]):
        for other in range(excerpts.shape[1]):
            waves = irfft(ours[:, one] * theirs[:, other], _FINER * size)[:, fine] * _FINER
            peaks = np.abs(waves).reshape(len(pairs), len(lags), _FINER).max(axis=2)
            shared = np.sqrt(our_energy[:, one] * their_energy[:, other])
            np.maximum(best, (peaks / shared).max(axis=1, initial=0), out=best)
    return best


def _overlap(waves: NDArray[np.float32], lags: NDArray[np.int64]) -> NDArray[np.float32]:
    """(pairs, excerpts, lags) energy of what a shift leaves overlapping, at least .4 of the whole."""
    sums = np.cumsum(np.pad(np.square(waves), ((0, 0), (0, 0), (1, 0))), axis=2)
    inside = sums[..., np.clip(EXCERPT + lags, 0, EXCERPT)] - sums[..., np.clip(lags, 0, EXCERPT)]
    least: NDArray[np.float32] = np.maximum(inside, 0.4 * sums[..., -1:]) + np.float32(1e-6)
    return least


def _unit(patches: NDArray[np.int8]) -> NDArray[np.float32]:
    """(..., 128) of length 1, or 0 where there is no anchor."""
    real = patches.astype(np.float32)
    lengths = np.sqrt(np.einsum("...c,...c->...", real, real))
    unit: NDArray[np.float32] = real / np.maximum(lengths, 1e-6)[..., None]
    return unit


def _parts(pairs: Pairs) -> Iterator[Pairs]:
    for start in range(0, len(pairs), _CHUNK // 4):
        yield pairs[start : start + _CHUNK // 4]


def _unique(pairs: Pairs) -> Pairs:
    return np.unique(pairs, axis=0) if len(pairs) else pairs


def _without(pairs: Pairs, seen: Pairs) -> Pairs:
    """The pairs that have not been looked at."""
    fresh: Pairs = pairs[~np.isin(pairs[:, 0] << 32 | pairs[:, 1], seen[:, 0] << 32 | seen[:, 1])]
    return fresh


def from_arrow(signatures: pa.Array) -> NDArray[np.void]:
    """(rows,) of ``SIGNATURE`` in the memory of the binary array; nulls are zeros."""
    if isinstance(signatures, pa.ChunkedArray):
        signatures = signatures.combine_chunks()
    filled = pc.fill_null(signatures.cast(pa.large_binary()), bytes(SIGNATURE.itemsize))
    _, offsets, content = filled.buffers()
    if not len(filled):
        return np.empty(0, SIGNATURE)
    first = int(np.frombuffer(offsets, np.int64, count=1, offset=8 * filled.offset)[0])
    return np.frombuffer(content, SIGNATURE, count=len(filled), offset=first)
