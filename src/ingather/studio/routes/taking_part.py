"""A contributor's way: join, agree, say who one is, get tasks, record, check.

Routes are looked for in this order: those that are asked most stand first.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import Field
from sqlalchemy import bindparam, select, update

from ingather.annotation.handout import Asked, hand_out, release_place
from ingather.store.prepared import Prepared
from ingather.store.reservations import lock_counts
from ingather.store.studio_schema import (
    Record,
    assignments,
    members,
    prompts,
    submissions,
    tasks,
    worker_records,
)
from ingather.studio.about import declare, declared, groups_of
from ingather.studio.answers import ERRORS, Body, Line, Refused, Secret
from ingather.studio.campaign import Campaign, enter, find_campaign
from ingather.studio.consent import current_texts, end_consent, give_consent, standing_consent
from ingather.studio.credentials import hash_password, hashed, new_code
from ingather.studio.guard import Here, Id, Maybe, SignedIn, identities_of, must_be, same_site
from ingather.studio.identity import Identity, begin_session, new_account, note
from ingather.studio.judging import Check
from ingather.studio.routes.session import sign_in
from ingather.studio.state import Studio
from ingather.studio.submitting import Handed, submit

router = APIRouter(prefix="/api", tags=["taking part"], responses=ERRORS)
Key = Annotated[str, Header(alias="Idempotency-Key", pattern=r"^[A-Za-z0-9_-]{8,80}$")]


DEVICE = "x-device"
"""Header with a number that the page drew for this device; its hash is kept to doubt, never to decide."""


class Join(Body):
    """How somebody comes in: with an account, or with a new one (name and password may be left out)."""

    invitation: Secret = ""
    panel: dict[Line, Line] = Field(default_factory=dict, max_length=50)
    name: Line = ""
    password: Secret = ""
    language: Line = "en"


class Agree(Body):
    """A consent: which text was shown when, and which purposes were ticked, each by itself."""

    text: str = Field(pattern=r"^[0-9a-f]{64}$")
    purposes: list[Line] = Field(min_length=1, max_length=20)
    shown_at: float = Field(ge=0)
    of_age: bool | None = None
    guardian: bool = False
    method: Literal["ticked", "said"] = "ticked"


class About(Body):
    """Answers by attribute; null is 'rather not say'."""

    about: dict[Line, Line | None] = Field(max_length=100)


class Want(Body):
    """What work is asked for."""

    kind: Literal["record", "check"] = "record"
    count: int = Field(1, ge=1, le=50, description="so many are reserved, to work without a net")


class Checked(Body):
    """What a judge says of a recording."""

    answer: Literal["yes", "no"]
    reason: Line = ""


class Skip(Body):
    """Why a task is left, and whether the prompt itself is bad."""

    reason: Line = ""
    bad_prompt: bool = False


@router.post("/assignments/{assignment}/answer")
async def answer(assignment: Id, body: Checked, who: SignedIn, studio: Here) -> dict[str, str]:
    """Judges a recording; the same answer again changes nothing."""
    return await judge(studio, who, assignment, body)


async def judge(studio: Studio, who: Identity, assignment: str, body: Checked) -> dict[str, str]:
    """Hands a check to the writer, which writes all that wait together.

    Raises:
        Refused: it is not theirs, or its time is over.
    """
    check = Check(assignment, who.account, body.answer, body.reason, studio.clock())
    status, words = await studio.writer.write_form(studio.take_checks, check)
    if words:
        raise Refused(status, words)
    return {"state": "answered"}


@router.post("/campaigns/{campaign}/tasks")
async def next_tasks(campaign: Id, body: Want, who: SignedIn, studio: Here) -> dict[str, Any]:
    """The next tasks, each with its place reserved; none where nothing is wanted of this person now."""
    return await take_tasks(studio, who, campaign, body)


async def take_tasks(studio: Studio, who: Identity, campaign: str, body: Want) -> dict[str, Any]:
    """Reserves tasks for somebody.

    Raises:
        Refused: the campaign is not open, or not to them.
    """
    must_be(who, campaign, "contributor")
    plan, now = studio.plan, studio.clock()

    record = body.kind == "record"

    def job(connection: Any) -> list[dict[str, Any]]:
        one = find_campaign(connection, campaign)
        _may_work(connection, one, who.account, body.kind, now)
        groups = groups_of(plan, declared(connection, who.account))
        asked = Asked(
            campaign, one.source, body.kind, who.account, groups, now, now + studio.settings.hold_seconds,
            body.count, one.amount(plan, ""), record,
        )  # fmt: skip
        given = hand_out(connection, plan, asked)
        told = _prompts(connection, [task.subject for task in given], record) if given else {}
        return [
            {"assignment": task.assignment, "until": task.until, "kind": body.kind, **told[task.subject]}
            for task in given
        ]

    return {"tasks": await studio.writer.write(job)}


@router.post("/assignments/{assignment}/recording", status_code=201)
async def record(assignment: Id, request: Request, who: SignedIn, studio: Here, key: Key) -> dict[str, Any]:
    """Hands in a recording as the body, in one piece. The same Idempotency-Key adds it once.

    422 with ``measures`` where the gates refuse it: the place stays reserved, and it can be said again.
    """
    held = await studio.reading(lambda connection: _own(connection, assignment, who.account))
    campaign = await studio.reading(lambda connection: find_campaign(connection, held.campaign))
    if held.kind != "record":
        raise Refused(409, "This task asks for no recording.")
    content = await _body(request, studio.settings.most_bytes)
    device = request.headers.get(DEVICE, "")[:80]
    handed = Handed(assignment, who.account, key, content, device, who.facilitator)
    return await submit(studio, campaign, handed)


@router.post("/campaigns/{campaign}/join", dependencies=[Depends(same_site)], status_code=201)
def join(
    campaign: Id, body: Join, who: Maybe, studio: Here, request: Request, response: Response
) -> dict[str, Any]:
    """Joins; whoever has no account gets one, with a code for paper that is told this once."""
    now, code = studio.clock(), new_code()
    if body.name and len(body.password) < 10:
        raise Refused(422, "A password has ten signs at least.", fix="Or leave out the name: a code will do.")
    password = hash_password(body.password) if body.name and who is None else None

    def job(connection: Any) -> tuple[str, str] | None:
        one = find_campaign(connection, campaign)
        account, begun = who.account if who else "", None
        if who is None:
            account = new_account(
                connection, "contributor", now, name=body.name or None, password=password,
                recovery=hashed(code), language=body.language,
            )  # fmt: skip
            begun = begin_session(connection, account, now, studio.settings.session_seconds)
        enter(connection, one, account, body.invitation, dict(body.panel), now)
        note(connection, now, account, "joined", campaign)
        return begun

    from sqlalchemy.exc import IntegrityError

    try:
        begun = studio.writer.write_now(job)
    except IntegrityError as taken:
        raise Refused(409, "This name is taken.", fix="Choose another.") from taken
    identities_of(request).forget()
    if begun is None:
        return {"code": None}
    return {**sign_in(studio, response, *begun), "code": code}


@router.get("/campaigns/{campaign}/standing")
def standing(campaign: Id, who: SignedIn, studio: Here) -> dict[str, Any]:
    """Where somebody stands: whether the consent holds, and what is declared."""
    must_be(who, campaign, "contributor")

    def reading(connection: Any) -> dict[str, Any]:
        consent = standing_consent(connection, who.account, campaign)
        return {
            "consent": consent.text if consent else None,
            "texts": [text.hash for text in current_texts(connection, campaign)],
            "about": declared(connection, who.account),
        }

    return studio.read(reading)


@router.post("/campaigns/{campaign}/consent", status_code=201)
def agree(campaign: Id, body: Agree, who: SignedIn, studio: Here) -> dict[str, str]:
    """Agrees to the current text; the record follows ISO/IEC TS 27560."""
    must_be(who, campaign, "contributor")
    plan, now = studio.plan, studio.clock()

    def job(connection: Any) -> str:
        one = find_campaign(connection, campaign)
        if one.settings.adults_only and not (body.of_age or body.guardian):
            raise Refused(422, "Only adults may take part, or those whose guardian agrees.")
        return give_consent(
            connection, plan, who.account, campaign, text=body.text, purposes=tuple(body.purposes),
            shown_at=body.shown_at, of_age=body.of_age, guardian=body.guardian, method=body.method, now=now,
        )  # fmt: skip

    return {"record": studio.writer.write_now(job)}


@router.delete("/campaigns/{campaign}/consent", status_code=204)
def disagree(campaign: Id, who: SignedIn, studio: Here) -> None:
    """Ends the consent: nothing more is asked. To take back what was given is another thing."""
    must_be(who, campaign, "contributor")
    now = studio.clock()
    studio.writer.write_now(lambda connection: end_consent(connection, who.account, campaign, now))


@router.put("/me/about", status_code=204)
def set_about(body: About, who: SignedIn, studio: Here) -> None:
    """Declares the plan's attributes of oneself; corrections keep what was said before."""
    plan, now = studio.plan, studio.clock()
    studio.writer.write_now(lambda connection: declare(connection, plan, who.account, dict(body.about), now))


@router.post("/assignments/{assignment}/skip", status_code=204)
async def skip(assignment: Id, body: Skip, who: SignedIn, studio: Here) -> None:
    """Leaves a task; its place is open again. A bad prompt is reported with it."""
    plan, now = studio.plan, studio.clock()

    def job(connection: Any) -> bool:
        held = _own(connection, assignment, who.account)
        lock_counts(connection)
        if held.state != "reserved" or not release_place(connection, plan, held, "skipped", now):
            return False
        connection.execute(update(assignments).where(assignments.c.id == held.id).values(answer=body.reason))
        if body.bad_prompt:
            subject = select(tasks.c.subject).where(tasks.c.id == held.task).scalar_subquery()
            connection.execute(
                update(prompts).where(prompts.c.id == subject).values(reports=prompts.c.reports + 1)
            )
        return True

    if not await studio.writer.write(job):
        raise Refused(409, "This task was answered already, or its time is over.")


_OWN = Prepared(
    select(assignments).where(assignments.c.id == bindparam("one"), assignments.c.worker == bindparam("who"))
)


_STATE = Prepared(
    select(members.c.state).where(
        members.c.campaign == bindparam("where_"),
        members.c.account == bindparam("who"),
        members.c.role == "contributor",
    )
)
_BARRED = Prepared(
    select(worker_records.c.barred).where(
        worker_records.c.worker == bindparam("who"),
        worker_records.c.campaign == bindparam("where_"),
        worker_records.c.kind == bindparam("what"),
    )
)
_IDS: Any = bindparam("ids", expanding=True)
_SHOWN = (prompts.c.kind, prompts.c.text, prompts.c.language)
_OF_RECORDS = select(prompts.c.id.label("subject"), *_SHOWN).where(prompts.c.id.in_(_IDS))
_OF_CHECKS = (
    select(submissions.c.id.label("subject"), *_SHOWN)
    .join(assignments, assignments.c.id == submissions.c.assignment)
    .join(tasks, tasks.c.id == assignments.c.task)
    .join(prompts, prompts.c.id == tasks.c.subject)
    .where(submissions.c.id.in_(_IDS))
)


def _own(connection: Any, assignment: str, account: str) -> Record:
    row = _OWN(connection, one=assignment, who=account).first()
    if row is None:
        raise Refused(404, "There is no such task, or it is not yours.")
    return row


def _may_work(connection: Any, one: Campaign, account: str, kind: str, now: float) -> None:
    if not one.is_open(now):
        raise Refused(409, "This campaign is not open now.")
    mine = {"where_": one.id, "who": account}
    if _STATE(connection, **mine).scalar() != "active":
        raise Refused(403, "You are not in this campaign.")
    if standing_consent(connection, account, one.id) is None and current_texts(connection, one.id):
        raise Refused(
            403, "You have not agreed to the current text yet.", fix="Read it and say what you agree to."
        )
    if _BARRED(connection, **mine, what=kind).scalar():
        raise Refused(403, "There is no more of this work for you: too many answers were not right.")


def _prompts(connection: Any, subjects: list[str], record: bool) -> dict[str, dict[str, Any]]:
    """What is shown with each subject: the prompt; of a check, the one that the recording is to say."""
    rows = connection.execute(_OF_RECORDS if record else _OF_CHECKS, {"ids": subjects}).all()
    return {
        row.subject: {"prompt": {"kind": row.kind, "text": row.text, "language": row.language}}
        for row in rows
    }


async def _body(request: Request, most: int) -> bytes:
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > most:
            raise Refused(413, f"A recording is {most >> 20} MB at the most.", fix="Record it in parts.")
    if not content:
        raise Refused(400, "There is nothing in it.", fix="Send the recording as the body.")
    return bytes(content)
