"""Contamination: what of a text stands in texts that must not be trained on.

Three ways to be there: the same text, nearly the same text, and a share of its words in runs that a benchmark
has too (13 words, as in "Language Models are Few-Shot Learners", Brown et al. 2020, appendix C).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ingather.cleaning.lines import share
from ingather.cleaning.minhash import bands, candidates, jaccard, signatures, take
from ingather.cleaning.shingles import Shingles, hashed_words, run_keys, shingle

if TYPE_CHECKING:
    from ingather.media.text import TextBatch

_WORDS, _BANDS, _ROWS = 5, 20, 6


@dataclass(frozen=True, eq=False)
class Index:
    """Texts that must not be in what is trained on.

    Attributes:
        run: words in a run of the overlap.
        runs: uint64, rising: every run of that many words.
        shingles: their runs of five words, by document.
        keys: uint64 (documents, bands) of their signatures.
    """

    run: int
    runs: NDArray[np.uint64]
    shingles: Shingles
    keys: NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Contamination:
    """How much of every text is in the index.

    Attributes:
        exact: bool (texts,), a text of the index has the same runs of words, all of them.
        nearest: int64 (texts,), the document of the index that is most alike, -1 where none is.
        similarity: float64 (texts,), Jaccard similarity to it, 0 to 1.
        overlap: float64 (texts,), share of its words in runs that the index has, 0 to 1; NaN without words.
    """

    exact: NDArray[np.bool_]
    nearest: NDArray[np.int64]
    similarity: NDArray[np.float64]
    overlap: NDArray[np.float64]


def build_index(texts: TextBatch, run: int = 13) -> Index:
    """Makes an index of benchmark texts.

    Args:
        texts: the benchmark: questions, answers, documents.
        run: words in a run; a text of the benchmark that is shorter counts only as a whole.
    """
    runs, _ = run_keys(hashed_words(texts), run)
    found = shingle(texts, _WORDS)
    return Index(run, np.unique(runs), found, _band_keys(found))


def contamination(texts: TextBatch, index: Index) -> Contamination:
    """Compares every text with the index; what has no word is clean."""
    found = shingle(texts, _WORDS)
    nearest, similarity = _nearest(found, index)
    return Contamination(similarity == 1.0, nearest, similarity, _overlap(texts, index))


def _overlap(texts: TextBatch, index: Index) -> NDArray[np.float64]:
    words = hashed_words(texts)
    runs, places = run_keys(words, index.run)
    begins = places[np.isin(runs, index.runs)]
    change = np.zeros(len(words.values) + 1, dtype=np.int64)
    np.add.at(change, begins, 1)
    np.add.at(change, begins + index.run, -1)
    inside = np.concatenate([[0], np.cumsum(np.cumsum(change[:-1]) > 0)])
    return share(inside[words.offsets[1:]] - inside[words.offsets[:-1]], words.counts)


def _nearest(found: Shingles, index: Index) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    known = len(index.keys)
    texts = len(found.offsets) - 1
    keys = np.concatenate([index.keys, _band_keys(found)])
    pairs = candidates(keys, known)
    pairs = pairs[(pairs[:, 0] < known) & (found.counts[pairs[:, 1] - known] > 0)]
    alike = jaccard(take(index.shingles, pairs[:, 0]), take(found, pairs[:, 1] - known))
    order = np.lexsort((pairs[:, 0], -alike, pairs[:, 1]))
    best = order[np.flatnonzero(np.diff(pairs[order, 1], prepend=-1))]
    nearest = np.full(texts, -1, dtype=np.int64)
    similarity = np.zeros(texts)
    nearest[pairs[best, 1] - known] = pairs[best, 0]
    similarity[pairs[best, 1] - known] = alike[best]
    return nearest, similarity


def _band_keys(shingles: Shingles) -> NDArray[np.uint64]:
    return bands(signatures(shingles, _BANDS * _ROWS), _ROWS)
