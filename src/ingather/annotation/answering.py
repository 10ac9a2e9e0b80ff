"""Answers to tasks, many at once: what the group needs is read once, decided in order, and written once.

One statement a form costs a round trip each; here a group of forms costs as many as one form does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, select, update

from ingather.annotation.deciding import Ballot, Decision, Rule, decide, is_barred, trust
from ingather.store.database import upsert
from ingather.store.reservations import lock_counts
from ingather.store.studio_schema import Record, assignments, tasks, worker_records

_HELD = select(
    assignments.c.id, assignments.c.task, assignments.c.campaign, assignments.c.kind, assignments.c.worker,
    assignments.c.state, assignments.c.at, tasks.c.subject, tasks.c.known, tasks.c.overlap, tasks.c.taken,
    tasks.c.answered, tasks.c.outcome, tasks.c.state.label("task_state"),
).join(tasks, tasks.c.id == assignments.c.task).where(
    assignments.c.id.in_(bindparam("ids", expanding=True))
)  # fmt: skip
_BALLOTS = select(assignments.c.task, assignments.c.state, assignments.c.answer, assignments.c.weight).where(
    assignments.c.task.in_(bindparam("ids", expanding=True))
)
_RECORDS = select(worker_records).where(worker_records.c.worker.in_(bindparam("ids", expanding=True)))
_ANSWERED = (
    update(assignments)
    .where(assignments.c.id == bindparam("one"), assignments.c.state == "reserved")
    .values(state="answered", answer=bindparam("said"), weight=bindparam("heavy"), done=bindparam("now"))
)
_TASK = (
    update(tasks)
    .where(tasks.c.id == bindparam("one"))
    .values(
        answered=bindparam("answers"), state=bindparam("is_"), outcome=bindparam("came"),
        overlap=bindparam("wanted"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody answers to the assignment that they hold; its kind must be a check."""

    assignment: str
    worker: str
    answer: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one answer.

    Attributes:
        state: ``taken``; ``again`` where it was answered before; ``over`` where its time is; ``unknown``
            where there is no such assignment of this worker.
        held: the assignment with its task, as it was; None where it is unknown.
        decision: what the answers of its task come to by now; None where it was not taken.
        record: right and asked known answers of its worker, with this one.
    """

    state: Literal["taken", "again", "over", "unknown"]
    held: Record | None = None
    decision: Decision | None = None
    record: tuple[float, int] = (0.0, 0)


@dataclass(slots=True)
class _Task:
    answered: int
    state: str
    outcome: str | None
    overlap: int | None
    ballots: list[Ballot]


def answer_tasks(
    connection: Connection, said: Sequence[Said], rule_of: Callable[[str], Rule], now: float
) -> list[Answered]:
    """Writes answers in their order, and decides the tasks that can be.

    Args:
        connection: inside a transaction that writes.
        said: the answers.
        rule_of: how many are asked and must agree, by campaign.
        now: seconds since 1970.
    """
    lock_counts(connection)
    held = _held(connection, said)
    work = _tasks(connection, held)
    records = _records(connection, held)
    taken: list[dict[str, Any]] = []
    changed: set[str] = set()
    noted: set[tuple[str, str, str]] = set()
    told: list[Answered] = []
    over = {row.id: row.state for row in held.values()}
    for one in said:
        row = held.get(one.assignment)
        if row is None or row.worker != one.worker:
            told.append(Answered("unknown"))
            continue
        if row.kind == "record" or over[row.id] != "reserved":
            told.append(Answered("again" if over[row.id] == "answered" else "over", row))
            continue
        who = (row.worker, row.campaign, row.kind)
        record, task = records[who], work[row.task]
        weight = trust(record["known_right"], record["known_asked"])
        over[row.id] = "answered"
        taken.append({"one": row.id, "said": one.answer, "heavy": weight, "now": now})
        changed.add(row.task)
        noted.add(who)
        task.answered += 1
        task.ballots.append(Ballot(one.answer, weight))
        record["answered"] += 1
        if row.known is not None:
            record["known_asked"] += 1
            record["known_right"] += float(row.known == one.answer)
            record["barred"] = is_barred(record["known_right"], record["known_asked"])
            decision = Decision("known")
        else:
            decision = _decide(task, row, rule_of(row.campaign))
        told.append(Answered("taken", row, decision, (record["known_right"], record["known_asked"])))
    if taken:
        connection.execute(_ANSWERED, taken)
        connection.execute(_TASK, [
            {"one": name, "answers": work[name].answered, "is_": work[name].state,
             "came": work[name].outcome, "wanted": work[name].overlap}
            for name in sorted(changed)
        ])  # fmt: skip
        upsert(connection, worker_records, [records[who] for who in sorted(noted)])
    return told


def _decide(task: _Task, row: Record, rule: Rule) -> Decision:
    if task.outcome is not None or task.state in ("decided", "disputed", "void"):
        return Decision("open")
    decision, wanted = decide(task.ballots, rule)
    if decision.state == "agreed":
        task.state, task.outcome = "decided", decision.answer
    elif decision.state == "disputed":
        task.state = "disputed"
    elif wanted > (task.overlap or 0):
        task.overlap = wanted
        if task.state == "full" and row.taken < wanted:
            task.state = "open"
    return decision


def _held(connection: Connection, said: Sequence[Said]) -> dict[str, Record]:
    ids = list({one.assignment for one in said})
    return {row.id: row for row in connection.execute(_HELD, {"ids": ids})}


def _tasks(connection: Connection, held: dict[str, Record]) -> dict[str, _Task]:
    work = {
        row.task: _Task(row.answered, row.task_state, row.outcome, row.overlap, []) for row in held.values()
    }
    # Which are answered is asked here: a database might look for all that are answered first.
    for row in connection.execute(_BALLOTS, {"ids": list(work)}):
        if row.state == "answered":
            work[row.task].ballots.append(Ballot(row.answer, row.weight))
    return work


def _records(connection: Connection, held: dict[str, Record]) -> dict[tuple[str, str, str], dict[str, Any]]:
    keys = {(row.worker, row.campaign, row.kind) for row in held.values()}
    fresh = {"known_right": 0.0, "known_asked": 0, "answered": 0, "barred": False}
    found = {key: {"worker": key[0], "campaign": key[1], "kind": key[2], **fresh} for key in keys}
    for row in connection.execute(_RECORDS, {"ids": list({key[0] for key in keys})}):
        if (row.worker, row.campaign, row.kind) in found:
            found[row.worker, row.campaign, row.kind] = dict(row._mapping)
    return found
