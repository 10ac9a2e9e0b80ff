"""Every text that the plan ever had, with time, who and why."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime

from sqlalchemy import func, insert, select

from ingather.plan.model import Plan
from ingather.store.database_schema import plan_revisions
from ingather.store.workspace import Workspace


def keep_revision(workspace: Workspace, plan: Plan, why: str = "edited by hand") -> int:
    """Keeps the plan's text if it differs from the last one kept; returns its number, from 1."""
    with workspace.database.begin() as connection:
        last = connection.execute(
            select(plan_revisions.c.number, plan_revisions.c.hash)
            .order_by(plan_revisions.c.number.desc())
            .limit(1)
        ).first()
        if last is not None and last.hash == plan.hash:
            return int(last.number)
        number = int(connection.execute(select(func.max(plan_revisions.c.number))).scalar() or 0) + 1
        connection.execute(
            insert(plan_revisions).values(
                number=number,
                hash=plan.hash,
                text=plan.text,
                at=datetime.now(UTC),
                who=_who(),
                why=why if last is not None else "the first plan",
            )
        )
    return number


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
