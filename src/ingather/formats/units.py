"""Names of columns that carry a unit: ``speed [m/s]``, ``Temperature (°C)``, ``time_ms``."""

from __future__ import annotations

import re

_BRACKETS = re.compile(r"(.*?)\s*[\[(]\s*([^\[\]()]{1,24}?)\s*[\])]\s*\Z", re.DOTALL)
_SLASH = re.compile(r"(.*\S)\s+/\s+(\S{1,24})\Z", re.DOTALL)
TIME_UNITS: dict[str, int] = {
    "s": 1_000_000_000, "sec": 1_000_000_000, "secs": 1_000_000_000, "second": 1_000_000_000,
    "seconds": 1_000_000_000, "ms": 1_000_000, "msec": 1_000_000, "millis": 1_000_000,
    "milliseconds": 1_000_000, "us": 1_000, "usec": 1_000, "µs": 1_000, "μs": 1_000, "micros": 1_000,
    "microseconds": 1_000, "ns": 1, "nsec": 1, "nanos": 1, "nanoseconds": 1,
    "min": 60_000_000_000, "minutes": 60_000_000_000, "h": 3_600_000_000_000, "hours": 3_600_000_000_000,
}  # fmt: skip
"""Nanoseconds of the units that times are written in."""


def name_and_unit(header: str) -> tuple[str, str | None]:
    """The name of a column, and the unit that it names beside it.

    >>> name_and_unit("speed [m/s]"), name_and_unit("yaw / rad"), name_and_unit("x")
    (('speed', 'm/s'), ('yaw', 'rad'), ('x', None))
    """
    header = header.strip()
    for pattern in (_BRACKETS, _SLASH):
        found = pattern.match(header)
        if found and found[1].strip():
            return found[1].strip(), found[2].strip()
    return header, None


def time_unit(name: str, unit: str | None) -> int | None:
    """Nanoseconds of one step of a column of times, by its unit or the ending of its name, else None.

    >>> time_unit("time", "ms"), time_unit("timestamp_us", None), time_unit("t", None)
    (1000000, 1000, None)
    """
    if unit and unit.casefold() in TIME_UNITS:
        return TIME_UNITS[unit.casefold()]
    ending = name.casefold().rpartition("_")[2]
    return TIME_UNITS.get(ending) if "_" in name else None
