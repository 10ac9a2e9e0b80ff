"""What a message says: numbers by channel, its own time, and values by the words of its topic."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

import orjson

from ingather.series import SECOND
from ingather.sources.streams.spool import Message

TimeUnit = Literal["iso", "s", "ms", "us", "ns"]
_NANOSECONDS = {"s": SECOND, "ms": 1_000_000, "us": 1_000, "ns": 1}
_GREATEST_TIME = 1 << 62


class Malformed(ValueError):
    """A payload that cannot be used; the message says why, in words that many share."""


@dataclass(frozen=True)
class Shape:
    """How messages are read.

    Attributes:
        form: ``json`` (one number also) or ``csv``.
        pattern: of topics, such as ``plant/{machine}/{sensor}``.
        session: the words of the topic that make a recording; the whole topic where empty.
        stream: the word that tells streams of one recording apart.
        channels: dotted path in a payload by name of the channel; every number where empty.
        time: dotted path of the message's own time.
        unit: what that time is counted in.
        sequence: dotted path of a number that grows by one from message to message.
        numeric: whether a message without a number is malformed.
    """

    form: Literal["json", "csv"] = "json"
    pattern: str | None = None
    session: tuple[str, ...] = ()
    stream: str | None = None
    channels: dict[str, str] = field(default_factory=dict)
    time: str | None = None
    unit: TimeUnit = "iso"
    sequence: str | None = None
    numeric: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """A message that was understood.

    Attributes:
        message: as it came.
        session: which segment it can lie in.
        words: parts of its topic by name.
        values: numbers by channel.
        time: nanoseconds since the epoch: its own, else when it came.
        stream: which stream of the recording it belongs to.
        sequence: its place in that stream as the sender counts.
    """

    message: Message
    session: str
    words: dict[str, str]
    values: dict[str, float]
    time: int
    stream: str = ""
    sequence: int | None = None


def understand(message: Message, shape: Shape) -> Reading:
    """What a message says.

    Raises:
        Malformed: its topic, its payload or its time cannot be read.
    """
    words = topic_words(shape.pattern, message.topic)
    told = fields_of(message.payload, shape.form)
    own = set() if shape.channels else {shape.time, shape.sequence}
    values = _values(told, shape.channels, own)
    if shape.numeric and not values:
        raise Malformed("holds no number that is asked for")
    counted = _at(told, shape.sequence) if shape.sequence else None
    return Reading(
        message,
        "/".join(words[name] for name in shape.session) or message.topic,
        words,
        values,
        _time(_at(told, shape.time), shape.unit) if shape.time else message.at,
        words[shape.stream] if shape.stream else "",
        counted if isinstance(counted, int) and not isinstance(counted, bool) else None,
    )


def topic_words(pattern: str | None, topic: str) -> dict[str, str]:
    """Parts of a topic by the names in a pattern such as ``plant/{machine}/{sensor}``.

    Raises:
        Malformed: the topic does not fit.
    """
    if pattern is None:
        return {}
    wanted, found = pattern.split("/"), topic.split("/")
    fits = len(wanted) == len(found) and all(
        one.startswith("{") or one in ("+", other) for one, other in zip(wanted, found, strict=True)
    )
    if not fits:
        raise Malformed("has a topic that does not fit the pattern")
    return {one[1:-1]: other for one, other in zip(wanted, found, strict=True) if one.startswith("{")}


def fields_of(payload: bytes, form: str) -> dict[str, object]:
    """Fields of a payload: a single value is ``value``, those of a row or list are ``0``, ``1``, ...

    Raises:
        Malformed: it is not of that form.
    """
    told: object
    if form == "csv":
        try:
            cells = payload.decode().strip().split(",")
        except UnicodeDecodeError:
            raise Malformed("is no text") from None
        told = [_cell(cell.strip()) for cell in cells]
    else:
        try:
            told = orjson.loads(payload)
        except orjson.JSONDecodeError:
            raise Malformed("is neither JSON nor a number") from None
    if isinstance(told, list):
        return {str(place): value for place, value in enumerate(told)}
    return told if isinstance(told, dict) else {"value": told}


def _values(told: dict[str, object], channels: dict[str, str], own: set[str | None]) -> dict[str, float]:
    asked = channels or {name: name for name in told if name not in own}
    found = ((name, _at(told, path) if channels else told[path]) for name, path in asked.items())
    return {
        name: float(value)
        for name, value in found
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    }


def _at(told: object, path: str | None) -> object:
    for step in (path or "").split("."):
        told = told.get(step) if isinstance(told, dict) else None
    return told


def _cell(text: str) -> float | int | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _time(told: object, unit: TimeUnit) -> int:
    try:
        if unit == "iso":
            at = datetime.fromisoformat(str(told))
            since = (at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
            time = (since.days * 86_400 + since.seconds) * SECOND + since.microseconds * 1_000
        elif isinstance(told, int) and not isinstance(told, bool):
            time = told * _NANOSECONDS[unit]
        elif isinstance(told, float):
            time = round(told * _NANOSECONDS[unit])
        else:
            raise ValueError
    except (ValueError, OverflowError):
        raise Malformed("has no time of its own that can be read") from None
    if abs(time) > _GREATEST_TIME:
        raise Malformed("has no time of its own that can be read")
    return time
