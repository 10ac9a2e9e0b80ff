"""How well a text answers another: shared words and pieces of words, and what usually answers what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

BUCKETS = 2**18
FEATURES = 5
_NONE = np.empty(0, np.int64)
_K1, _B = 1.2, 0.75
_PENALTY = 1.0


@dataclass(frozen=True, slots=True)
class Likeness:
    """What was learnt of texts, and of pairs that belong together.

    Attributes:
        rarity: inverse document frequency of every word, and of every piece of a word.
        mean_length: words of an answer.
        narrow: two projections of texts to some tens of numbers, of questions and of answers; None where
            there are too few pairs.
        leads: from the numbers of a question to those of its answer.
        kept: the words that the projections know, of questions and of answers.
    """

    rarity: tuple[Floats, Floats]
    mean_length: float
    narrow: tuple[Any, Any] | None
    leads: Floats | None
    kept: tuple[Rows, Rows]

    def features(self, questions: Sequence[str], answers: Sequence[str]) -> Floats:
        """Five numbers of n pairs: BM25, alike words, alike pieces, shared words, what usually follows."""
        (some, of), (others, to) = _distinct(questions), _distinct(answers)
        asked, told = _words(some), _words(others)
        shared = asked.sign()[of]
        length = np.asarray(told.sum(axis=1)).ravel()
        weight = told.copy().astype(float)
        base = _K1 * (1 - _B + _B * length / max(self.mean_length, 1.0))
        spread = np.repeat(base, np.diff(weight.indptr))
        weight.data = self.rarity[0][weight.indices] * weight.data * (_K1 + 1) / (weight.data + spread)
        bm25 = np.asarray(shared.multiply(weight[to]).sum(axis=1)).ravel()
        a, b = self._weighted(asked, 0), self._weighted(told, 0)
        c, d = self._weighted(_pieces(some), 1), self._weighted(_pieces(others), 1)
        size = np.asarray(shared.sum(axis=1)).ravel()
        found = np.asarray(shared.multiply(told.sign()[to]).sum(axis=1)).ravel() / np.maximum(size, 1)
        follows = self._follows(a, b, of, to)
        columns = [np.log1p(bm25), _row_dots(a[of], b[to]), _row_dots(c[of], d[to]), found, follows]
        return np.column_stack(columns).astype(np.float64)

    def _follows(self, asked: Any, told: Any, of: Rows, to: Rows) -> Floats:
        if self.narrow is None or self.leads is None:
            return np.zeros(len(of))
        expected = self.narrow[0].transform(asked[:, self.kept[0]]) @ self.leads
        there = self.narrow[1].transform(told[:, self.kept[1]])
        expected /= np.maximum(np.linalg.norm(expected, axis=1, keepdims=True), 1e-9)
        there /= np.maximum(np.linalg.norm(there, axis=1, keepdims=True), 1e-9)
        return np.asarray((expected[of] * there[to]).sum(axis=1), np.float64)

    def _weighted(self, counts: Any, which: int) -> Any:
        return _weighted(counts, self.rarity[which])


def learn_likeness(questions: Sequence[str], answers: Sequence[str], seed: int, width: int = 100) -> Likeness:
    """Learns rarities from all texts, and from n pairs that belong together what usually answers what.

    Args:
        questions: n texts.
        answers: n texts.
        seed: of the projections.
        width: numbers that a text is narrowed to, at most.
    """
    both = [*questions, *answers]
    rarity = (_rarity(_words(both)), _rarity(_pieces(both)))
    told = _words(answers)
    mean_length = float(told.sum() / max(len(answers), 1))
    size = min(width, len(questions) // 4)
    if size < 2:
        return Likeness(rarity, mean_length, None, None, (_NONE, _NONE))
    from sklearn.decomposition import TruncatedSVD

    sides = _weighted(_words(questions), rarity[0]), _weighted(told, rarity[0])
    kept = tuple(np.flatnonzero(np.bincount(side.indices, minlength=BUCKETS) > 1) for side in sides)
    size = min(size, *(len(one) - 1 for one in kept))
    if size < 2:
        return Likeness(rarity, mean_length, None, None, (_NONE, _NONE))
    sides = sides[0][:, kept[0]], sides[1][:, kept[1]]
    narrow = tuple(TruncatedSVD(size, random_state=seed, n_iter=3).fit(side) for side in sides)
    asked, there = (one.transform(side) for one, side in zip(narrow, sides, strict=True))
    square = asked.T @ asked + _PENALTY * np.eye(asked.shape[1])
    leads = np.linalg.solve(square, asked.T @ there)
    return Likeness(
        rarity, mean_length, (narrow[0], narrow[1]), np.asarray(leads, np.float64), (kept[0], kept[1])
    )


def _distinct(texts: Sequence[str]) -> tuple[list[str], Rows]:
    """Each text once, and the place of each among them."""
    places: dict[str, int] = {}
    at = [places.setdefault(text, len(places)) for text in texts]
    return list(places), np.array(at, np.int64)


def _words(texts: Sequence[str]) -> Any:
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import HashingVectorizer

    if not texts:
        return csr_matrix((0, BUCKETS))
    words = HashingVectorizer(
        n_features=BUCKETS, norm=None, alternate_sign=False, token_pattern=r"(?u)\b\w+\b"
    )
    return words.transform(texts)


def _pieces(texts: Sequence[str]) -> Any:
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import HashingVectorizer

    if not texts:
        return csr_matrix((0, BUCKETS))
    pieces = HashingVectorizer(
        analyzer="char_wb", ngram_range=(3, 4), n_features=BUCKETS, norm=None, alternate_sign=False
    )
    return pieces.transform(texts)


def _rarity(counts: Any) -> Floats:
    found = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.asarray(np.log((1 + counts.shape[0]) / (1 + found)) + 1, np.float64)


def _weighted(counts: Any, rarity: Floats) -> Any:
    from sklearn.preprocessing import normalize

    found = counts.tocsr(copy=True).astype(float)
    found.data = (1 + np.log(np.maximum(found.data, 1))) * rarity[found.indices]
    return normalize(found, copy=False)


def _row_dots(left: Any, right: Any) -> Floats:
    return np.asarray(left.multiply(right).sum(axis=1), np.float64).ravel()
