"""Quotas and coverage: what the plan wants of every group, what there is, and the gap between them.

Pure functions of the plan and of counts; nothing here reads a store.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gap:
    """What one quota still lacks.

    Attributes:
        by: attribute and value for each crossed attribute; empty for the total.
        missing: how much is missing, in the plan's unit.
        contributors: how many more people it needs.
    """

    by: dict[str, str]
    missing: float
    contributors: int = 0
