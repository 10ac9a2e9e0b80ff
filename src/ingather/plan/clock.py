"""What an attribute can be taken from that is no operator's measure: when a sample was made."""

from __future__ import annotations

from typing import Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ClockMeasure = Literal["hour", "weekday", "week"]
CLOCK_MEASURES: tuple[ClockMeasure, ...] = get_args(ClockMeasure)


def is_zone(name: str) -> bool:
    """Whether a name is a time zone of the IANA database, such as ``Europe/Berlin``."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
