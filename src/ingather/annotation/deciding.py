"""Answers of several people about one thing, and what follows: agreed, disputed, or asked once more.

Judges are blind to each other. A task with a known answer decides nothing: it tells how far its judge can be
trusted. A judge whose known answers are mostly wrong has no vote, and after enough of them no more tasks.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, bindparam, insert, select, update

from ingather.store.prepared import Prepared
from ingather.store.studio_schema import Record, assignments, tasks, worker_records

BARRED_AFTER = 5
"""Tasks with a known answer that must have been asked before a judge can lose the task."""
LEAST_TRUST = 0.5
_PRIOR_RIGHT, _PRIOR_ASKED = 1.5, 2.0
"""What a judge begins with: three right of four, weighing as much as two answers."""
_ANSWER = Prepared(
    update(assignments)
    .where(assignments.c.id == bindparam("one"), assignments.c.state == "reserved")
    .values(state="answered", answer=bindparam("said"), weight=bindparam("heavy"), done=bindparam("at_"))
)
_COUNT = Prepared(update(tasks).where(tasks.c.id == bindparam("one")).values(answered=tasks.c.answered + 1))
_TASK = Prepared(select(tasks).where(tasks.c.id == bindparam("one")))
_ANSWERS = Prepared(
    select(assignments.c.state, assignments.c.answer, assignments.c.weight).where(
        assignments.c.task == bindparam("one")
    )
)
_MINE = (
    worker_records.c.worker == bindparam("who"),
    worker_records.c.campaign == bindparam("where_"),
    worker_records.c.kind == bindparam("what"),
)
_RECORD = Prepared(select(worker_records).where(*_MINE))
_NOTE = Prepared(
    update(worker_records)
    .where(*_MINE)
    .values(
        known_asked=bindparam("asked"),
        known_right=bindparam("right_"),
        answered=worker_records.c.answered + 1,
        barred=bindparam("out"),
    )
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the answers so far come to.

    Attributes:
        state: open, agreed, disputed, or known (it was a task with a known answer).
        answer: the answer that was agreed on.
    """

    state: Literal["open", "agreed", "disputed", "known"]
    answer: str | None = None


def trust(right: float, asked: int) -> float:
    """How far a judge can be trusted, 0 to 1, from answers to tasks with a known answer."""
    return (right + _PRIOR_RIGHT) / (asked + _PRIOR_ASKED)


def answer_task(
    connection: Connection, one: Record, answer: str, *, agree: int, now: float
) -> Decision | None:
    """Writes one person's answer to their reserved assignment, and decides the task where it can be.

    Args:
        connection: inside a transaction that writes.
        one: the assignment.
        answer: in the words of the kind of task, such as yes or no.
        agree: how many trusted judges must say the same.
        now: seconds since 1970.

    Returns:
        None where the assignment was over already.
    """
    record = _record(connection, one)
    weight = trust(record.known_right, record.known_asked)
    done = _ANSWER(connection, one=one.id, said=answer, heavy=weight, at_=now).rowcount
    if not done:
        return None
    _COUNT(connection, one=one.task)
    task = _TASK(connection, one=one.task).one()
    right = None if task.known is None else float(task.known == answer)
    _note(connection, one, record, right)
    if right is not None:
        return Decision("known")
    return _decide(connection, task, agree)


def _decide(connection: Connection, task: Record, agree: int) -> Decision:
    if task.outcome is not None:
        return Decision("open")
    # Which are answered is asked here: a database might look for all that are answered first.
    answers = [row for row in _ANSWERS(connection, one=task.id) if row.state == "answered"]
    votes = Counter(row.answer for row in answers if row.weight >= LEAST_TRUST)
    best = votes.most_common(1)
    if best and best[0][1] >= agree:
        _close(connection, task, "decided", best[0][0])
        return Decision("agreed", best[0][0])
    overlap = task.overlap or agree
    distrusted = len(answers) - sum(votes.values())
    if len(answers) < overlap + distrusted:
        if task.taken < overlap + distrusted:
            state = {"state": "open"} if task.state == "full" else {}
            connection.execute(
                update(tasks).where(tasks.c.id == task.id).values(overlap=overlap + distrusted, **state)
            )
        return Decision("open")
    _close(connection, task, "disputed", None)
    return Decision("disputed")


def _close(connection: Connection, task: Record, state: str, outcome: str | None) -> None:
    connection.execute(update(tasks).where(tasks.c.id == task.id).values(state=state, outcome=outcome))


def _record(connection: Connection, one: Record) -> Record:
    mine = {"who": one.worker, "where_": one.campaign, "what": one.kind}
    found = _RECORD(connection, **mine).first()
    if found is None:
        connection.execute(
            insert(worker_records).values(worker=one.worker, campaign=one.campaign, kind=one.kind)
        )
        found = _RECORD(connection, **mine).one()
    return found


def _note(connection: Connection, one: Record, record: Record, right: float | None) -> None:
    asked = record.known_asked + (right is not None)
    known_right = record.known_right + (right or 0.0)
    barred = asked >= BARRED_AFTER and trust(known_right, asked) < LEAST_TRUST
    mine = {"who": one.worker, "where_": one.campaign, "what": one.kind}
    _NOTE(connection, **mine, asked=asked, right_=known_right, out=barred)
