"""Counts of every quota in the database: written by stages as a whole, read by status in a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from ingather.plan.model import Plan
from ingather.plan.quotas import Counts, Gap, Tally, gaps, tallied
from ingather.store.cursors import get_cursor
from ingather.store.database_schema import quota_counts
from ingather.store.workspace import Workspace

EVERYWHERE = "*"
"""Stands for all sources together, where contributors are counted once."""


def read_counts(workspace: Workspace, plan: Plan) -> Counts:
    """What there is in every cell of the plan, as last counted."""
    if not workspace.started:
        return Counts()
    with workspace.database.connect() as connection:
        rows = connection.execute(select(quota_counts).where(quota_counts.c.revision == plan.hash)).all()
    if not rows and workspace.samples.exists:
        from ingather.store.recount import recount  # loads what only counting needs

        recount(workspace, plan)
        return read_counts(workspace, plan)
    extra: Any = get_cursor(workspace, f"counts:{plan.hash}") or {}
    return counts_of(plan, [dict(row._mapping) for row in rows], extra)


def counts_of(plan: Plan, rows: Sequence[Mapping[str, Any]], extra: Mapping[str, Any]) -> Counts:
    """Counts from rows of ``quota_counts`` and what is kept beside them."""
    return tallied(
        plan,
        [
            (r["cell"], r["source"], Tally(r["collected"], r["kept"], r["contributors"], r["samples"]))
            for r in rows
            if r["source"] != EVERYWHERE
        ],
        contributors={r["cell"]: r["contributors"] for r in rows if r["source"] == EVERYWHERE},
        unknown=extra.get("unknown", {}),
        largest=extra.get("largest", 0.0),
        above=extra.get("above", 0.0),
    )


def count_gaps(workspace: Workspace, plan: Plan) -> tuple[Gap, ...]:
    """What every quota still lacks."""
    return gaps(plan, read_counts(workspace, plan))
