"""MinHash signatures and locality-sensitive hashing, over whole batches.

A signature has ``slots`` values; each is equal in two sets with the probability of their Jaccard similarity
(Broder 1997). They are drawn as in "Fast Similarity Sketching" (Dahlgaard, Knudsen, Thorup 2017): every
element is thrown into one slot a round, the earliest round and then the least value stays, so a long set
costs one hash an element and not one a slot. Slots empty after the last round are filled with a hash each.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ingather.cleaning.ngrams import repeated, scramble
from ingather.cleaning.shingles import Shingles

_ROUNDS = 8
_EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_AT_ONCE = 1 << 20
_NEIGHBOURS = 4


def signatures(shingles: Shingles, slots: int) -> NDArray[np.uint64]:
    """uint64 (documents, slots); a document without shingles has the greatest value everywhere."""
    documents = len(shingles.offsets) - 1
    table = np.full(documents * slots, _EMPTY, dtype=np.uint64)
    keys = shingles.keys
    document = np.repeat(np.arange(documents), shingles.counts)
    for turn in range(_ROUNDS):
        thrown = scramble(keys + (np.uint64(turn) << np.uint64(48)))
        slot = ((thrown >> _HALF) * np.uint64(slots) >> _HALF).astype(np.int64)
        np.minimum.at(table, document * slots + slot, (np.uint64(turn) << _HALF) | (thrown & _LOW))
        wanting = (table.reshape(documents, slots) == _EMPTY).any(axis=1)
        left = np.flatnonzero(wanting[document])
        keys, document = keys[left], document[left]
        if not len(left):
            break
    _fill(table, shingles, slots)
    return table.reshape(documents, slots)


def bands(signature: NDArray[np.uint64], rows: int) -> NDArray[np.uint64]:
    """uint64 (documents, slots / rows): one hash for every ``rows`` neighbouring values of a signature."""
    documents, slots = signature.shape
    parts = signature.reshape(documents, slots // rows, rows)
    keys = np.zeros(parts.shape[:2], dtype=np.uint64)
    for row in range(rows):
        keys = scramble(keys + parts[:, :, row])
    return keys


def candidates(keys: NDArray[np.uint64], first_new: int) -> NDArray[np.int64]:
    """Pairs of rows that share a band.

    Where many rows share one band, each is paired with the first few and with the last few before it: enough
    to find a copy of something that stays, without the square of their number.

    Args:
        keys: uint64 (rows, bands).
        first_new: pairs whose later row lies before this one are left out.

    Returns:
        int64 (n, 2), earlier row before later one, each pair once, in order.
    """
    rows = len(keys)
    found = [np.zeros(0, dtype=np.int64)]
    for band in range(keys.shape[1]):
        order, groups = repeated(np.ascontiguousarray(keys[:, band]))
        if not len(order):
            continue
        heads = np.flatnonzero(np.diff(groups, prepend=-1))
        begin = heads[groups]
        place = np.arange(len(order))
        newer = order >= first_new
        for step in range(_NEIGHBOURS):
            for earlier in (place - 1 - step, begin + step):
                right = np.flatnonzero(newer & (earlier >= begin) & (earlier < place))
                found.append(order[earlier[right]] * rows + order[right])
    left, right = np.divmod(np.unique(np.concatenate(found)), max(1, rows))
    return np.stack([left, right], axis=1)


def jaccard(left: Shingles, right: Shingles) -> NDArray[np.float64]:
    """Shared shingles by all shingles, for each pair of documents; 0 where neither has any."""
    documents = len(left.offsets) - 1
    bits = np.uint64(max(1, documents.bit_length()))
    a, b = _distinct(left, bits), _distinct(right, bits)
    both = np.sort(np.concatenate([a, b]))
    shift = np.uint64(64) - bits
    shared = np.bincount((both[1:][both[1:] == both[:-1]] >> shift).astype(np.int64), minlength=documents)
    union = np.bincount((both >> shift).astype(np.int64), minlength=documents) - shared
    result = np.zeros(documents)
    np.divide(shared, union, out=result, where=union > 0)
    return result


def _distinct(shingles: Shingles, bits: np.uint64) -> NDArray[np.uint64]:
    """Every shingle of every document once, rising: the document in the upper bits, the key in the others."""
    document = np.repeat(np.arange(len(shingles.offsets) - 1, dtype=np.uint64), shingles.counts)
    ordered = np.sort((document << (np.uint64(64) - bits)) | (shingles.keys >> bits))
    fresh = np.ones(len(ordered), dtype=np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    return ordered[fresh]


def take(shingles: Shingles, rows: NDArray[np.int64]) -> Shingles:
    """The shingles of these documents, in this order."""
    counts = shingles.counts[rows]
    offsets = np.concatenate([[0], np.cumsum(counts)])
    within = np.arange(int(offsets[-1])) - np.repeat(offsets[:-1], counts)
    return Shingles(shingles.keys[np.repeat(shingles.offsets[rows], counts) + within], offsets)


def _fill(table: NDArray[np.uint64], shingles: Shingles, slots: int) -> None:
    """Gives every slot that is still empty the least of a hash of its own over all shingles."""
    empty = np.flatnonzero(table == _EMPTY)
    counts = shingles.counts[empty // slots]
    empty, counts = empty[counts > 0], counts[counts > 0]
    if not len(empty):
        return
    ends = np.cumsum(counts)
    cuts = np.unique(np.searchsorted(ends, np.arange(0, int(ends[-1]), _AT_ONCE)))
    for start, stop in zip(cuts, [*cuts[1:], len(empty)], strict=True):
        where, many = empty[start:stop], counts[start:stop]
        begins = np.cumsum(many) - many
        within = np.arange(int(many.sum())) - np.repeat(begins, many)
        key = shingles.keys[np.repeat(shingles.offsets[where // slots], many) + within]
        turn = np.repeat((where % slots).astype(np.uint64) + np.uint64(_ROUNDS), many)
        least = np.minimum.reduceat(scramble(key + (turn << np.uint64(48))) & _LOW, begins)
        table[where] = (np.uint64(_ROUNDS) << _HALF) | least
