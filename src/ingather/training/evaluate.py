"""Evaluation: how good the answers are overall, for each group, and for whom that cannot be said yet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ingather.plan.model import Plan
from ingather.sample import Json
from ingather.statistics.intervals import Interval, own_contributors, tied_worst, why_not_judged
from ingather.training.answers import Answers
from ingather.training.groups import LABEL, Cell, Dimension, cells, dimensions
from ingather.training.label_names import answer_form, class_names
from ingather.training.metrics.alarms import times_of
from ingather.training.metrics.facts import ByClass, ClassFacts, Facts
from ingather.training.metrics.gather import gather, newcomers, popularity
from ingather.training.metrics.interval import interval
from ingather.training.metrics.scores import Bin, calibration_bins
from ingather.training.metrics.table import LISTS, Metric, metric_of, metrics_of


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """One group's figure.

    Attributes:
        by: value by attribute; None is unknown.
        figure: the value with its interval.
        named: whether the plan names this division, so that the worst group is sought here.
        why_not: why it is not judged and what would be enough, None where it is judged.
    """

    by: dict[str, str | None]
    figure: Interval
    named: bool
    why_not: str | None

    def as_json(self) -> dict[str, Json]:
        """The row of ``train --json``."""
        by: dict[str, Json] = dict(self.by)
        return {"by": by, **_json(self.figure), "judged": self.why_not is None}


@dataclass(frozen=True, slots=True)
class Further:
    """A further metric of the task: overall and, unless it is of a part only, by the evaluation's groups."""

    metric: str
    overall: Interval
    groups: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good a model is, and for whom.

    Attributes:
        metric: the plan's metric, or the task's default.
        lower_is_better: its direction.
        basis: where the answers come from: panel, test or cv.
        overall: over all judged samples.
        groups: every group of every division, also empty and unknown ones.
        worst: the judged group that looks worst among those that the plan names.
        tied: all that cannot be told from it, worst first.
        best: the judged group that looks best, of the same division as the worst.
        also: further metrics of the task.
        calibration: the bins of the reliability diagram, where there are probabilities.
        told: what a reader of the figures must know.
    """

    metric: str
    lower_is_better: bool
    basis: str
    overall: Interval
    groups: tuple[GroupFigure, ...]
    worst: GroupFigure | None
    tied: tuple[GroupFigure, ...]
    best: GroupFigure | None
    also: tuple[Further, ...]
    calibration: tuple[Bin, ...]
    told: tuple[str, ...]

    @property
    def gap(self) -> float | None:
        """How far the worst group lies behind the best one of the same division."""
        if self.worst is None or self.best is None:
            return None
        return abs(self.best.figure.value - self.worst.figure.value)

    def as_json(self) -> dict[str, Json]:
        """What ``train --json`` prints."""
        rows = [group.as_json() for group in self.groups]
        by_group: list[dict[str, Json]] = [dict(group.by) for group in self.groups]
        return {
            "metric": self.metric,
            "lower_is_better": self.lower_is_better,
            "basis": self.basis,
            "overall": _json(self.overall),
            "groups": list(rows),
            "worst_group": self.worst.as_json() if self.worst else None,
            "tied_worst": [group.as_json() for group in self.tied],
            "best_group": self.best.as_json() if self.best else None,
            "gap": self.gap,
            "also": {
                one.metric: {
                    "overall": _json(one.overall),
                    "groups": [
                        {"by": by, **_json(figure)}
                        for by, figure in zip(by_group, one.groups, strict=bool(one.groups))
                    ],
                }
                for one in self.also
            },
            "calibration": [
                {"low": b.low, "high": b.high, "n": b.n, "confidence": b.confidence, "accuracy": b.accuracy}
                for b in self.calibration
            ],
            "unjudged": [{"by": dict(g.by), "why": g.why_not} for g in self.groups if g.why_not is not None],
            "told": list(self.told),
        }


def evaluate(plan: Plan, answers: Answers) -> Evaluation:
    """Judges answers by the plan's metric, overall and for every group that the plan names.

    Args:
        plan: task, metric, quotas and ``train.by``.
        answers: of samples that the model was not fitted on.

    Raises:
        InputError: the task has no such metric.
    """
    task = task_of(plan, answers)
    metric = metric_of(task, plan.train.metric if plan.train else None)
    kept, facts, told = gather(task, answers)
    divided = [(one, cell) for one in dimensions(plan) for cell in cells(plan, one, kept)]
    metrics = [metric, *(other for other in metrics_of(task) if other.name != metric.name)]
    figures = {one.name: [_figure(one, facts, kept, cell) for _, cell in divided] for one in metrics}
    overall = {one.name: interval(one, one.estimate(facts), kept.contributors) for one in metrics}
    groups = tuple(
        GroupFigure(cell.by, figure, one.named, _why_not(cell, figure))
        for (one, cell), figure in zip(divided, figures[metric.name], strict=True)
    )
    worst, tied, best = _extremes(groups, metric)
    also = [Further(one.name, overall[one.name], tuple(figures[one.name])) for one in metrics[1:]]
    if plan.task.type in LISTS:
        also += _popularity(metrics, task, answers, divided)
        also += _newcomers(metric, task, answers)
    return Evaluation(
        metric.name,
        metric.lower_is_better,
        answers.basis,
        overall[metric.name],
        groups,
        worst,
        tied,
        best,
        tuple(one for one in also if not math.isnan(one.overall.value)),
        calibration_bins(facts) if isinstance(facts, ClassFacts) else (),
        (*told, *_tell(plan, kept, overall[metric.name], groups)),
    )


def task_of(plan: Plan, answers: Answers) -> dict[str, Any]:
    """The plan's task with the form that its answers have, by which its metrics are found."""
    timed = bool(answers.beside) and not np.isnan(np.concatenate(times_of(answers.beside))).any()
    form = answer_form(plan.task.type, answers.labels, answers.predictions.values, timed=timed)
    return {**plan.task.model_dump(), "form": form}


def _figure(metric: Metric, facts: Facts, answers: Answers, cell: Cell) -> Interval:
    label = cell.by.get(LABEL)
    if label is None or not metric.one_against_rest or not isinstance(facts, ByClass):
        return interval(metric, metric.estimate(facts.take(cell.rows)), answers.contributors[cell.rows])
    if label in facts.classes:
        facts = replace(facts, only=facts.classes.index(label))
    found = interval(metric, metric.estimate(facts.take(cell.rest)), answers.contributors[cell.rest])
    people = len(np.unique(own_contributors(answers.contributors[cell.rows])))
    return replace(found, n=len(cell.rows), contributors=people)


def _popularity(
    metrics: Sequence[Metric], task: dict[str, Json], answers: Answers, divided: list[tuple[Dimension, Cell]]
) -> list[Further]:
    kept, facts, _ = popularity(task, answers)
    return [
        Further(
            f"{one.name} of what is popular",
            interval(one, one.estimate(facts), kept.contributors),
            tuple(_figure(one, facts, kept, cell) for _, cell in divided),
        )
        for one in metrics
    ]


def _newcomers(metric: Metric, task: dict[str, Json], answers: Answers) -> list[Further]:
    """The metric for users that were met in learning and for new ones, and for things that were met."""
    told = []
    for name, (kept, facts, _) in newcomers(task, answers).items():
        figure = interval(metric, metric.estimate(facts), kept.contributors)
        told.append(Further(f"{metric.name} of {name}", figure, ()))
    return told


def _why_not(cell: Cell, figure: Interval) -> str | None:
    if cell.unknown:
        names = " and ".join(name for name, value in cell.by.items() if value is None)
        return f"{names} of {len(cell.rows)} samples is unknown: nobody can be asked for more of it"
    if math.isnan(figure.value) and figure.n == 0 and len(cell.rows):
        return "the metric says nothing of this group alone"
    return why_not_judged(figure.n, figure.contributors)


def _extremes(
    groups: Sequence[GroupFigure], metric: Metric
) -> tuple[GroupFigure | None, tuple[GroupFigure, ...], GroupFigure | None]:
    """The worst group that the plan names, those tied with it, and the best of its division."""
    able = [group for group in groups if group.named and group.why_not is None]
    at, tied = tied_worst([group.figure for group in able], metric.lower_is_better)
    if at is None:
        return None, (), None
    worst = able[at]
    same = [group for group in able if tuple(group.by) == tuple(worst.by)]
    sign = -1 if metric.lower_is_better else 1
    best = max(same, key=lambda group: sign * group.figure.value)
    return worst, tuple(able[i] for i in tied), best


def _tell(plan: Plan, answers: Answers, overall: Interval, groups: Sequence[GroupFigure]) -> list[str]:
    told = []
    if not len(answers):
        told.append("No sample can be judged: none has both a label and an answer.")
    elif (why := why_not_judged(overall.n, overall.contributors)) is not None:
        told.append(f"The whole is {why}.")
    if nobody := int((answers.contributors < 0).sum()):
        told.append(f"{nobody} samples have no known contributor; each counts as given by somebody else.")
    for name in dict.fromkeys(name for group in groups for name in group.by):
        unknown = next((g for g in groups if tuple(g.by) == (name,) and g.by[name] is None), None)
        if unknown is not None:
            told.append(f"{name} is unknown for some samples: they stand in a row of their own.")
    if groups and not any(group.why_not is None for group in groups):
        told.append("No group is large enough to be judged; what would be enough stands beside each.")
    if plan.task.type == "classification" and len(class_names({}, answers.labels)) == 1:
        told.append("Every judged sample has the same label: accuracy says nothing here.")
    return told


def _json(figure: Interval) -> dict[str, Json]:
    def finite(value: float) -> float | None:
        return value if math.isfinite(value) else None

    known = math.isfinite(figure.value)
    return {
        "value": finite(figure.value),
        "low": finite(figure.low) if known else None,
        "high": finite(figure.high) if known else None,
        "n": figure.n,
        "contributors": figure.contributors,
    }
