"""What a text and its answer are like together, as one sparse row: words of either, how alike they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingather.training.likeness import Likeness, learn_likeness

BUCKETS = 2**16


@dataclass(frozen=True, slots=True)
class PairFeatures:
    """How rows are made; learnt from pairs.

    Attributes:
        rarity: of words of questions and of answers.
        likeness: of the two.
    """

    rarity: tuple[NDArray[np.float64], NDArray[np.float64]]
    likeness: Likeness

    def rows(self, questions: Sequence[str], answers: Sequence[str]) -> Any:
        """CSR, n rows: the question's words, the answer's words, six numbers of the pair."""
        from scipy.sparse import csr_matrix, hstack

        if not questions:
            return csr_matrix((0, 2 * BUCKETS + 6))
        sides = [
            _weighted(_counts(texts), rare)
            for texts, rare in zip((questions, answers), self.rarity, strict=True)
        ]
        length = np.log1p([[len(text.split())] for text in answers])
        numbers = np.hstack([self.likeness.features(questions, answers), length])
        return hstack([*sides, csr_matrix(numbers)], format="csr")


def learn_pair_features(questions: Sequence[str], answers: Sequence[str], seed: int) -> PairFeatures:
    """Learns how rare words are on either side."""
    rarity = (_rarity(_counts(questions)), _rarity(_counts(answers)))
    return PairFeatures(rarity, learn_likeness(questions, answers, seed, width=0))


def _counts(texts: Sequence[str]) -> Any:
    from sklearn.feature_extraction.text import HashingVectorizer

    words = HashingVectorizer(
        ngram_range=(1, 2), n_features=BUCKETS, norm=None, alternate_sign=False, token_pattern=r"(?u)\b\w+\b"
    )
    return words.transform(texts)


def _rarity(counts: Any) -> NDArray[np.float64]:
    found = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.asarray(np.log((1 + counts.shape[0]) / (1 + found)) + 1, np.float64)


def _weighted(counts: Any, rarity: NDArray[np.float64]) -> Any:
    from sklearn.preprocessing import normalize

    found = counts.tocsr(copy=True).astype(float)
    found.data = (1 + np.log(np.maximum(found.data, 1))) * rarity[found.indices]
    return normalize(found, copy=False)
