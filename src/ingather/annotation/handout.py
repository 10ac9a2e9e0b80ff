"""Handing out: the next task for a person, with its place reserved until a time.

One mechanism for every kind of task. A task that fills quotas (a prompt to be spoken) takes places in
``quota_counts``; one with an overlap (a recording to be judged) takes one of its own answers. Nobody gets
the same task twice, nor one about what they gave themselves. All functions run inside one transaction that
writes; ``lock_counts`` makes them exact with several processes.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    bindparam,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)  # fmt: skip

from ingather.annotation.room import Room, room_of
from ingather.plan.model import Plan
from ingather.store.counts import EVERYWHERE
from ingather.store.database_schema import quota_counts
from ingather.store.prepared import Prepared
from ingather.store.reservations import change_places, lock_counts
from ingather.store.studio_schema import Record, assignments, tasks

LIVE = ("reserved", "submitted", "accepted", "answered")
"""States in which an assignment is its worker's; skipped, expired, refused and void ones are over."""
ANY_FAMILY = "{}"
"""Family of tasks that fill no quota."""
_AGAIN = ("expired", "void")
"""States after which a worker may get the same task again."""
_LOTS = 1 << 30
_LOOK = 50


_OPEN = (
    tasks.c.campaign == bindparam("where_"),
    tasks.c.kind == bindparam("what"),
    tasks.c.state == "open",
    tasks.c.family == bindparam("fam"),
)
_TOLD = select(tasks.c.id, tasks.c.subject, tasks.c.overlap, tasks.c.taken, tasks.c.giver)


def _new_to_worker(task: FromClause) -> Select[Any]:
    """Rows of a set of tasks that the worker has not had and that are not about what they gave."""
    had = exists().where(
        assignments.c.task == task.c.id,
        assignments.c.worker == bindparam("who"),
        *(assignments.c.state != over for over in _AGAIN),
    )
    not_own = or_(task.c.giver.is_(None), task.c.giver != bindparam("who"))
    return select(task).where(~had, not_own).limit(bindparam("most", type_=Integer))


def _near(part: ColumnElement[bool]) -> Prepared:
    some = _TOLD.where(*_OPEN, part).order_by(tasks.c.family, tasks.c.lot).limit(literal(_LOOK))
    return Prepared(_new_to_worker(some.subquery()))


_AFTER = _near(tasks.c.lot >= bindparam("start"))
_BEFORE = _near(tasks.c.lot < bindparam("start"))
_ANYWHERE = Prepared(_new_to_worker(_TOLD.where(*_OPEN).subquery()))
_ONE_MORE = update(tasks).where(tasks.c.id == bindparam("one"))
_TAKE = _ONE_MORE.values(taken=tasks.c.taken + 1)
_TAKE_LAST = _ONE_MORE.values(taken=tasks.c.taken + 1, state="full")
_HELD = Prepared(
    select(assignments.c.id, assignments.c.task, tasks.c.subject)
    .join(tasks, tasks.c.id == assignments.c.task)
    .where(
        assignments.c.worker == bindparam("who"),
        assignments.c.campaign == bindparam("where_"),
        assignments.c.kind == bindparam("what"),
        assignments.c.state == "reserved",
    )
    .order_by(assignments.c.at, assignments.c.id)
)
_DUE = Prepared(
    select(assignments)
    .where(assignments.c.state == "reserved", assignments.c.until < bindparam("now"))
    .limit(bindparam("most", type_=Integer))
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for work of which kind.

    Attributes:
        campaign: its id.
        source: the plan's source that the campaign fills.
        kind: of task.
        worker: the account.
        groups: what is known of the worker, as values of the plan's attributes.
        now: seconds since 1970.
        until: when the reservation ends.
        count: how many at the most.
        amount: what one answer counts in the plan's unit.
        fills: whether answers fill quotas.
    """

    campaign: str
    source: str
    kind: str
    worker: str
    groups: Mapping[str, str]
    now: float
    until: float
    count: int = 1
    amount: float = 1.0
    fills: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """A task that was handed out: the assignment's id, the task's, its subject, and until when."""

    assignment: str
    task: str
    subject: str
    until: float


def new_id() -> str:
    """Eighty bits that nobody can guess, as 20 hex digits."""
    return secrets.token_hex(10)


def add_tasks(
    connection: Connection,
    campaign: str,
    kind: str,
    subjects: Sequence[tuple[str, str, str | None, str | None]],
    *,
    overlap: int | None,
    now: float,
) -> list[str]:
    """Makes open tasks of (subject, family, giver, known answer); returns their ids."""
    rows = [
        {
            "id": new_id(), "campaign": campaign, "kind": kind, "state": "open", "subject": subject,
            "giver": giver, "family": family, "lot": secrets.randbelow(_LOTS), "overlap": overlap,
            "taken": 0, "answered": 0, "known": known, "at": now,
        }
        for subject, family, giver, known in subjects
    ]  # fmt: skip
    if rows:
        connection.execute(insert(tasks), rows)
    return [str(row["id"]) for row in rows]


def hand_out(connection: Connection, plan: Plan, asked: Asked) -> list[Given]:
    """Up to ``asked.count`` tasks; those that the worker holds come first, with their time renewed."""
    lock_counts(connection)
    expire(connection, plan, asked.now)
    held = _held(connection, asked)
    if len(held) >= asked.count:
        return held[: asked.count]
    if asked.fills:
        return held + _fill(connection, plan, asked, asked.count - len(held))
    return held + _queue(connection, asked, asked.count - len(held))


def has_room(connection: Connection, plan: Plan, families: Sequence[str], groups: Mapping[str, str]) -> bool:
    """Whether the plan still wants anything of somebody of these groups."""
    room = current_room(connection, plan)
    return any(room.spare({**groups, **orjson.loads(family)}) > 0 for family in families)


def current_room(connection: Connection, plan: Plan) -> Room:
    """The room of every cell, from ``quota_counts``."""
    people = plan.targets.unit == "contributors"
    evaluating = {source.name for source in plan.sources if source.role == "evaluate"}
    taken: dict[str, float] = {}
    columns = quota_counts.c
    for row in connection.execute(
        select(
            columns.cell, columns.source, columns.kept, columns.reserved, columns.accepted,
            columns.contributors,
        ).where(columns.revision == plan.hash)
    ):  # fmt: skip
        if row.source in evaluating:
            continue
        there = row.kept
        if people:
            there = row.contributors if row.source == EVERYWHERE else 0.0
        taken[row.cell] = taken.get(row.cell, 0.0) + there + row.reserved + row.accepted
    return room_of(plan, taken)


def expire(connection: Connection, plan: Plan, now: float, most: int = 200) -> int:
    """Ends reservations whose time is over and opens their places again."""
    due = _DUE(connection, now=now, most=most).all()
    for one in due:
        release_place(connection, plan, one, "expired", now)
    return len(due)


def release_place(connection: Connection, plan: Plan, one: Record, state: str, now: float) -> bool:
    """Ends an assignment that is reserved or submitted; false where it was over already."""
    done = connection.execute(
        update(assignments)
        .where(assignments.c.id == one.id, assignments.c.state == one.state)
        .values(state=state, done=now)
    ).rowcount
    if not done:
        return False
    if one.amount:
        change_places(connection, plan, one.source, orjson.loads(one.groups), reserved=-one.amount)
    connection.execute(
        update(tasks).where(tasks.c.id == one.task).values(taken=tasks.c.taken - 1, state=_open_again())
    )
    return True


def _open_again() -> object:
    from sqlalchemy import case

    return case((tasks.c.state == "full", "open"), else_=tasks.c.state)


def _held(connection: Connection, asked: Asked) -> list[Given]:
    mine = {"where_": asked.campaign, "what": asked.kind, "who": asked.worker}
    rows = _HELD(connection, **mine).all()[: asked.count]
    if rows:
        ids = [row.id for row in rows]
        connection.execute(update(assignments).where(assignments.c.id.in_(ids)).values(until=asked.until))
    return [Given(row.id, row.task, row.subject, asked.until) for row in rows]


def _fill(connection: Connection, plan: Plan, asked: Asked, count: int) -> list[Given]:
    room = current_room(connection, plan)
    families = connection.execute(
        select(tasks.c.family)
        .where(tasks.c.campaign == asked.campaign, tasks.c.kind == asked.kind, tasks.c.state == "open")
        .group_by(tasks.c.family)
    ).scalars().all()  # fmt: skip
    given: list[Given] = []
    left = min(count, _within_share(connection, plan, asked))
    while len(given) < left:
        wanted = sorted(
            ((room.spare(_groups_of(asked, family)), family) for family in families), reverse=True
        )
        one = None
        for spare, family in wanted:
            if spare <= 0:
                break
            one = next(iter(_pick(connection, asked, family, 1)), None)
            if one is not None:
                groups = _groups_of(asked, family)
                given += _assign(connection, asked, [(one, groups)])
                if asked.amount:
                    change_places(connection, plan, asked.source, groups, reserved=asked.amount)
                    room.take(groups, asked.amount)
                break
        if one is None:
            break
    return given


def _queue(connection: Connection, asked: Asked, count: int) -> list[Given]:
    return _assign(connection, asked, [(task, {}) for task in _pick(connection, asked, ANY_FAMILY, count)])


def _pick(connection: Connection, asked: Asked, family: str, count: int) -> list[Record]:
    """Open tasks that are new to the worker, from a place of the queue that is drawn by lot."""
    told = {"where_": asked.campaign, "what": asked.kind, "who": asked.worker, "fam": family}
    start = secrets.randbelow(_LOTS)
    found: dict[str, Record] = {}
    for near in (_AFTER, _BEFORE):
        for row in near(connection, **told, start=start, most=count - len(found)):
            found[row.id] = row
        if len(found) == count:
            return list(found.values())
    if not found:
        found = {row.id: row for row in _ANYWHERE(connection, **told, most=count)}
    return list(found.values())


def _assign(
    connection: Connection, asked: Asked, picked: Sequence[tuple[Record, Mapping[str, str]]]
) -> list[Given]:
    """Reserves tasks for the worker, each with the groups whose places it takes."""
    if not picked:
        return []
    given = [Given(new_id(), task.id, task.subject, asked.until) for task, _ in picked]
    connection.execute(insert(assignments), [
        {"id": one.assignment, "task": one.task, "campaign": asked.campaign, "kind": asked.kind,
         "worker": asked.worker, "source": asked.source, "state": "reserved",
         "groups": orjson.dumps(dict(groups)).decode(), "amount": asked.amount if asked.fills else 0.0,
         "at": asked.now, "until": asked.until}
        for one, (_, groups) in zip(given, picked, strict=True)
    ])  # fmt: skip
    full = [
        {"one": task.id} for task, _ in picked if task.overlap is not None and task.taken + 1 >= task.overlap
    ]
    last = {one["one"] for one in full}
    rest = [{"one": task.id} for task, _ in picked if task.id not in last]
    for statement, rows in ((_TAKE_LAST, full), (_TAKE, rest)):
        if rows:
            connection.execute(statement, rows)
    return given


def _groups_of(asked: Asked, family: str) -> dict[str, str]:
    return {"source": asked.source, **asked.groups, **orjson.loads(family)}


def _within_share(connection: Connection, plan: Plan, asked: Asked) -> int:
    """How many more this person may give before their share is full; at least one in all."""
    share = plan.targets.max_share_per_contributor
    wanted = plan.targets.total
    if share >= 1 or not wanted or plan.targets.unit == "contributors":
        return asked.count
    given = connection.execute(
        select(func.coalesce(func.sum(assignments.c.amount), 0.0)).where(
            assignments.c.worker == asked.worker,
            assignments.c.source == asked.source,
            assignments.c.state.in_(LIVE),
        )
    ).scalar_one()
    most = max(share * wanted, asked.amount)
    return max(0, int((most - given + 1e-6) / max(asked.amount, 1e-9)))
