"""Spans of characters as Label Studio results, and back: the form of labels that mark places in a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ingather.sample import Json


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch of a text.

    Attributes:
        start: place of its first character, from 0.
        end: place behind its last character.
        label: what it is.
        text: its words.
    """

    start: int
    end: int
    label: str
    text: str


def to_span_results(spans: list[Span], *, from_name: str = "label", to_name: str = "text") -> list[Json]:
    """Spans as Label Studio results of the type ``labels``."""
    return [
        {
            "id": f"span-{number}",
            "from_name": from_name,
            "to_name": to_name,
            "type": "labels",
            "value": {"start": one.start, "end": one.end, "text": one.text, "labels": [one.label]},
        }
        for number, one in enumerate(spans, 1)
    ]


def from_span_results(results: Json, text: str) -> list[Span]:
    """The spans of Label Studio results; results of other types are passed over.

    Raises:
        ValueError: a span lacks its places or label, or does not lie in the text; the message says which.
    """
    if not isinstance(results, list):
        raise ValueError("Label Studio results are a list")
    spans = []
    for number, result in enumerate(results, 1):
        if not isinstance(result, Mapping):
            raise ValueError(f"result {number} is not an object")
        if result.get("type") != "labels":
            continue
        value = result.get("value")
        value = value if isinstance(value, Mapping) else {}
        start, end, labels = value.get("start"), value.get("end"), value.get("labels")
        if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start <= end <= len(text):
            raise ValueError(f"result {number} does not lie in the text")
        if not isinstance(labels, list) or not labels or not isinstance(labels[0], str):
            raise ValueError(f"result {number} has no label")
        spans.append(Span(start, end, labels[0], text[start:end]))
    return spans
