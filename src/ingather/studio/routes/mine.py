"""Mine: what somebody gave, to hear, with state, reason and credit; the review of what is disputed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import orjson
from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from pydantic import Field
from sqlalchemy import or_, select, update

from ingather.sources.given import UPLOADS
from ingather.store.studio_schema import (
    Record,
    accounts,
    assignments,
    consents,
    declarations,
    ledger,
    submissions,
    tasks,
)
from ingather.studio.answers import ERRORS, Body, Line, Refused
from ingather.studio.campaign import find_campaign
from ingather.studio.credit import balances, safe_csv
from ingather.studio.guard import Here, Id, Owner, SignedIn, must_be
from ingather.studio.identity import Identity, note
from ingather.studio.state import Studio
from ingather.studio.submitting import accept, refuse
from ingather.studio.withdrawing import ask_withdrawal, known_contributor

router = APIRouter(prefix="/api", tags=["mine"], responses=ERRORS)
_PLAYED = {"audio/wav", "audio/x-wav", "audio/flac", "audio/ogg", "audio/mpeg"}


class Decision(Body):
    """What a reviewer decides, with a reason where it is a refusal."""

    verdict: Literal["accepted", "refused"]
    reason: Line = ""


class Appeal(Body):
    """Why somebody thinks that a refusal was wrong."""

    words: Line = Field(min_length=1)


@router.get("/me/submissions")
def my_submissions(
    who: SignedIn, studio: Here, before: float = 1e12, limit: int = 50
) -> list[dict[str, Any]]:
    """What one gave, newest first, from a time on backwards."""
    query = select(submissions).where(
        submissions.c.account == who.account, submissions.c.at < min(before, 1e12)
    )
    query = query.order_by(submissions.c.at.desc()).limit(max(1, min(limit, 500)))
    return [_told(row) for row in studio.read(lambda connection: connection.execute(query).all())]


@router.get("/me/ledger")
def my_ledger(who: SignedIn, studio: Here, before: int = 2**62, limit: int = 100) -> dict[str, Any]:
    """One's balance and its entries, newest first."""
    query = select(ledger).where(
        ledger.c.account == who.account, ledger.c.number < max(0, min(before, 2**62))
    )
    query = query.order_by(ledger.c.number.desc()).limit(max(1, min(limit, 1000)))
    rows = studio.read(lambda connection: connection.execute(query).all())
    return {
        "balance": studio.read(lambda connection: balances(connection, who.account)),
        "entries": [
            {"number": row.number, "campaign": row.campaign, "kind": row.kind, "minor": row.minor,
             "currency": row.currency, "reason": row.reason, "at": row.at}
            for row in rows
        ],
    }  # fmt: skip


@router.get("/me/export")
def export(who: SignedIn, studio: Here) -> Response:
    """All that is known of oneself, as one JSON document to keep."""

    def reading(connection: Any) -> dict[str, Any]:
        def all_of(table: Any) -> list[dict[str, Any]]:
            rows = connection.execute(select(table).where(table.c.account == who.account))
            return [_plain(dict(row._mapping)) for row in rows]

        return {
            "account": who.account, "consents": all_of(consents), "about": all_of(declarations),
            "submissions": all_of(submissions), "ledger": all_of(ledger),
        }  # fmt: skip

    told = orjson.dumps(studio.read(reading), option=orjson.OPT_INDENT_2)
    headers = {"content-disposition": 'attachment; filename="mine.json"'}
    return Response(told, media_type="application/json", headers=headers)


@router.get("/submissions/{submission}")
def show(submission: Id, who: SignedIn, studio: Here) -> dict[str, Any]:
    """One submission: to its giver with reason and measures, to a reviewer without who gave it."""
    return _told(studio.read(lambda connection: _visible(connection, submission, who)))


@router.get("/submissions/{submission}/sound", response_class=FileResponse)
def sound(submission: Id, who: SignedIn, studio: Here) -> FileResponse:
    """The recording, for its giver and reviewers."""
    return _play(studio, studio.read(lambda connection: _visible(connection, submission, who)))


@router.get("/assignments/{assignment}/sound", response_class=FileResponse)
def task_sound(assignment: Id, who: SignedIn, studio: Here) -> FileResponse:
    """The recording that a check is about, for who holds the check."""

    def reading(connection: Any) -> Record:
        row = connection.execute(
            select(submissions)
            .join(tasks, tasks.c.subject == submissions.c.id)
            .join(assignments, assignments.c.task == tasks.c.id)
            .where(
                assignments.c.id == assignment,
                assignments.c.worker == who.account,
                assignments.c.state == "reserved",
            )
        ).first()
        if row is None:
            raise Refused(404, "There is no such check, or it is not yours now.")
        return row

    return _play(studio, studio.read(reading))


@router.post("/submissions/{submission}/appeal", status_code=204)
def appeal(submission: Id, body: Appeal, who: SignedIn, studio: Here) -> None:
    """Asks another person to look at a refusal, once."""
    now = studio.clock()

    def job(connection: Any) -> int:
        mine = (submissions.c.id == submission, submissions.c.account == who.account)
        if connection.execute(select(submissions.c.id).where(*mine)).first() is None:
            return -1
        query = update(submissions).where(
            *mine, submissions.c.state == "refused", submissions.c.appealed.is_(None)
        )
        return int(connection.execute(query.values(appeal=body.words, appealed=now)).rowcount)

    done = studio.writer.write_now(job)
    if done < 0:
        raise Refused(404, "There is no such submission of yours.")
    if not done:
        raise Refused(409, "It was not refused, or you have appealed already.")


@router.post("/submissions/{submission}/withdraw", status_code=202)
def take_back(submission: Id, who: SignedIn, studio: Here) -> dict[str, str]:
    """Takes one recording back: hidden now, erased at once or as soon as no stage runs."""
    plan, now = studio.plan, studio.clock()

    def job(connection: Any) -> None:
        mine = (submissions.c.id == submission, submissions.c.account == who.account)
        row = connection.execute(select(submissions).where(*mine)).first()
        if row is None:
            raise Refused(404, "There is no such submission of yours.")
        if row.state != "withdrawn":
            ask_withdrawal(connection, plan, "sample", row.sample.hex(), now)
            note(connection, now, who.account, "withdrawn", submission)

    studio.writer.write_now(job)
    return {"state": studio.erase()}


@router.post("/me/withdraw", status_code=202)
def take_all_back(who: SignedIn, studio: Here) -> dict[str, str]:
    """Takes back everything one gave and said of oneself; credit that was earned stays owed."""
    plan, now = studio.plan, studio.clock()

    def job(connection: Any) -> None:
        # Where two accounts are one person, what this one gave stands under the other's name.
        joined = select(submissions.c.sample).join(accounts, accounts.c.id == submissions.c.account)
        mine = (submissions.c.account == who.account, accounts.c.same_as.is_not(None))
        there = joined.where(*mine, submissions.c.state != "withdrawn")
        for one in connection.execute(there).scalars().all():
            ask_withdrawal(connection, plan, "sample", one.hex(), now)
        for name in known_contributor(studio.workspace, plan, who.account):
            ask_withdrawal(connection, plan, "contributor", name, now, who.account)
        note(connection, now, who.account, "withdrawn", "everything")

    studio.writer.write_now(job)
    return {"state": studio.erase()}


@router.get("/campaigns/{campaign}/review")
def to_review(campaign: Id, who: SignedIn, studio: Here, limit: int = 50) -> list[dict[str, Any]]:
    """What is disputed or appealed, oldest first; who gave it is not told."""
    must_be(who, campaign, "reviewer", "manager")
    waiting = or_(
        submissions.c.state == "disputed",
        (submissions.c.state == "refused")
        & submissions.c.appeal.is_not(None)
        & submissions.c.decided.is_not(None),
    )
    query = select(submissions).where(
        submissions.c.campaign == campaign,
        waiting,
        submissions.c.account != who.account,
        or_(submissions.c.decided_by.is_(None), submissions.c.decided_by != who.account),
    )
    query = query.order_by(submissions.c.at).limit(max(1, min(limit, 500)))
    return [_told(row) for row in studio.read(lambda connection: connection.execute(query).all())]


@router.post("/submissions/{submission}/decision", status_code=204)
def decide(submission: Id, body: Decision, who: SignedIn, studio: Here) -> None:
    """Settles what is disputed or appealed; nobody decides on their own, or on their own decision again."""
    plan, now = studio.plan, studio.clock()

    def job(connection: Any) -> str:
        row = connection.execute(select(submissions).where(submissions.c.id == submission)).first()
        if row is None:
            raise Refused(404, "There is no such submission, or it is not yours to see.")
        _reviews(who, row)
        if row.account == who.account or row.decided_by == who.account:
            return "This is for somebody else to decide."
        campaign = find_campaign(connection, row.campaign)
        note(connection, now, who.account, body.verdict, submission)
        if body.verdict == "accepted":
            done = accept(connection, plan, campaign, row, who.account, now)
        elif row.state == "refused":
            values = {"appeal": None, "decided_by": who.account, "decided": now}
            query = update(submissions).where(submissions.c.id == row.id, submissions.c.appeal.is_not(None))
            done = bool(connection.execute(query.values(**values)).rowcount)
        else:
            done = refuse(connection, plan, row, body.reason or "A reviewer refused it.", who.account, now)
        return "" if done else "It is decided already."

    wrong = studio.writer.write_now(job)
    if wrong:
        raise Refused(409, wrong)


@router.get("/ledger.csv")
def payments(who: Owner, studio: Here) -> Response:
    """What is owed, by account and currency, as a CSV that no spreadsheet can be tricked with."""
    from sqlalchemy import func

    query = (
        select(ledger.c.account, ledger.c.campaign, ledger.c.currency, func.sum(ledger.c.minor))
        .group_by(ledger.c.account, ledger.c.campaign, ledger.c.currency)
        .order_by(ledger.c.account, ledger.c.campaign, ledger.c.currency)
    )
    rows = studio.read(lambda connection: connection.execute(query).all())
    told = safe_csv(["account", "campaign", "currency", "minor"], [tuple(row) for row in rows])
    headers = {"content-disposition": 'attachment; filename="payments.csv"'}
    return Response(told, media_type="text/csv; charset=utf-8", headers=headers)


def _visible(connection: Any, submission: str, who: Identity) -> Record:
    row = connection.execute(select(submissions).where(submissions.c.id == submission)).first()
    if row is None:
        raise Refused(404, "There is no such submission, or it is not yours to see.")
    if row.account != who.account:
        _reviews(who, row)
    return row


def _reviews(who: Identity, row: Record) -> None:
    """Whether it is a reviewer's to see; to others it is not there."""
    if not who.is_in(row.campaign, "reviewer", "manager"):
        raise Refused(404, "There is no such submission, or it is not yours to see.")


def _play(studio: Studio, row: Record) -> FileResponse:
    path = studio.workspace.folder / UPLOADS / row.id
    if not path.is_file():
        path = Path(studio.workspace.blobs.path(row.blob))
    if not path.is_file():
        raise Refused(404, "This recording is no longer here.")
    kind = row.media_type if row.media_type in _PLAYED else "application/octet-stream"
    return FileResponse(path, media_type=kind, content_disposition_type="inline")


def _told(row: Record) -> dict[str, Any]:
    data = orjson.loads(row.record).get("data", {})
    return {
        "id": row.id, "campaign": row.campaign, "state": row.state, "reason": row.reason,
        "measures": orjson.loads(row.measures), "seconds": row.seconds, "prompt": data.get("prompt"),
        "at": row.at, "due": row.due, "decided": row.decided, "appeal": row.appeal,
        "appealed": row.appealed, "redo_of": row.redo_of,
    }  # fmt: skip


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {str(name): value.hex() if isinstance(value, bytes) else value for name, value in row.items()}
