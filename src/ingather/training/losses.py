"""The loss of every answer between 0 and 1: what deciding goes by, whatever the metric is called."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingather.plan.model import Plan
from ingather.statistics.group_errors import losses_from_errors
from ingather.training.answers import Answers
from ingather.training.label_names import label_name, label_set, number

IN_UNITS = frozenset({"mae", "rmse"})
"""Metrics in the target's unit; their goals are divided by the same scale as the errors."""


@dataclass(frozen=True, slots=True)
class Losses:
    """Losses of n answers.

    Attributes:
        values: n losses, 0 for right and 1 for wholly wrong.
        rows: n rows of the answers that they belong to; unlabelled ones have none.
        scale: error in the target's unit that counts as wholly wrong; 1 for shares.
        lower_is_better: whether the plan's metric is an error itself.
    """

    values: NDArray[np.float64]
    rows: NDArray[np.int64]
    scale: float
    lower_is_better: bool

    def loss_of(self, metric: float) -> float:
        """A goal of the plan as a loss."""
        return metric / self.scale if self.lower_is_better else 1 - metric

    def metric_of(self, loss: float) -> float:
        """A loss in the terms of the plan's metric."""
        return loss * self.scale if self.lower_is_better else 1 - loss


def losses_of(plan: Plan, metric: str, lower_is_better: bool, answers: Answers) -> Losses:
    """The losses of the answers that have a label.

    A class is right or wrong; of several labels at once the share that is not common (Jaccard); a number's
    error over the 99th percentile of all errors.
    """
    values: list[float] = []
    rows: list[int] = []
    regression = plan.task.type in ("regression", "forecasting")
    for row, (label, told) in enumerate(zip(answers.labels, answers.predictions.values, strict=True)):
        if label is None:
            continue
        if regression:
            true, said = number(label), number(told)
            if true is None or said is None:
                continue
            values.append(abs(true - said))
        elif plan.task.multi:
            true_set, said_set = label_set(label) or frozenset(), label_set(told) or frozenset()
            union = true_set | said_set
            values.append(1 - len(true_set & said_set) / len(union) if union else 0.0)
        else:
            values.append(float(label_name(label) != label_name(told)))
        rows.append(row)
    losses = np.array(values, np.float64)
    at = np.array(rows, np.int64)
    if regression:
        scaled, scale = losses_from_errors(losses)
        return Losses(scaled, at, scale if metric in IN_UNITS else 1.0, lower_is_better)
    return Losses(losses, at, 1.0, lower_is_better)
