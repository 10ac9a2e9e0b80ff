"""Tokens of a text with their places, and marks on characters as tags on tokens and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ingather.sample import Json
from ingather.training.contract import Beside

_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its words and the places of its first character and behind its last."""

    text: str
    start: int
    end: int


def tokens_of(text: str, beside: Beside) -> list[Token]:
    """The tokens that the data names, joined by blanks in their text; else its words and signs.

    Args:
        text: of the sample.
        beside: its data may hold ``tokens``.
    """
    named = (beside.data or {}).get("tokens")
    if not isinstance(named, list):
        return [Token(one.group(), one.start(), one.end()) for one in _TOKEN.finditer(text)]
    found, at = [], 0
    for word in map(str, named):
        found.append(Token(word, at, at + len(word)))
        at += len(word) + 1
    return found


def tags_of_spans(tokens: Sequence[Token], spans: Sequence[Any]) -> list[str]:
    """Tags of IOB2 for Label Studio results; a token belongs to the first span that it lies in or touches."""
    tags = ["O"] * len(tokens)
    for entry in spans:
        value = entry.get("value") if isinstance(entry, dict) else None
        if not isinstance(value, dict):
            continue
        start, end = value.get("start"), value.get("end")
        names = [name for one in value.values() if isinstance(one, list) for name in one]
        if not isinstance(start, int) or not isinstance(end, int) or not names:
            continue
        inside = [n for n, token in enumerate(tokens) if token.start < end and token.end > start]
        for place, n in enumerate(n for n in inside if tags[n] == "O"):
            tags[n] = f"{'I' if place else 'B'}-{names[0]}"
    return tags


def spans_of_tags(tokens: Sequence[Token], tags: Sequence[str], text: str) -> list[Json]:
    """Label Studio results of the type ``labels`` for tags of IOB2."""
    found: list[dict[str, Any]] = []
    for token, tag in zip(tokens, tags, strict=True):
        letter, _, name = tag.partition("-")
        if letter == "I" and found and found[-1]["labels"] == [name] and found[-1]["open"]:
            found[-1]["end"] = token.end
            continue
        if found:
            found[-1]["open"] = False
        if name:
            found.append({"start": token.start, "end": token.end, "labels": [name], "open": True})
    return [
        {
            "type": "labels",
            "value": {
                "start": one["start"],
                "end": one["end"],
                "text": text[one["start"] : one["end"]],
                "labels": one["labels"],
            },
        }
        for one in found
    ]
