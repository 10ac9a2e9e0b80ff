"""Doubts: what a reviewer should look at. None of them is a verdict, and nobody is told no because of one."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from ingather.annotation.answering import Answered
from ingather.annotation.handout import new_id
from ingather.store.studio_schema import accounts, doubts, submissions

LEAST_HEARD = 0.5
"""Whoever judges a recording sooner than after this share of its length cannot have heard it."""
_SECONDS = select(submissions.c.id, submissions.c.seconds).where(
    submissions.c.id.in_(bindparam("ids", expanding=True))
)
_SPOKEN = 0.9
"""A recording cannot be longer than the time since its task was handed out; with some room for clocks."""


def doubt(
    connection: Connection, campaign: str, kind: str, about: str, other: str, detail: object, now: float
) -> None:
    """Writes a doubt down; the same one again changes nothing."""
    _enter(connection, [_row(campaign, kind, about, other, detail, now)])


def doubt_quick_checks(connection: Connection, answered: list[Answered], now: float) -> None:
    """Doubts judges who answered before they can have heard the recording; one doubt a judge."""
    held = [one.held for one in answered if one.held is not None]
    if not held:
        return
    told = connection.execute(_SECONDS, {"ids": [row.subject for row in held]})
    seconds = {row.id: row.seconds or 0.0 for row in told}
    found = {
        row.worker: _row(row.campaign, "quick check", row.worker, row.worker, {"task": row.task}, now)
        for row in held
        if now - row.at < LEAST_HEARD * seconds.get(row.subject, 0.0)
    }
    _enter(connection, list(found.values()))


def doubt_submission(connection: Connection, row: Any, handed_out: float, now: float) -> None:
    """Doubts a recording that was made too quickly, or came before, or from a device of somebody else."""
    if row.seconds and now - handed_out < _SPOKEN * row.seconds:
        detail = {"seconds": row.seconds, "after": round(now - handed_out, 1)}
        doubt(connection, row.campaign, "quick recording", row.account, row.account, detail, now)
    same = select(submissions.c.id, submissions.c.account).where(
        submissions.c.blob == row.blob, submissions.c.id != row.id, submissions.c.state != "withdrawn"
    )
    for one in connection.execute(same.limit(1)):
        detail = {"submissions": sorted((one.id, row.id))}
        about, other = sorted((one.account, row.account))
        doubt(connection, row.campaign, "same recording", about, other, detail, now)
    if row.device:
        _doubt_device(connection, row, now)


def _doubt_device(connection: Connection, row: Any, now: float) -> None:
    """A device under two names, unless one facilitator's phone goes from hand to hand."""
    others = (
        select(submissions.c.account, submissions.c.facilitator)
        .where(submissions.c.device == row.device, submissions.c.account != row.account)
        .group_by(submissions.c.account, submissions.c.facilitator)
        .limit(20)
    )
    for one in connection.execute(others).all():
        if row.facilitator is not None and one.facilitator == row.facilitator:
            continue
        about, other = sorted((one.account, row.account))
        doubt(connection, row.campaign, "same device", about, other, {}, now)


def same_person(connection: Connection, one: str, other: str) -> None:
    """From now on these two accounts count as one: the younger as the older."""
    from sqlalchemy import update

    rows = connection.execute(
        select(accounts.c.id, accounts.c.same_as)
        .where(accounts.c.id.in_([one, other]))
        .order_by(accounts.c.at)
    ).all()
    if len(rows) < 2:
        return
    first = rows[0].same_as or rows[0].id
    names = {row.id for row in rows} | {row.same_as for row in rows if row.same_as}
    family = accounts.c.id.in_(names) | accounts.c.same_as.in_(names)
    connection.execute(update(accounts).where(family, accounts.c.id != first).values(same_as=first))


def _row(campaign: str, kind: str, about: str, other: str, detail: object, now: float) -> dict[str, Any]:
    return {
        "id": new_id(), "campaign": campaign, "kind": kind, "about": about, "other": other,
        "detail": orjson.dumps(detail).decode(), "at": now,
    }  # fmt: skip


def _enter(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(insert(doubts).on_conflict_do_nothing(), rows)
