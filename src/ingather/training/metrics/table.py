"""The table of metrics: by name, what each is of and which tasks have it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ingather.errors import InputError
from ingather.plan.model import LOWER_IS_BETTER
from ingather.training.metrics import (
    bleu,
    chrf,
    classification,
    mean_average_precision,
    multilabel,
    recommendation,
    regression,
    retrieval,
    scores,
    spans,
    stretches,
    tracking,
    transcription,
)
from ingather.training.metrics.estimate import Estimate

ONE_LABEL = frozenset({"classification", "failure", "anomaly", "preference", "dialogue, labels"})
MANY_LABELS = frozenset({"classification, multi", "tagging"})
NUMBERS = frozenset({"regression", "forecasting"})
WORDS = frozenset({"transcription"})
LISTS = frozenset({"recommendation"})
MARKS = frozenset({"tagging, tags", "spans"})
THINGS = frozenset({"boxes", "polygons"})
TRACKS = frozenset({"tracks"})
TEXTS = frozenset({"translation", "dialogue"})
QUERIES = frozenset({"retrieval", "ranking", "dialogue, ranks"})
WINDOWS = frozenset({"anomaly, windows", "failure, windows"})
STRETCHES = frozenset({"anomaly, stretches", "failure, stretches"})


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure of a task.

    Attributes:
        name: as the plan writes it.
        tasks: the tasks that have it, with the form of answers where there are several; a multi-label
            classification is 'classification, multi'.
        estimate: counts it from the facts of such a task.
        low: the least value it can take.
        high: the greatest.
        share: whether it is a share of right or wrong answers, so that Wilson's interval is its own.
        one_against_rest: whether, for the group of one label, that label is judged against all others (its
            F1), because the samples of one label alone would say nothing.
    """

    name: str
    tasks: frozenset[str]
    estimate: Callable[[Any], Estimate]
    low: float = 0.0
    high: float = 1.0
    share: bool = False
    one_against_rest: bool = False

    @property
    def lower_is_better(self) -> bool:
        """Whether a smaller value is the better one."""
        return self.name in LOWER_IS_BETTER or self.name == "calibration_error"


_ANY = float("inf")
_TABLE: tuple[Metric, ...] = (
    Metric("accuracy", ONE_LABEL, classification.accuracy, share=True),
    Metric("balanced_accuracy", ONE_LABEL, classification.balanced_accuracy, one_against_rest=True),
    Metric("f1_macro", ONE_LABEL, classification.f1_macro, one_against_rest=True),
    Metric("f1_micro", ONE_LABEL, classification.f1_micro, share=True),
    Metric("auroc", ONE_LABEL, scores.auroc, one_against_rest=True),
    Metric("false_positive_rate", ONE_LABEL, classification.false_positive_rate, share=True),
    Metric("false_negative_rate", ONE_LABEL, classification.false_negative_rate, share=True),
    Metric("calibration_error", ONE_LABEL, scores.calibration_error),
    Metric("f1_micro", MANY_LABELS, multilabel.f1_micro),
    Metric("f1_macro", MANY_LABELS, multilabel.f1_macro, one_against_rest=True),
    Metric("accuracy", MANY_LABELS, multilabel.accuracy, share=True, one_against_rest=True),
    Metric("auroc", MANY_LABELS, scores.auroc, one_against_rest=True),
    Metric("mae", NUMBERS, regression.mae, high=_ANY),
    Metric("rmse", NUMBERS, regression.rmse, high=_ANY),
    Metric("r2", NUMBERS, regression.r2, low=-_ANY),
    Metric("wer", WORDS, transcription.wer, high=_ANY),
    Metric("cer", WORDS, transcription.cer, high=_ANY),
    Metric("ndcg_at_k", LISTS, recommendation.ndcg_at_k),
    Metric("recall_at_k", LISTS, recommendation.recall_at_k),
    Metric("entity_f1", MARKS, spans.entity_f1, one_against_rest=True),
    Metric("f1_micro", MARKS, spans.entity_f1, one_against_rest=True),
    Metric("f1_macro", MARKS, spans.entity_f1_macro, one_against_rest=True),
    Metric("accuracy", frozenset({"tagging, tags"}), spans.token_accuracy),
    Metric("map_50", THINGS, mean_average_precision.map_50, one_against_rest=True),
    Metric("mota", TRACKS, tracking.mota, low=-_ANY),
    Metric("idf1", TRACKS, tracking.idf1),
    Metric("chrf", TEXTS, chrf.chrf, high=100.0),
    Metric("bleu", TEXTS, bleu.bleu, high=100.0),
    Metric("ndcg_at_k", QUERIES, retrieval.ndcg_at_k),
    Metric("recall_at_k", QUERIES, retrieval.recall_at_k),
    Metric("windowed_f1", STRETCHES, stretches.windowed_f1),
    Metric("windowed_precision", STRETCHES, stretches.windowed_precision),
    Metric("windowed_recall", STRETCHES, stretches.windowed_recall),
    Metric("lead_time", frozenset({"failure, stretches"}), stretches.lead_time, high=_ANY),
    Metric("false_alarms_per_day", STRETCHES, stretches.false_alarms_per_day, high=_ANY),
)


def _of_labels(metric: Metric) -> Metric:
    return replace(metric, tasks=WINDOWS, estimate=lambda facts: metric.estimate(facts.classes))


def _of_alarms(metric: Metric) -> Metric:
    return replace(metric, tasks=WINDOWS, estimate=lambda facts: metric.estimate(facts.alarms))


_TABLE = (
    *_TABLE,
    *(_of_labels(one) for one in _TABLE if "failure" in one.tasks),
    *(_of_alarms(one) for one in _TABLE if "failure, stretches" in one.tasks),
)


def task_kind(task: dict[str, Any]) -> str:
    """The name of a task in the table: its type, and whether it may have several labels or another form.

    The form is that of the answers (see ``answer_form``): one type of task has answers of several forms.
    """
    kind = str(task.get("type", "none"))
    if task.get("form"):
        return f"{kind}, {task['form']}"
    return f"{kind}, multi" if task.get("multi") and kind == "classification" else kind


def metrics_of(task: dict[str, Any]) -> tuple[Metric, ...]:
    """The metrics that a task has here, the default one first; empty where it has none yet."""
    kind = task_kind(task)
    return tuple(metric for metric in _TABLE if kind in metric.tasks)


def metric_of(task: dict[str, Any], name: str | None) -> Metric:
    """The metric of a plan's task, the task's default where the plan names none.

    Raises:
        InputError: the task has no such metric, or none at all.
    """
    known = metrics_of(task)
    kind = task_kind(task)
    if not known:
        raise InputError(
            f"There is no metric yet for the task '{kind}'.",
            why="Without a metric answers cannot be compared.",
            fix="Leave out the section train.",
            where="train.metric",
        )
    for metric in known:
        if name is None or metric.name == name:
            return metric
    raise InputError(
        f"The task '{kind}' has no metric '{name}'.",
        why="A metric is of one kind of answer: labels, numbers, words or lists.",
        fix=f"Write one of {', '.join(metric.name for metric in known)}.",
        where="train.metric",
    )
