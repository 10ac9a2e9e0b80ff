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
        return "/".join(str(step) for step in value) or None
    return str(value) or None


def label_set(value: Json) -> frozenset[str] | None:
    """The names of an answer of a multi-label task; a single name stands for itself, None is no answer."""
    if value is None:
        return None
    answers = value if isinstance(value, list) else [value]
    return frozenset(name for name in map(label_name, answers) if name is not None)


def several_labels(task: dict[str, Any]) -> bool:
    """Whether a sample of the task may have several labels at once."""
    return bool(task.get("multi")) or task.get("type") == "tagging"


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
