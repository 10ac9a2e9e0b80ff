"""Text classification: weighted words and pieces of words into a linear support vector machine.

Needs no language: pieces of words serve scripts without blanks, inflection and spelling as people type.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ingather.training.contract import Examples, Predictions, RecipeConfig
from ingather.training.linear import LinearClassifier, fit_linear
from ingather.training.sparse_rows import SparseRow, join_rows, split_rows
from ingather.training.targets import ClassTargets, class_targets

tasks = frozenset({"classification", "tagging", "failure", "anomaly"})
modalities = frozenset({"text"})
most = 200_000
BUDGET = 20_000_000
"""Characters that are held as features at one time: about 1 GB."""


class Config(RecipeConfig):
    """Options of text classification."""

    words: int = Field(2, ge=1, le=5, description="neighbouring words that make one feature, at most")
    shortest: int = Field(2, ge=1, le=10, description="characters of the shortest piece of a word")
    longest: int = Field(4, ge=1, le=10, description="characters of the longest piece of a word")
    buckets: int = Field(2**18, ge=2**10, le=2**24, description="places that words are hashed to")
    characters: int = Field(5_000, ge=50, description="characters of a text that are read")
    strength: float = Field(1.0, gt=0, description="greater follows the data more closely")
    balanced: bool = Field(False, description="rare labels weigh as much as frequent ones")


@dataclass(frozen=True, slots=True)
class TextClassifier:
    """A fitted classifier; ``told`` says what was left aside in learning."""

    config: Config
    rarity: NDArray[np.float64]
    machine: LinearClassifier
    targets: ClassTargets
    told: tuple[str, ...]

    def predict(self, examples: Examples) -> Predictions:
        """Labels with probabilities, in order; texts are taken in portions of bounded memory."""
        scores = [np.empty((0, len(self.targets.classes)))]
        for portion in _portions(examples.inputs, self.config):
            scores.append(self.machine.scores(_weighted(_counts(portion, self.config), self.rarity)))
        return self.targets.answers(np.concatenate(scores))


def prepare(examples: Examples, config: Config) -> Examples:
    """The same examples with counted features for texts, so that several fits count once.

    Where they would not fit into the budget the texts stay as they are.
    """
    if sum(_size(text, config) for text in examples.inputs) > BUDGET:
        return examples
    rows = split_rows(_counts(examples.inputs, config))
    return replace(examples, inputs=list(rows))


def fit(train: Examples, config: Config, seed: int) -> TextClassifier:
    """Learns from the labelled texts, a sample of them where all are more than the budget.

    Raises:
        InputError: no text has a label.
    """
    targets = class_targets(train)
    some = _within_budget([train.inputs[row] for row in targets.rows], config, seed)
    told: tuple[str, ...] = ()
    if len(some) < len(targets.rows):
        share = round(100 * len(some) / len(targets.rows))
        told = (f"Learned from {share} of 100 texts, drawn by lot: more would not fit into memory.",)
        train = train.take(targets.rows[some])
        targets = class_targets(train)
    counts = _counts([train.inputs[row] for row in targets.rows], config)
    rarity = _rarity(counts)
    machine = fit_linear(
        _weighted(counts, rarity), targets, strength=config.strength, balanced=config.balanced, seed=seed
    )
    return TextClassifier(config, rarity, machine, targets, told)


def _size(text: str | SparseRow | None, config: Config) -> int:
    return min(len(text), config.characters) if isinstance(text, str) else 0


def _within_budget(texts: Sequence[Any], config: Config, seed: int) -> NDArray[np.int64]:
    sizes = np.array([_size(text, config) for text in texts], np.int64)
    if sizes.sum() <= BUDGET:
        return np.arange(len(texts))
    order = np.random.default_rng(seed).permutation(len(texts))
    return np.sort(order[: max(int(np.searchsorted(np.cumsum(sizes[order]), BUDGET)), 1)])


def _portions(texts: Sequence[Any], config: Config) -> list[list[Any]]:
    portions: list[list[Any]] = []
    held = BUDGET
    for text in texts:
        size = _size(text, config)
        if held + size > BUDGET // 4 or len(portions[-1]) >= 50_000:
            portions.append([])
            held = 0
        portions[-1].append(text)
        held += size
    return portions


def _counts(inputs: Sequence[str | SparseRow | None], config: Config) -> Any:
    """How often each word, word pair and piece of a word stands in each text: CSR, n x twice the buckets."""
    if inputs and isinstance(inputs[0], SparseRow):
        return join_rows([row for row in inputs if isinstance(row, SparseRow)], 2 * config.buckets)
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import HashingVectorizer

    texts = [text[: config.characters] if isinstance(text, str) else "" for text in inputs]
    if not texts:
        return csr_matrix((0, 2 * config.buckets))
    words = HashingVectorizer(
        ngram_range=(1, config.words),
        token_pattern=r"(?u)\b\w+\b",
        n_features=config.buckets,
        norm=None,
        alternate_sign=False,
    )
    pieces = HashingVectorizer(
        analyzer="char_wb",
        ngram_range=(min(config.shortest, config.longest), config.longest),
        n_features=config.buckets,
        norm=None,
        alternate_sign=False,
    )
    return hstack([words.transform(texts), pieces.transform(texts)], format="csr")


def _rarity(counts: Any) -> NDArray[np.float64]:
    """Inverse document frequency of every feature, smoothed."""
    found = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.asarray(np.log((1 + counts.shape[0]) / (1 + found)) + 1, np.float64)


def _weighted(counts: Any, rarity: NDArray[np.float64]) -> Any:
    """Counts on a logarithm, times rarity, every text of length 1 (Salton and Buckley 1988)."""
    from scipy.sparse import csr_matrix
    from sklearn.preprocessing import normalize

    values = (1 + np.log(np.maximum(counts.data, 1))) * rarity[counts.indices]
    matrix = csr_matrix((values, counts.indices, counts.indptr), shape=counts.shape)
    return normalize(matrix, copy=False)
