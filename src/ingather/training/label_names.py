"""Labels as the plan's words: JSON from a source, a vote or a recipe becomes the name it is compared by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ingather.sample import Json


def label_name(value: Json) -> str | None:
    """The name of one answer: text as it is, 1 and 1.0 as '1', a path of a tree joined by '/'.

    Returns:
        None for a missing or empty answer.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        if (names := names_within(value)) is not None:
            return " + ".join(sorted(names)) or None
        return "/".join(str(step) for step in value) or None
    return str(value) or None


def names_within(value: Json) -> frozenset[str] | None:
    """The labels of what an answer marks (boxes, spans, stretches of time, tracks, BIO tags).

    Returns:
        None where the answer marks nothing of that kind: a plain label, a list of labels, a path.
    """
    if not isinstance(value, list):
        return None
    if is_tags(value):
        return frozenset(str(tag)[2:] for tag in value if tag != "O")
    if not any(isinstance(one, dict) for one in value):
        return None
    found: set[str] = set()
    for one in value:
        told = one if isinstance(one, dict) else {}
        inner = told.get("value")
        if isinstance(told.get("label"), str):
            found.add(str(told["label"]))
        if isinstance(inner, dict):
            for listed in inner.values():
                if isinstance(listed, list) and all(isinstance(name, str) for name in listed):
                    found |= {str(name) for name in listed}
    return frozenset(found)


def is_tags(value: Json) -> bool:
    """Whether an answer is a tag of IOB2 for each token."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(tag, str) and (tag == "O" or tag[:2] in ("B-", "I-")) for tag in value)
    )


def label_set(value: Json) -> frozenset[str] | None:
    """The names of an answer of a multi-label task; a single name stands for itself, None is no answer."""
    if value is None:
        return None
    if (marked := names_within(value)) is not None:
        return marked
    answers = value if isinstance(value, list) else [value]
    return frozenset(name for name in map(label_name, answers) if name is not None)


def several_labels(task: dict[str, Any]) -> bool:
    """Whether a sample of the task may have several labels at once."""
    return bool(task.get("multi")) or task.get("type") == "tagging"


def answer_form(
    kind: str, labels: Sequence[Json], answers: Sequence[Json], *, timed: bool = False
) -> str | None:
    """The form of the answers of a task whose type leaves it open.

    Args:
        kind: the task's type.
        labels: the truth of some samples.
        answers: what was answered to them.
        timed: whether it is known of each from when to when it lasts.

    Returns:
        tags (IOB2), stretches (of time), windows, ranks (places of replies), labels, or None for the type's
        own form.
    """
    if kind == "tagging":
        return "tags" if any(map(is_tags, labels)) else None
    if kind in ("anomaly", "failure"):
        known = [value for value in labels if value is not None]
        if known and all(isinstance(value, list) for value in known):
            return "stretches"
        return "windows" if timed else None
    if kind == "dialogue":
        if any(isinstance(value, dict) and "ranks" in value for value in answers):
            return "ranks"
        plain = [value for value in labels if value is not None]
        return "labels" if plain and len(set(map(str, plain))) <= len(plain) / 4 else None
    return None


def class_names(task: dict[str, Any], *columns: Sequence[Json]) -> tuple[str, ...]:
    """Every label of a task: those of the plan in its order, then those met in the data, sorted."""
    planned = [str(label) for label in task.get("labels", ())]
    several = several_labels(task)
    met: set[str] = set()
    for column in columns:
        for value in column:
            if several:
                met |= label_set(value) or frozenset()
            elif (name := label_name(value)) is not None:
                met.add(name)
    return (*planned, *sorted(met - set(planned)))


def number(value: Json) -> float | None:
    """A label as a number, or None where it is none (text that is no number, not finite)."""
    if value is None or isinstance(value, list | dict):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if abs(found) < float("inf") else None
