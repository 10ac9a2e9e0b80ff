"""The loss of every answer between 0 and 1: what deciding goes by, whatever the metric is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingather.plan.model import Plan
from ingather.statistics.group_errors import losses_from_errors
from ingather.training.answers import Answers
from ingather.training.evaluate import task_of
from ingather.training.label_names import label_name, label_set, number
from ingather.training.metrics.gather import gather
from ingather.training.metrics.table import MANY_LABELS, NUMBERS, ONE_LABEL, WINDOWS, metric_of, task_kind

IN_UNITS = frozenset({"mae", "rmse"})
"""Metrics in the target's unit; their goals are divided by the same scale as the errors."""


@dataclass(frozen=True, slots=True)
class Losses:
    """Losses of n answers.

    Attributes:
        values: n losses, 0 for right and 1 for wholly wrong.
        answers: the n answers that they belong to; those that cannot be judged are not among them.
        scale: error in the target's unit that counts as wholly wrong; 1 for shares.
        lower_is_better: whether the plan's metric is an error itself.
        best: the greatest value of a metric that is none: 1, of chrF and BLEU 100.
    """

    values: NDArray[np.float64]
    answers: Answers
    scale: float
    lower_is_better: bool
    best: float = 1.0

    def loss_of(self, metric: float) -> float:
        """A goal of the plan as a loss."""
        return metric / self.scale if self.lower_is_better else 1 - metric / self.best

    def metric_of(self, loss: float) -> float:
        """A loss in the terms of the plan's metric."""
        return loss * self.scale if self.lower_is_better else (1 - loss) * self.best


def losses_of(plan: Plan, metric: str, lower_is_better: bool, answers: Answers) -> Losses:
    """The losses of the answers that can be judged.

    A class is right or wrong; of several labels at once the share that is not common (Jaccard); a number's
    error over the 99th percentile of all errors; of all else what a sample's part of the figure lacks of the
    best.
    """
    task = task_of(plan, answers)
    if task_kind(task) not in ONE_LABEL | WINDOWS | MANY_LABELS | NUMBERS:
        return _of_figures(task, metric, lower_is_better, answers)
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
    judged = answers.take(np.array(rows, np.int64))
    if regression:
        scaled, scale = losses_from_errors(losses)
        return Losses(scaled, judged, scale if metric in IN_UNITS else 1.0, lower_is_better)
    return Losses(losses, judged, 1.0, lower_is_better)


def _of_figures(task: dict[str, Any], name: str, lower_is_better: bool, answers: Answers) -> Losses:
    """What each sample's own part of the figure (its pseudo-value) lacks of the best."""
    kept, facts, _ = gather(task, answers)
    metric = metric_of(task, name)
    found = metric.estimate(facts)
    own = found.value + found.influence * len(found.rows)
    if lower_is_better:
        _, scale = losses_from_errors(np.maximum(own, 0.0))
        scale = 1.0 if metric.high == 1 or name in ("wer", "cer") else scale
        return Losses(np.clip(own / scale, 0.0, 1.0), kept.take(found.rows), scale, lower_is_better)
    whole = metric.high if np.isfinite(metric.high) else 1.0
    losses = np.clip(1 - own / whole, 0.0, 1.0)
    return Losses(losses, kept.take(found.rows), 1.0, lower_is_better, whole)
