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
from ingather.media.words import Words, find_words, string_bounds, string_bytes

if TYPE_CHECKING:
    from ingather.media.text import TextBatch

_STEP = np.uint64(0xD6E8FEB86659FD93)
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


def shingle(batch: TextBatch, n: int) -> Shingles:
    """Every run of n words of every text; a text of fewer words is one shingle, a blank one has none.

    Letters are compared in lower case and compatibility form; where a script has no spaces between words,
    every character counts as a word.
    """
    words = folded_words(batch)
    values = word_hashes(words)
    counts = words.counts
    sizes = np.where(counts >= n, counts - n + 1, np.minimum(counts, 1))
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    keys = np.zeros(int(offsets[-1]), dtype=np.uint64)
    runs, places = _runs(words, values, n)
    document = words.documents[places]
    keys[offsets[document] + places - words.offsets[document]] = runs
    for short in range(1, n):
        rows = np.flatnonzero(counts == short)
        starts = words.offsets[rows]
        run = np.full(len(rows), short, dtype=np.uint64)
        for shift in range(short):
            run = run * _STEP + values[starts + shift]
        keys[offsets[rows]] = run
    return Shingles(scramble(keys), offsets)


def folded_words(batch: TextBatch) -> Words:
    """The words of every text as they are compared: lower case, compatibility form."""
    folded = pc.ascii_lower(batch.filled)
    if not batch.ascii.all():
        rows = pa.array(~batch.ascii)
        texts = [_fold(text) for text in batch.filled.filter(rows).to_pylist()]
        folded = pc.replace_with_mask(folded, rows, pa.array(texts, pa.large_string()))
    return find_words(string_bytes(folded), string_bounds(folded))


def word_hashes(words: Words) -> NDArray[np.uint64]:
    """A 64-bit hash of every word; each distinct word is hashed once."""
    distinct = words.vocabulary.cast(pa.large_binary()).to_pylist()
    hashes = np.fromiter(map(xxhash.xxh3_64_intdigest, distinct), dtype=np.uint64, count=len(distinct))
    return hashes[words.codes]


def run_keys(
    words: Words, values: NDArray[np.uint64], n: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """A well mixed key for every run of n words inside one text, and the word that each begins with."""
    runs, places = _runs(words, values, n)
    return scramble(runs), places


def _runs(words: Words, values: NDArray[np.uint64], n: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    length = max(0, len(values) - n + 1)
    runs = np.zeros(length, dtype=np.uint64)
    for shift in range(n):
        runs = runs * _STEP + values[shift : shift + length]
    ends = np.repeat(words.offsets[1:], words.counts)[:length]
    places = np.flatnonzero(np.arange(length) + n <= ends)
    return runs[places], places


def _fold(text: str) -> str:
    return _UNSPACED.sub(r" \1 ", unicodedata.normalize("NFKC", text).lower())
