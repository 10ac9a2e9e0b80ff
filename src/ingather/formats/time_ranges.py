"""The one JSON form of labelled stretches of time: Label Studio results of the type ``timeserieslabels``.

A label is a list of objects ``{"type": "timeserieslabels", "value": {"start": 12.5, "end": 14.0,
"timeserieslabels": ["braking"]}}``; times are seconds on the sample's clock, 0 being its first stamp. A
moment has the same start and end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingather.sample import Json

TYPE = "timeserieslabels"


@dataclass(frozen=True, slots=True)
class TimeRange:
    """One labelled stretch.

    Attributes:
        start: seconds from the first stamp.
        end: seconds from the first stamp, not before start.
        label: what it shows.
        channel: the channel that it is about, where it is about one.
    """

    start: float
    end: float
    label: str
    channel: str | None = None

    def as_json(self) -> dict[str, Json]:
        """The form that stands in a label."""
        value: dict[str, Json] = {"start": self.start, "end": self.end, TYPE: [self.label]}
        if self.channel is not None:
            value["channel"] = self.channel
        return {"type": TYPE, "value": value}


def as_label(ranges: Iterable[TimeRange]) -> list[Json]:
    """The stretches of one series as its label; an empty list says that there are none."""
    return [one.as_json() for one in ranges]


def read_ranges(label: Json) -> list[TimeRange]:
    """The stretches of a label; several labels of one stretch are several.

    Raises:
        ValueError: it is something else; the message says what is wrong, in words.
    """
    if not isinstance(label, list):
        raise ValueError("the label is not a list of stretches of time")
    found: list[TimeRange] = []
    for number, entry in enumerate(label, start=1):
        value = entry.get("value") if isinstance(entry, Mapping) else None
        if not isinstance(value, Mapping):
            raise ValueError(f"result {number} has no value")
        start, end = (_seconds(value.get(name), f"'{name}' of result {number}") for name in ("start", "end"))
        if end < start:
            raise ValueError(f"result {number} ends before it starts")
        names = value.get(TYPE)
        if not isinstance(names, list) or not names:
            raise ValueError(f"result {number} has no {TYPE}")
        channel = value.get("channel")
        found += [
            TimeRange(start, end, str(name), channel if isinstance(channel, str) else None) for name in names
        ]
    return found


def _seconds(value: Json, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{what} is not a number of seconds")
    return float(value)
