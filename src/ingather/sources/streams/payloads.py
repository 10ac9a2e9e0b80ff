"""What a message says: numbers by channel, and values by the words of its topic."""

from __future__ import annotations

import math
from dataclasses import dataclass

import orjson

from ingather.sources.streams.spool import Message


class Malformed(ValueError):
    """A payload that cannot be used; the message says why, in words that many share."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A message that was understood.

    Attributes:
        message: as it came.
        session: which segment it can lie in.
        words: parts of its topic by name.
        values: numbers by channel.
    """

    message: Message
    session: str
    words: dict[str, str]
    values: dict[str, float]


def topic_words(pattern: str | None, topic: str) -> dict[str, str]:
    """Parts of a topic by the names in a pattern such as ``plant/{machine}/{sensor}``.

    Raises:
        Malformed: the topic does not fit.
    """
    if pattern is None:
        return {}
    wanted, found = pattern.split("/"), topic.split("/")
    fits = len(wanted) == len(found) and all(
        one.startswith("{") or one == "+" or one == other for one, other in zip(wanted, found, strict=True)
    )
    if not fits:
        raise Malformed("its topic does not fit the pattern")
    return {one[1:-1]: other for one, other in zip(wanted, found, strict=True) if one.startswith("{")}


def numbers(payload: bytes, channels: dict[str, str]) -> dict[str, float]:
    """Numbers by channel: of a payload that is one number, or of the fields of a JSON object.

    Args:
        payload: the bytes of a message.
        channels: dotted path in the object by name of the channel; every number in it where empty.

    Raises:
        Malformed: it holds no finite number that is asked for.
    """
    try:
        told = orjson.loads(payload)
    except orjson.JSONDecodeError:
        raise Malformed("is neither JSON nor a number") from None
    if not isinstance(told, dict):
        told = {"value": told}
    asked = channels or {name: name for name in told}
    found = {name: _number(told, path) for name, path in asked.items()}
    kept = {name: value for name, value in found.items() if value is not None}
    if not kept:
        raise Malformed("holds no number that is asked for")
    return kept


def _number(told: object, path: str) -> float | None:
    for step in path.split("."):
        told = told.get(step) if isinstance(told, dict) else None
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    return float(told) if math.isfinite(told) else None
