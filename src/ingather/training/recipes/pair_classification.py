"""Pairs of texts: which of two answers is the better one, what an answer is, or how good it is.

A preference is learnt from how the chosen answer differs from the rejected one, so that exchanging the two
turns the answer round and neither place is favoured. For classification and grading a sample is a text with
one further part, such as an answer. Words of either side and how alike they are go into a linear model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ingather.sample import Json
from ingather.training.contract import Examples, Predictions, RecipeConfig
from ingather.training.linear import LinearClassifier, fit_linear
from ingather.training.pair_features import PairFeatures, learn_pair_features
from ingather.training.ranker import Ranker, fit_ranker
from ingather.training.targets import ClassTargets, class_targets, number_targets, some_labelled

tasks = frozenset({"classification", "preference", "regression"})
modalities = frozenset({"text"})
most = 100_000
CHOSEN, REJECTED = "chosen", "rejected"


class Config(RecipeConfig):
    """Options of pair classification."""

    part: str | None = Field(
        None, description="role of the further part; absent: the first one that has words"
    )
    strength: float = Field(1.0, gt=0, description="greater follows the data more closely")
    balanced: bool = Field(False, description="rare labels weigh as much as frequent ones")


@dataclass(frozen=True, slots=True)
class Chooser:
    """Says which of two answers is the better one."""

    features: PairFeatures
    ranker: Ranker
    weights: NDArray[np.float64]

    def predict(self, examples: Examples) -> Predictions:
        """``chosen`` or ``rejected`` with probabilities, in order; the roles only name the two answers."""
        margin = np.asarray(_differences(self.features, examples) @ self.weights[:-1]).ravel()
        margin = margin + _fitness(self.ranker, examples) * self.weights[-1]
        chance = 1 / (1 + np.exp(-np.clip(margin, -500, 500)))
        values: list[Json] = [CHOSEN if one > 0.5 else REJECTED for one in chance.tolist()]
        return Predictions(values, np.column_stack([chance, 1 - chance]), (CHOSEN, REJECTED))


@dataclass(frozen=True, slots=True)
class PairClassifier:
    """Labels pairs."""

    config: Config
    features: PairFeatures
    machine: LinearClassifier
    targets: ClassTargets

    def predict(self, examples: Examples) -> Predictions:
        """Labels with probabilities, in order."""
        rows = self.features.rows(*_sides(examples, self.config))
        return self.targets.answers(self.machine.scores(rows))


@dataclass(frozen=True, slots=True)
class Grader:
    """Gives pairs a number."""

    config: Config
    features: PairFeatures
    machine: Any

    def predict(self, examples: Examples) -> Predictions:
        """A number each, in order."""
        if not examples.ids:
            return Predictions([])
        return Predictions(self.machine.predict(self.features.rows(*_sides(examples, self.config))).tolist())


def fit(train: Examples, config: Config, seed: int) -> Chooser | PairClassifier | Grader:
    """Learns from the pairs that have a label, or two answers of which one was chosen.

    Raises:
        InputError: there is none.
    """
    kind = train.task.get("type")
    if kind == "preference":
        return _chooser(train, config, seed)
    if kind == "regression":
        rows, numbers = number_targets(train)
    else:
        targets = class_targets(train)
        rows = targets.rows
    questions, answers = _sides(train.take(rows), config)
    features = learn_pair_features(questions, answers, seed)
    table = features.rows(questions, answers)
    if kind == "regression":
        from sklearn.linear_model import Ridge

        return Grader(config, features, Ridge(alpha=1 / config.strength, solver="lsqr").fit(table, numbers))
    machine = fit_linear(table, targets, strength=config.strength, balanced=config.balanced, seed=seed)
    return PairClassifier(config, features, machine, targets)


def _chooser(train: Examples, config: Config, seed: int) -> Chooser:
    """The weight of what usually answers what is learnt on pairs that it was not itself learnt from."""
    from scipy.sparse import csr_matrix, hstack, vstack
    from sklearn.linear_model import LogisticRegression

    beside = [train.of(row) for row in range(len(train.ids))]
    known = [row for row, one in enumerate(beside) if one.part(CHOSEN) and one.part(REJECTED)]
    some_labelled(train, len(known))
    pairs = train.take(np.array(known, np.int64))
    questions, better, worse = _both(pairs)
    features = learn_pair_features([*questions, *questions], [*better, *worse], seed)
    half = np.random.default_rng(seed).permutation(len(known)) % 2
    fitness = np.zeros(len(known))
    for side in (0, 1):
        inside, others = np.flatnonzero(half == side), np.flatnonzero(half != side)
        if len(inside) and len(others):
            fitness[inside] = _fitness(_ranker(pairs.take(others), seed), pairs.take(inside))
    apart = hstack([_differences(features, pairs), csr_matrix(fitness[:, None])], format="csr")
    machine = LogisticRegression(C=config.strength, fit_intercept=False, max_iter=1000, random_state=seed)
    machine.fit(vstack([apart, -apart]).tocsr(), np.repeat([1, 0], len(known)))
    return Chooser(features, _ranker(pairs, seed), np.asarray(machine.coef_[0], np.float64))


def _ranker(pairs: Examples, seed: int) -> Ranker:
    questions, better, worse = _both(pairs)
    flags = np.repeat([True, False], len(questions))
    return fit_ranker([*questions, *questions], [*better, *worse], flags, seed)


def _fitness(ranker: Ranker, pairs: Examples) -> NDArray[np.float64]:
    """By how much the chosen answer fits better than the rejected one."""
    questions, better, worse = _both(pairs)
    return ranker.scores(questions, better) - ranker.scores(questions, worse)


def _differences(features: PairFeatures, pairs: Examples) -> Any:
    """What the chosen answer has more of than the rejected one; nothing where an answer is missing."""
    questions, better, worse = _both(pairs)
    return features.rows(questions, better) - features.rows(questions, worse)


def _both(pairs: Examples) -> tuple[list[str], list[str], list[str]]:
    """Questions, chosen answers and rejected ones."""
    beside = [pairs.of(row) for row in range(len(pairs.ids))]
    questions = [_text(one) for one in pairs.inputs]
    return questions, [one.words(CHOSEN) for one in beside], [one.words(REJECTED) for one in beside]


def _sides(examples: Examples, config: Config) -> tuple[list[str], list[str]]:
    answers = []
    for row in range(len(examples.ids)):
        beside = examples.of(row)
        if config.part is not None:
            answers.append(beside.words(config.part))
        else:
            answers.append(next((part.text for part in beside.parts if part.text), ""))
    return [_text(one) for one in examples.inputs], answers


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
