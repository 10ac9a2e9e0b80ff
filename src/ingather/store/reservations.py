"""Places of quotas that are taken: reserved by a task handed out, or accepted and not yet a sample.

``quota_counts`` is the one truth. Whoever changes ``reserved`` or ``accepted`` in it, or writes it anew,
holds ``lock_counts`` for that transaction, so that no two count at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import orjson
from sqlalchemy import Connection, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from ingather.plan.cells import TOTAL, cell_key, dimensions, known_values
from ingather.plan.model import Plan
from ingather.store.database_schema import items, quota_counts
from ingather.store.studio_schema import assignments, submissions

_LOCK = 0x1A6A_7483
_HOLDING = ("reserved", "submitted")
"""States of an assignment that hold a place which is not yet accepted."""


def lock_counts(connection: Connection) -> None:
    """Until the end of this transaction nobody else changes counts (SQLite: it holds the write lock)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def cells_in(plan: Plan, groups: Mapping[str, str]) -> tuple[str, ...]:
    """Keys of the cells that something of these groups counts in, the total first."""
    return _cells_in(plan.hash, _shapes(plan), tuple(sorted(groups.items())))


def _shapes(plan: Plan) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]:
    return tuple(tuple((name, known_values(plan, name)) for name in by) for by in dimensions(plan))


@lru_cache(4096)
def _cells_in(
    _hash: str,
    shapes: tuple[tuple[tuple[str, tuple[str, ...]], ...], ...],
    groups: tuple[tuple[str, str], ...],
) -> tuple[str, ...]:
    told = dict(groups)
    found = [TOTAL]
    for shape in shapes:
        if all(name in told and (not known or told[name] in known) for name, known in shape):
            found.append(cell_key({name: told[name] for name, _ in shape}))
    return tuple(found)


def mark_carried(connection: Connection) -> int:
    """Accepted submissions whose sample is in the journal are marked carried; returns how many."""
    there = select(items.c.id)
    return int(
        connection.execute(
            update(submissions)
            .where(
                submissions.c.state == "accepted",
                submissions.c.carried.is_(False),
                submissions.c.sample.in_(there),
            )
            .values(carried=True)
        ).rowcount
    )


def places_held(connection: Connection, plan: Plan) -> dict[tuple[str, str], tuple[float, float]]:
    """By cell and source: what is reserved, and what is accepted and not yet carried into samples."""
    held: dict[tuple[str, str], tuple[float, float]] = {}
    waiting = select(assignments.c.source, assignments.c.groups, assignments.c.amount, assignments.c.state)
    live = waiting.where(assignments.c.state.in_(_HOLDING), assignments.c.amount > 0)
    accepted = waiting.join(submissions, submissions.c.assignment == assignments.c.id).where(
        submissions.c.state == "accepted", submissions.c.carried.is_(False), assignments.c.state == "accepted"
    )
    for query in (live, accepted):
        for source, groups, amount, state in connection.execute(query):
            for cell in cells_in(plan, orjson.loads(groups)):
                reserved, taken = held.get((cell, source), (0.0, 0.0))
                if state == "accepted":
                    held[cell, source] = reserved, taken + amount
                else:
                    held[cell, source] = reserved + amount, taken
    return held


_CHANGE = (
    update(quota_counts)
    .where(
        quota_counts.c.revision == bindparam("r"),
        quota_counts.c.cell == bindparam("c"),
        quota_counts.c.source == bindparam("s"),
        quota_counts.c.reserved + bindparam("dr") > -1e-6,
        quota_counts.c.accepted + bindparam("da") > -1e-6,
    )
    .values(
        reserved=quota_counts.c.reserved + bindparam("dr"), accepted=quota_counts.c.accepted + bindparam("da")
    )
)


def change_places(
    connection: Connection,
    plan: Plan,
    source: str,
    groups: Mapping[str, str],
    *,
    reserved: float = 0.0,
    accepted: float = 0.0,
) -> None:
    """Adds to (or takes from) what is reserved and accepted in every cell of these groups."""
    for cell in cells_in(plan, groups):
        told = {"r": plan.hash, "c": cell, "s": source, "dr": reserved, "da": accepted}
        if connection.execute(_CHANGE, told).rowcount == 0:
            insert = postgres_insert if connection.dialect.name == "postgresql" else sqlite_insert
            zero = {"collected": 0.0, "samples": 0, "kept": 0.0, "contributors": 0}
            fresh = {"reserved": max(0.0, reserved), "accepted": max(0.0, accepted)}
            row = {"revision": plan.hash, "cell": cell, "source": source, **zero, **fresh}
            connection.execute(insert(quota_counts).values(row).on_conflict_do_nothing())
