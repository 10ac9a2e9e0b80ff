"""Names of channels that differ from each other and from the column of times."""

from __future__ import annotations

from collections.abc import Iterable


def distinct_names(told: Iterable[str]) -> list[str]:
    """The names in their order; repeated ones, ``time`` and empty ones get a number."""
    taken: dict[str, None] = {}
    for place, name in enumerate(told):
        wanted = free = name or f"signal {place}"
        number = 1
        while free in taken or free == "time":
            number += 1
            free = f"{wanted}-{number}"
        taken[free] = None
    return list(taken)
