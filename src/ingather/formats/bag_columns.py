"""Messages of a topic as columns of numbers: fields of fields, short arrays, times as seconds."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ingather.series import MISSING, Stream

_MOST_COLUMNS = 512
_LONGEST_ARRAY = 36
"""Numbers of the longest array that becomes channels: a covariance of six values."""
_DEEPEST = 12
_STAMPS = (("sec", "nanosec"), ("sec", "nsec"), ("secs", "nsecs"), ("seconds", "nanos"))


@dataclass(slots=True)
class Columns:
    """What the messages of one topic hold, as they come.

    Attributes:
        times: nanoseconds of each message.
        values: numbers by field; NaN in messages that have not the field.
        left: fields that are left out, with what they are.
    """

    times: list[int] = field(default_factory=list)
    values: dict[str, array[float]] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)

    def add(self, time: int, message: Any) -> None:
        """Adds a message: a mapping, a message of ROS 2 or of Protocol Buffers."""
        rows = len(self.times)
        met = 0
        for name, value in _flat(message, "", 0, self.left):
            column = self.values.get(name)
            if column is None:
                if len(self.values) >= _MOST_COLUMNS:
                    self.left[name] = "more fields than are read"
                    continue
                column = self.values[name] = array("d", [math.nan]) * rows
            if len(column) == rows:
                column.append(value)
                met += 1
        self.times.append(time)
        if met < len(self.values):
            for column in self.values.values():
                if len(column) == rows:
                    column.append(math.nan)

    def stream(self, name: str, units: Mapping[str, str], rate: float | None) -> Stream:
        """The columns as a stream; a field ``time`` becomes ``time-2``."""
        channels = {
            _channel(key): np.frombuffer(column, np.float64).copy() for key, column in self.values.items()
        }
        kept = {_channel(key): unit for key, unit in units.items() if _channel(key) in channels}
        times = np.array([MISSING if abs(one) >= 1 << 63 else one for one in self.times], np.int64)
        return Stream(times, channels, kept, rate, name)


def _channel(name: str) -> str:
    return "time-2" if name == "time" else name


def _flat(value: Any, name: str, depth: int, left: dict[str, str]) -> Iterator[tuple[str, float]]:
    """Every number in a message with the path of its field, dots between."""
    if isinstance(value, bool | int | float):
        yield name or "value", _number(value)
        return
    if value is None:
        yield name or "value", math.nan
        return
    if isinstance(value, str):
        left.setdefault(name, "words")
        return
    if isinstance(value, bytes | bytearray | memoryview):
        left.setdefault(name, "bytes")
        return
    if depth >= _DEEPEST:
        left.setdefault(name, "too deep")
        return
    fields = _fields(value)
    if fields is None:
        yield from _listed(value, name, depth, left)
        return
    names = tuple(fields)
    if names in _STAMPS:
        yield name or "stamp", _number(fields[names[0]]) + _number(fields[names[1]]) * 1e-9
        return
    for key, inner in fields.items():
        path = f"{name}.{key}" if name else key
        if type(inner) is float:  # by far the most: without another generator
            yield path, inner
        else:
            yield from _flat(inner, path, depth + 1, left)


def _listed(value: Any, name: str, depth: int, left: dict[str, str]) -> Iterator[tuple[str, float]]:
    try:
        length = len(value)
    except TypeError:
        left.setdefault(name, type(value).__name__)
        return
    if length > _LONGEST_ARRAY:
        left.setdefault(name, f"arrays of more than {_LONGEST_ARRAY} values")
        return
    for place, inner in enumerate(value):
        yield from _flat(inner, f"{name}_{place}" if name else str(place), depth + 1, left)


def _fields(value: Any) -> dict[str, Any] | None:
    """The fields of a mapping or a message, None of what is neither."""
    if isinstance(value, Mapping):
        return value if type(value) is dict else {str(key): inner for key, inner in value.items()}
    descriptor = getattr(value, "DESCRIPTOR", None)
    if descriptor is not None:
        return {one.name: getattr(value, one.name) for one in descriptor.fields if _is_told(value, one)}
    slots = getattr(value, "__slots__", None)
    return {name: getattr(value, name) for name in slots} if slots else None


def _is_told(message: Any, one: Any) -> bool:
    return not one.has_presence or bool(message.HasField(one.name))


def _number(value: Any) -> float:
    try:
        return float(value)
    except (OverflowError, TypeError, ValueError):
        return math.nan


Decoder = Callable[[bytes], Any]
"""Makes a message of its bytes."""
