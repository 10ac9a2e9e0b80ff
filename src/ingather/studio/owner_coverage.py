"""Coverage as it is now: what every cell of the plan wants, has, and holds for somebody."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from ingather.annotation.room import targets_of
from ingather.plan.cells import by_of
from ingather.plan.model import Plan
from ingather.store.counts import EVERYWHERE
from ingather.store.database_schema import quota_counts
from ingather.studio.answers import Body


class CellNow(Body):
    """One cell of the plan, in the plan's unit."""

    by: dict[str, str]
    target: float
    collected: float
    kept: float
    accepted: float
    reserved: float
    missing: float


class Coverage(Body):
    """Every cell, the one that lacks most first among those of its attributes."""

    unit: str
    at: float
    cells: list[CellNow]


def coverage_now(connection: Connection, plan: Plan, at: float) -> Coverage:
    """What every cell with a target has now; ``missing`` is what is neither kept, accepted nor reserved."""
    sums = [func.sum(quota_counts.c[name]).label(name) for name in _SUMMED]
    query = (
        select(quota_counts.c.cell, *sums)
        .where(quota_counts.c.revision == plan.hash, quota_counts.c.source != EVERYWHERE)
        .group_by(quota_counts.c.cell)
    )
    known: dict[str, Any] = {row.cell: row for row in connection.execute(query)}
    cells = []
    for key, target in targets_of(plan).items():
        row = known.get(key)
        has = {name: float(getattr(row, name) or 0) if row else 0.0 for name in _SUMMED}
        missing = max(0.0, target - has["kept"] - has["accepted"] - has["reserved"])
        cells.append(CellNow(by=by_of(key), target=target, missing=missing, **has))
    shapes = {tuple(sorted(cell.by)): number for number, cell in enumerate(cells)}
    cells.sort(key=lambda cell: (shapes[tuple(sorted(cell.by))], -cell.missing / cell.target))
    return Coverage(unit=plan.targets.unit, at=at, cells=cells)


_SUMMED = ("collected", "kept", "accepted", "reserved")
