"""Runs of n words of many texts at once, as 64-bit keys, and those that occur again in their own text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingather.media.words import Words

_STEP = np.uint64(0x9E3779B97F4A7C15)
_EMPTY_SLOTS = 4


@dataclass(frozen=True, eq=False)
class Repeats:
    """N-grams that occur at least twice in their document, ordered by n-gram, then by place.

    Attributes:
        n: words in the n-gram.
        places: int64 (found,), the first word of every occurrence, among all words of the batch.
        groups: int64 (found,), equal exactly for occurrences of one n-gram in one document; rising from 0.
    """

    n: int
    places: NDArray[np.int64]
    groups: NDArray[np.int64]


def repeats(words: Words, sizes: range) -> Iterator[Repeats]:
    """The n-grams of every size that occur again in their own document.

    An n-gram that occurs again begins with one of n - 1 words that does so too, so each size only looks at
    what the one before has left.

    Args:
        words: words of a batch.
        sizes: rising sizes, each one more than the last.
    """
    values = scramble(words.codes.astype(np.uint64))
    seeds = scramble(np.arange(len(words.offsets), dtype=np.uint64) + (np.uint64(1) << np.uint64(40)))
    document = words.documents
    places = np.arange(len(words), dtype=np.int64)
    ends = words.offsets[1:][document]
    keys = seeds[document] * _STEP + values
    for n in range(2, sizes.stop):
        fits = np.flatnonzero(places + n <= ends)
        places, ends = places[fits], ends[fits]
        keys = keys[fits] * _STEP + values[places + n - 1]
        order, groups = repeated(keys)
        if n >= sizes.start:
            yield Repeats(n, places[order], groups)
        order = np.sort(order)
        places, ends, keys = places[order], ends[order], keys[order]


def repeated(keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which keys occur at least twice.

    Args:
        keys: uint64 (n,), well mixed in the upper bits.

    Returns:
        Their places, ordered by key and then by place, and a number for every place that is equal where
        the keys are equal, rising from 0.
    """
    suspects = _share_a_slot(keys)
    order = suspects[np.argsort(keys[suspects], kind="stable")]
    ordered = keys[order]
    same = ordered[1:] == ordered[:-1]
    again = np.zeros(len(order), dtype=np.bool_)
    again[1:] |= same
    again[:-1] |= same
    begins = np.ones(len(order), dtype=np.bool_)
    begins[1:] = ~same
    groups = np.cumsum(begins[again], dtype=np.int64) - 1
    return order[again], groups


def scramble(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mixes every bit of a 64-bit number into all others (SplitMix64, Steele et al. 2014)."""
    mixed = values + _STEP
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    scrambled: NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(31))
    return scrambled


def _share_a_slot(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Places whose key may occur twice: those that share a slot of a large table, found without sorting."""
    bits = max(4, int(len(keys) * _EMPTY_SLOTS).bit_length())
    slots = (keys >> np.uint64(64 - bits)).astype(np.int64)
    places = np.arange(len(keys), dtype=np.int64)
    last = np.zeros(1 << bits, dtype=np.int64)
    last[slots] = places
    shared = np.zeros(1 << bits, dtype=np.bool_)
    shared[slots[last[slots] != places]] = True
    return np.flatnonzero(shared[slots])
