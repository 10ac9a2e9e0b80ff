"""Shingles: a text as the set of its runs of n words, in one spelling, as 64-bit hashes.

The hashes are the same in every batch, process and year, so signatures made of them can be kept.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash
from numpy.typing import NDArray

from ingather.cleaning.ngrams import scramble
from ingather.media.words import find_runs, is_space, string_bounds, string_bytes

if TYPE_CHECKING:
    from ingather.media.text import TextBatch

_STEP = np.uint64(0xD6E8FEB86659FD93)
_FIRST_BYTES = np.array([(1 << (8 * count)) - 1 for count in range(9)], dtype=np.uint64)
_LONG = 256
_UNSPACED = re.compile("([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])")


@dataclass(frozen=True, eq=False)
class Shingles:
    """The shingles of many texts.

    Attributes:
        keys: uint64 (shingles,), well mixed; the same shingle of a text may stand there several times.
        offsets: int64 (documents + 1,), the first shingle of every document, then the number of shingles.
    """

    keys: NDArray[np.uint64]
    offsets: NDArray[np.int64]

    @property
    def counts(self) -> NDArray[np.int64]:
        """Number of shingles of every document, repeated ones too."""
        return np.diff(self.offsets)


@dataclass(frozen=True, eq=False)
class HashedWords:
    """The words of many texts as they are compared, each as a 64-bit hash.

    Attributes:
        values: uint64 (words,), equal for equal words.
        offsets: int64 (documents + 1,), the first word of every document, then the number of words.
    """

    values: NDArray[np.uint64]
    offsets: NDArray[np.int64]

    @property
    def counts(self) -> NDArray[np.int64]:
        """Number of words of every document."""
        return np.diff(self.offsets)


def shingle(batch: TextBatch, n: int) -> Shingles:
    """Every run of n words of every text; a text of fewer words is one shingle, a blank one has none.

    Letters are compared in lower case and compatibility form; where a script has no spaces between words,
    every character counts as a word.
    """
    words = hashed_words(batch)
    counts = words.counts
    sizes = np.where(counts >= n, counts - n + 1, np.minimum(counts, 1))
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    keys = np.zeros(int(offsets[-1]), dtype=np.uint64)
    runs, places = _runs(words, n)
    shift = np.repeat(offsets[:-1] - words.offsets[:-1], np.maximum(counts - n + 1, 0))
    keys[places + shift] = runs
    for short in range(1, n):
        rows = np.flatnonzero(counts == short)
        starts = words.offsets[rows]
        run = np.full(len(rows), short, dtype=np.uint64)
        for step in range(short):
            run = run * _STEP + words.values[starts + step]
        keys[offsets[rows]] = run
    return Shingles(scramble(keys), offsets)


def run_keys(words: HashedWords, n: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """A well mixed key for every run of n words inside one text, and the word that each begins with."""
    runs, places = _runs(words, n)
    return scramble(runs), places


def hashed_words(batch: TextBatch) -> HashedWords:
    """The words of every text in lower case and compatibility form."""
    folded = pc.ascii_lower(batch.filled)
    if not batch.ascii.all():
        rows = pa.array(~batch.ascii)
        texts = [_fold(text) for text in folded.filter(rows).to_pylist()]
        folded = pc.replace_with_mask(folded, rows, pa.array(texts, pa.large_string()))
    flat, bounds = string_bytes(folded), string_bounds(folded)
    starts, stops = find_runs(is_space(flat), bounds)
    return HashedWords(_hash_runs(flat, starts, stops), np.searchsorted(starts, bounds).astype(np.int64))


def _hash_runs(
    flat: NDArray[np.uint8], starts: NDArray[np.int64], stops: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """A hash of every run of bytes, eight bytes at a time over all runs; very long ones one by one."""
    padded = np.concatenate([flat, np.zeros(8, dtype=np.uint8)])
    eights = np.ndarray((len(flat) + 1,), dtype="<u8", buffer=padded.data, strides=(1,))
    lengths = stops - starts
    hashes = eights[starts] & _FIRST_BYTES[np.minimum(lengths, 8)]
    hashes = (hashes ^ (hashes >> np.uint64(29))) * _STEP + lengths.astype(np.uint64)
    rest = np.flatnonzero((lengths > 8) & (lengths <= _LONG))
    for done in range(8, _LONG, 8):
        rest = rest[lengths[rest] > done]
        if not len(rest):
            break
        chunk = eights[starts[rest] + done] & _FIRST_BYTES[np.minimum(lengths[rest] - done, 8)]
        hashes[rest] = scramble(hashes[rest] + chunk)
    for row in np.flatnonzero(lengths > _LONG).tolist():
        hashes[row] = xxhash.xxh3_64_intdigest(flat[starts[row] : stops[row]].data)
    return scramble(hashes)


def _runs(words: HashedWords, n: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    length = max(0, len(words.values) - n + 1)
    runs = np.zeros(length, dtype=np.uint64)
    for shift in range(n):
        runs *= _STEP
        runs += words.values[shift : shift + length]
    ends = np.repeat(words.offsets[1:], words.counts)[:length]
    places = np.flatnonzero(np.arange(n, length + n) <= ends)
    return runs[places], places


def _fold(text: str) -> str:
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    text = text.lower()
    return _UNSPACED.sub(r" \1 ", text) if _UNSPACED.search(text) else text
