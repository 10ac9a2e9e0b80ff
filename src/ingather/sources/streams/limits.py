"""Where a stream ends: after so many samples, hours or bytes, at a time, or when the gaps are filled."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ingather.plan.quotas import Gap
from ingather.sources.segments import Segment

SPARE = 1.2
"""How much more than the gap is taken where the plan sets no limit: cleaning leaves some out."""


@dataclass
class Limits:
    """What may still be taken.

    Attributes:
        left: amount still to take by ``samples``, ``hours`` and ``bytes``; what is not named has no limit.
        until: seconds since the epoch.
    """

    left: dict[str, float]
    until: float | None = None

    def spend(self, segment: Segment) -> None:
        """Counts a segment that was taken."""
        for name, amount in amounts_of(segment).items():
            if name in self.left:
                self.left[name] -= amount

    def reached(self) -> str | None:
        """Which limit is reached, or None."""
        if self.until is not None and time.time() >= self.until:
            return f"its limit, until {datetime.fromtimestamp(self.until, UTC).isoformat()}, is reached"
        name = next((name for name, left in self.left.items() if left <= 0), None)
        return f"its limit of {name} is reached" if name else None


def amounts_of(segment: Segment) -> dict[str, float]:
    """What a segment counts for."""
    return {"samples": 1, "hours": segment.seconds / 3_600, "bytes": segment.size}


def limits_of(
    asked: Mapping[str, float | None],
    until: datetime | None,
    totals: Mapping[str, float],
    gaps: tuple[Gap, ...],
    unit: str,
) -> Limits:
    """Limits of the plan less what was taken before; without any, 1.2 times the gap.

    Args:
        asked: limits by name, over all runs.
        until: when it ends; without a zone in UTC.
        totals: what was taken before.
        gaps: what the plan still lacks; empty where it is not to count.
        unit: of the plan's amounts.
    """
    left = {name: most - totals.get(name, 0.0) for name, most in asked.items() if most is not None}
    if until is not None:
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return Limits(left, until.timestamp())
    if not left and gaps and unit in ("samples", "hours"):
        total = next((gap.missing for gap in gaps if not gap.by), sum(gap.missing for gap in gaps))
        if total > 0:
            left[unit] = total * SPARE
    return Limits(left)
