"""What each task type has: its metrics, their ranges, and the modalities it makes sense for."""

from __future__ import annotations

from ingather.plan.model import LOWER_IS_BETTER, Metric, TaskType
from ingather.sample import Modality

_LABELS: tuple[Metric, ...] = (
    "accuracy",
    "balanced_accuracy",
    "f1_macro",
    "f1_micro",
    "auroc",
    "false_positive_rate",
    "false_negative_rate",
)
_NUMBERS: tuple[Metric, ...] = ("mae", "rmse", "r2")
_LISTS: tuple[Metric, ...] = ("ndcg_at_k", "recall_at_k")
_STRETCHES: tuple[Metric, ...] = ("windowed_f1", "windowed_precision", "windowed_recall")
METRICS: dict[TaskType, tuple[Metric, ...]] = {
    "classification": _LABELS,
    "tagging": ("f1_macro", "f1_micro", "accuracy", "auroc", "entity_f1"),
    "spans": ("entity_f1", "f1_macro", "f1_micro"),
    "boxes": ("map_50",),
    "polygons": ("map_50",),
    "tracks": ("mota", "idf1"),
    "transcription": ("wer", "cer"),
    "translation": ("chrf", "bleu"),
    "regression": _NUMBERS,
    "ranking": _LISTS,
    "preference": ("accuracy", "auroc"),
    "retrieval": _LISTS,
    "forecasting": _NUMBERS,
    "anomaly": (*_LABELS, *_STRETCHES, "false_alarms_per_day"),
    "failure": (*_LABELS, *_STRETCHES, "lead_time", "false_alarms_per_day"),
    "recommendation": _LISTS,
    "dialogue": ("accuracy", "f1_macro", "f1_micro", "chrf", "bleu", *_LISTS),
    "none": (),
}
"""The metrics that a task of each type may be judged by."""

RANGES: dict[Metric, tuple[float | None, float | None]] = {
    "wer": (0, None),
    "cer": (0, None),
    "mae": (0, None),
    "rmse": (0, None),
    "r2": (None, 1),
    "mota": (None, 1),
    "chrf": (0, 100),
    "bleu": (0, 100),
    "lead_time": (0, None),
    "false_alarms_per_day": (0, None),
}
"""Least and greatest value of the metrics that are not shares from 0 to 1."""

MODALITIES_OF: dict[TaskType, tuple[Modality, ...]] = {
    "spans": ("text", "audio", "video", "sensor"),
    "boxes": ("image", "video"),
    "polygons": ("image", "video"),
    "tracks": ("video", "sensor"),
    "transcription": ("audio", "video", "image"),
    "translation": ("text", "audio", "video"),
    "forecasting": ("sensor", "record"),
    "recommendation": ("record",),
    "dialogue": ("text", "audio", "record"),
}
"""Modalities of the task types that do not make sense for all of them."""

WITH_LABELS: frozenset[TaskType] = frozenset(
    {"classification", "tagging", "spans", "boxes", "polygons", "tracks", "anomaly", "failure", "dialogue"}
)
"""Task types that answer with labels."""

WITHOUT_LABEL: frozenset[TaskType] = frozenset(
    {
        *("none", "recommendation", "forecasting", "anomaly"),
        *("preference", "translation", "dialogue", "retrieval", "ranking"),
    }
)
"""Task types whose samples need no label: their answer lies in the sample itself, or in its parts."""


def range_of(metric: Metric) -> tuple[float | None, float | None]:
    """Least and greatest value of a metric; None where it has no end."""
    return RANGES.get(metric, (0, 1))


def lower_is_better(metric: Metric) -> bool:
    """Whether a smaller value of a metric is the better one."""
    return metric in LOWER_IS_BETTER
