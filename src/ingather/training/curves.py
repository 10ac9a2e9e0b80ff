"""Learning curves: how the figure grows with the share of the data that is learned from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from types import ModuleType

import numpy as np

from ingather.plan.model import Plan
from ingather.sample import Json
from ingather.training.answers import Answers
from ingather.training.contract import Examples, RecipeConfig
from ingather.training.evaluate import Evaluation, evaluate
from ingather.training.folds import Codes, Folds, merge

SHARES = (0.125, 0.25, 0.5)
MOST = 50_000
"""Samples answered at every point, at most: so the curve costs less than one cross-validation."""


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the curve: what share was learned from, how many samples that is, and how it did."""

    share: float
    learned_from: int
    evaluation: Evaluation


@dataclass(frozen=True, slots=True)
class Curve:
    """The points by ascending share, all on the same answered samples where the data are not too many."""

    points: tuple[Point, ...]

    def slope(self, by: Mapping[str, str | None] | None = None) -> float | None:
        """log2 of the error with half of the data over that with all; 1 halves the error, 0 is flat.

        Args:
            by: a group; None is overall.

        Returns:
            None where there are not both points, or one of them has no figure or no error.
        """
        errors = {point.share: _error(point.evaluation, by) for point in self.points}
        half, whole = errors.get(0.5), errors.get(1.0)
        if half is None or whole is None or half <= 0 or whole <= 0:
            return None
        return math.log2(half / whole)

    def as_json(self) -> list[Json]:
        """Points with the overall figure and every group's, and nothing else of the evaluations."""
        return [
            {
                "share": point.share,
                "learned_from": point.learned_from,
                "overall": point.evaluation.as_json()["overall"],
                "groups": point.evaluation.as_json()["groups"],
            }
            for point in self.points
        ]


def learning_curve(
    recipe: ModuleType,
    plan: Plan,
    examples: Examples,
    contributors: Codes,
    config: RecipeConfig,
    groups: Mapping[str, Sequence[str | None]],
    folds: Folds,
    whole: Evaluation | None = None,
    shares: Sequence[float] = SHARES,
) -> Curve:
    """Cross-validates on nested shares of the samples to learn from, in the folds that were dealt already.

    Args:
        recipe: the module of a recipe.
        plan: for its metric, groups and seed.
        examples: n samples, best prepared ones.
        contributors: code per sample.
        config: the recipe's options.
        groups: values by attribute, n each.
        folds: as out-of-fold answers were made.
        whole: the evaluation of those answers, the point at share 1.
        shares: below 1, ascending.
    """
    lots = np.array([_lot(name, plan.seed) for name in examples.ids])
    asked = np.sort(np.argsort(lots, kind="stable")[:MOST])
    columns = {name: [column[row] for row in asked.tolist()] for name, column in groups.items()}
    points = []
    for share in shares:
        answers, learned = [], []
        for fold in range(folds.count):
            out = np.flatnonzero(folds.of[asked] == fold)
            rest = np.flatnonzero((folds.of != fold) & (lots < share))
            if not len(out) or not any(examples.labels[row] is not None for row in rest.tolist()):
                continue
            model = recipe.fit(examples.take(rest), config, plan.seed)
            answers.append((out, model.predict(examples.take(asked[out]))))
            learned.append(len(rest))
        if learned:
            told = Answers(
                [examples.ids[row] for row in asked.tolist()],
                [examples.labels[row] for row in asked.tolist()],
                merge(answers, len(asked)),
                contributors[asked],
                columns,
                "cv",
                examples.take(asked).beside,
            )
            points.append(Point(share, round(float(np.mean(learned))), evaluate(plan, told)))
    if whole is not None:
        learned_from = round(len(examples.ids) * (folds.count - 1) / max(folds.count, 1))
        points.append(Point(1.0, learned_from, whole))
    return Curve(tuple(points))


def _lot(name: str, seed: int) -> float:
    digest = blake2b(f"curve/{seed}/{name}".encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / 2**56


def _error(evaluation: Evaluation, by: Mapping[str, str | None] | None) -> float | None:
    figure = evaluation.overall
    if by is not None:
        figure_of = next((group.figure for group in evaluation.groups if group.by == dict(by)), None)
        if figure_of is None:
            return None
        figure = figure_of
    if math.isnan(figure.value):
        return None
    return figure.value if evaluation.lower_is_better else 1 - figure.value
