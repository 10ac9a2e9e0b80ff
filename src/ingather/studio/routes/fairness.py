"""Fairness: second tries, doubts, known answers, payments and corrections, who refuses whom how often."""

from __future__ import annotations

from typing import Any, Literal

import orjson
from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import func, insert, or_, select, update

from ingather.annotation.handout import ANY_FAMILY, add_tasks, current_room, new_id
from ingather.store.reservations import change_places, lock_counts
from ingather.store.studio_schema import (
    accounts,
    assignments,
    doubts,
    ledger,
    submissions,
    tasks,
)
from ingather.studio.answers import ERRORS, Body, Line, Refused
from ingather.studio.campaign import find_campaign
from ingather.studio.credit import credit
from ingather.studio.doubting import same_person
from ingather.studio.gate_losses import GroupLoss, gate_losses
from ingather.studio.guard import Here, Id, Owner, SignedIn, must_be
from ingather.studio.identity import note
from ingather.studio.submitting import REDO

router = APIRouter(prefix="/api", tags=["fairness"], responses=ERRORS)
_MINOR = 10**12


class Redo(Body):
    """The task of a second try."""

    assignment: str
    until: float


class Doubt(Body):
    """Something that somebody should look at; never a verdict."""

    id: str
    kind: str = Field(description="quick check, quick recording, same recording, same device")
    about: str = Field(description="an account")
    other: str | None = Field(description="the other account, or the same where it is about one")
    detail: dict[str, Any]
    at: float
    settled: str | None


class Settlement(Body):
    """What a reviewer found."""

    verdict: Literal["nothing", "same person"]
    words: Line = ""


class Known(Body):
    """What is known to be right of a recording, to tell how well people judge."""

    submission: str = Field(pattern=r"^[0-9a-f]{20}$")
    answer: Literal["yes", "no"]


class Entry(Body):
    """A payment that was made, or a correction with its reason."""

    key: str = Field(pattern=r"^[A-Za-z0-9_-]{8,60}$", description="the same key is entered once")
    account: str = Field(pattern=r"^[0-9a-f]{20}$")
    campaign: str = Field(pattern=r"^[0-9a-f]{20}$")
    kind: Literal["paid", "correction"]
    minor: int = Field(ge=-_MINOR, le=_MINOR, description="minor units; a payment's is above zero")
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    reason: Line = Field(min_length=1, description="why, or the payment's reference")


class Refusals(Body):
    """How often one reviewer, or the checks of all (null), accept and refuse."""

    reviewer: str | None
    accepted: int
    refused: int


class GroupRefusals(Body):
    """How often what a group gives is accepted and refused."""

    group: dict[str, str]
    accepted: int
    refused: int


class RefusalTable(Body):
    """Refusals by reviewer, by group, and what the gates refuse by group."""

    reviewers: list[Refusals]
    groups: list[GroupRefusals]
    gates: list[GroupLoss]


@router.post("/submissions/{submission}/redo", status_code=201)
def redo(submission: Id, who: SignedIn, studio: Here) -> Redo:
    """Tries once more what was refused; a second try cannot be tried again."""
    plan, now = studio.plan, studio.clock()
    until = now + studio.settings.hold_seconds

    def job(connection: Any) -> str:
        lock_counts(connection)
        mine = (submissions.c.id == submission, submissions.c.account == who.account)
        row = connection.execute(select(submissions).where(*mine)).first()
        if row is None:
            raise Refused(404, "There is no such submission of yours.")
        again = select(assignments.c.id).where(
            assignments.c.worker == who.account, assignments.c.answer == REDO + submission
        )
        if row.state != "refused" or row.redo_of or connection.execute(again).first() is not None:
            raise Refused(409, "It was not refused, or was tried again already.")
        if not find_campaign(connection, row.campaign).is_open(now):
            raise Refused(409, "This campaign is not open now.")
        held = connection.execute(select(assignments).where(assignments.c.id == row.assignment)).one()
        groups = orjson.loads(held.groups)
        if current_room(connection, plan).spare(groups) <= 0:
            raise Refused(409, "There is no room for more of this now.", fix="You can appeal instead.")
        one = new_id()
        connection.execute(
            insert(assignments).values(
                id=one, task=held.task, campaign=held.campaign, kind=held.kind, worker=who.account,
                source=held.source, state="reserved", groups=held.groups, amount=held.amount,
                answer=REDO + submission, at=now, until=until,
            )
        )  # fmt: skip
        connection.execute(update(tasks).where(tasks.c.id == held.task).values(taken=tasks.c.taken + 1))
        change_places(connection, plan, held.source, groups, reserved=held.amount)
        return one

    return Redo(assignment=studio.writer.write_now(job), until=until)


@router.get("/campaigns/{campaign}/doubts")
def list_doubts(
    campaign: Id, who: SignedIn, studio: Here, settled: bool = False, before: float = 1e12, limit: int = 100
) -> list[Doubt]:
    """Doubts that wait for somebody, newest first; accounts stand in them, never names."""
    must_be(who, campaign, "manager")
    query = select(doubts).where(doubts.c.campaign == campaign, doubts.c.at < min(before, 1e12))
    state = doubts.c.settled.is_not(None) if settled else doubts.c.settled.is_(None)
    query = query.where(state).order_by(doubts.c.at.desc()).limit(max(1, min(limit, 500)))
    rows = studio.read(lambda connection: connection.execute(query).all())
    return [
        Doubt(id=row.id, kind=row.kind, about=row.about, other=row.other, detail=orjson.loads(row.detail),
              at=row.at, settled=row.settled)
        for row in rows
    ]  # fmt: skip


@router.post("/campaigns/{campaign}/doubts/{doubt}", status_code=204)
def settle_doubt(campaign: Id, doubt: Id, body: Settlement, who: SignedIn, studio: Here) -> None:
    """Settles a doubt. Accounts that are one person count as one in quotas and splits from now on."""
    must_be(who, campaign, "manager")
    now = studio.clock()

    def job(connection: Any) -> None:
        mine = (doubts.c.id == doubt, doubts.c.campaign == campaign)
        row = connection.execute(select(doubts).where(*mine)).first()
        if row is None:
            raise Refused(404, "There is no such doubt.")
        if body.verdict == "same person" and row.other in (None, row.about):
            raise Refused(409, "This doubt is about one account.")
        told = f"{body.verdict}: {body.words}" if body.words else body.verdict
        connection.execute(update(doubts).where(*mine).values(settled=told))
        if body.verdict == "same person":
            same_person(connection, row.about, row.other)
        note(connection, now, who.account, "doubt settled", doubt, body.verdict)

    studio.writer.write_now(job)


@router.post("/campaigns/{campaign}/known", status_code=201)
def add_known(campaign: Id, body: Known, who: SignedIn, studio: Here) -> dict[str, str]:
    """Mixes a recording whose answer is known into the checks, to weigh those who judge."""
    must_be(who, campaign, "manager")
    now = studio.clock()

    def job(connection: Any) -> str:
        mine = (submissions.c.id == body.submission, submissions.c.campaign == campaign)
        row = connection.execute(select(submissions.c.account).where(*mine)).first()
        if row is None:
            raise Refused(404, "There is no such submission in this campaign.")
        note(connection, now, who.account, "known answer", body.submission)
        subject = (body.submission, ANY_FAMILY, row.account, body.answer)
        return add_tasks(connection, campaign, "check", [subject], overlap=None, now=now)[0]

    return {"task": studio.writer.write_now(job)}


@router.post("/ledger", status_code=201)
def enter(body: Entry, who: Owner, studio: Here) -> dict[str, bool]:
    """Marks as paid, or corrects; entries are never changed. ``entered`` is false where the key was there."""
    now = studio.clock()
    if body.kind == "paid" and body.minor <= 0:
        raise Refused(422, "A payment is above zero.", fix="Enter what was paid back as a correction.")

    def job(connection: Any) -> bool:
        find_campaign(connection, body.campaign)
        if connection.execute(select(accounts.c.id).where(accounts.c.id == body.account)).first() is None:
            raise Refused(404, "There is no such account.")
        if body.kind == "paid":
            mine = (ledger.c.account == body.account, ledger.c.currency == body.currency)
            owed = connection.execute(select(func.sum(ledger.c.minor)).where(*mine)).scalar() or 0
            cause = ledger.c.cause == f"paid:{body.key}"
            if body.minor > owed and connection.execute(select(ledger.c.number).where(cause)).first() is None:
                raise Refused(409, f"Only {owed} {body.currency} (minor units) are owed.")
        note(connection, now, who.account, body.kind, body.account)
        return credit(
            connection, body.account, body.campaign, cause=f"{body.kind}:{body.key}", kind=body.kind,
            minor=-body.minor if body.kind == "paid" else body.minor, currency=body.currency,
            reason=body.reason, now=now,
        )  # fmt: skip

    return {"entered": studio.writer.write_now(job)}


@router.get("/campaigns/{campaign}/refusals")
def refusals(campaign: Id, who: SignedIn, studio: Here) -> RefusalTable:
    """Refusals by reviewer and by group, and what each gate refuses by group: unfairness stands out."""
    must_be(who, campaign, "manager")
    decided = or_(submissions.c.state == "accepted", submissions.c.state.in_(("surplus", "refused")))
    query = (
        select(submissions.c.decided_by, assignments.c.groups, submissions.c.state, func.count().label("n"))
        .join(assignments, assignments.c.id == submissions.c.assignment)
        .where(submissions.c.campaign == campaign, decided)
        .group_by(submissions.c.decided_by, assignments.c.groups, submissions.c.state)
    )
    people: dict[str | None, list[int]] = {}
    groups: dict[str, list[int]] = {}
    for row in studio.read(lambda connection: connection.execute(query).all()):
        place = int(row.state == "refused")
        people.setdefault(row.decided_by, [0, 0])[place] += row.n
        groups.setdefault(row.groups, [0, 0])[place] += row.n
    return RefusalTable(
        reviewers=[Refusals(reviewer=name, accepted=n[0], refused=n[1]) for name, n in people.items()],
        groups=[
            GroupRefusals(group=orjson.loads(name), accepted=n[0], refused=n[1])
            for name, n in sorted(groups.items())
        ],
        gates=studio.read(lambda connection: gate_losses(connection, campaign)),
    )
