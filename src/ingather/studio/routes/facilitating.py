"""Facilitators: several contributors on one phone, each with own consent, attributes and a card on paper.

A facilitator does for them what they would do themselves, by the header ``X-Contributor``; who facilitated is
kept on the sample. All of it may be made without a net and sent later: the same key enrols once.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import func, select

from ingather.store.studio_schema import accounts, members, submissions
from ingather.studio.about import declare
from ingather.studio.answers import ERRORS, Body, Line, Refused
from ingather.studio.campaign import enter, find_campaign
from ingather.studio.consent import give_consent
from ingather.studio.credentials import hashed, new_code, plain_code
from ingather.studio.guard import Here, Id, SignedIn, must_be
from ingather.studio.identity import new_account, note
from ingather.studio.routes.taking_part import Agree

router = APIRouter(prefix="/api/campaigns", tags=["facilitating"], responses=ERRORS)


class Enrolment(Body):
    """Somebody who takes part on a facilitator's phone."""

    key: str = Field(pattern=r"^[A-Za-z0-9_-]{8,80}$", description="drawn by the phone: enrols once")
    card: str = Field(
        "", pattern=r"^([0-9a-z]{4}-){4}[0-9a-z]{4}$|^$",
        description="the number on their card, where the phone drew it without a net",
    )  # fmt: skip
    language: Line = "en"
    consent: Agree
    about: dict[Line, Line | None] = Field(default_factory=dict, max_length=100)


class Enrolled(Body):
    """Who was enrolled: what requests name them by, and the number of their card, told this once."""

    account: str
    card: str | None = Field(None, description="null where this key was enrolled before")


class EnrolledPerson(Body):
    """One of the people on a facilitator's phone."""

    account: str
    at: float
    given: int = Field(description="how many recordings are sent and not taken back")


@router.post("/{campaign}/enrolments", status_code=201)
def enrol(campaign: Id, body: Enrolment, who: SignedIn, studio: Here) -> Enrolled:
    """Enrols somebody with their own consent and attributes; the card's number finds what they gave."""
    must_be(who, campaign, "facilitator")
    plan, now = studio.plan, studio.clock()
    card = body.card or new_code()

    def job(connection: Any) -> tuple[str, bool]:
        key = hashed(f"{who.account}:{body.key}")
        known = connection.execute(select(accounts.c.id).where(accounts.c.enrolled == key)).scalar()
        if known is not None:
            return str(known), False
        one = find_campaign(connection, campaign)
        told = body.consent
        if one.settings.adults_only and not (told.of_age or told.guardian):
            raise Refused(422, "Only adults may take part, or those whose guardian agrees.")
        taken = select(accounts.c.id).where(accounts.c.recovery == hashed(plain_code(card)))
        if connection.execute(taken).first() is not None:
            raise Refused(409, "A card with this number is there already.", fix="Draw another number.")
        account = new_account(
            connection, "contributor", now, language=body.language, facilitator=who.account, enrolled=key,
            recovery=hashed(plain_code(card)),
        )  # fmt: skip
        enter(connection, one, account, None, {}, now, invited=True)
        give_consent(
            connection, plan, account, campaign, text=told.text, purposes=tuple(told.purposes),
            shown_at=told.shown_at, of_age=told.of_age, guardian=told.guardian, method=told.method, now=now,
        )  # fmt: skip
        declare(connection, plan, account, dict(body.about), now)
        note(connection, now, who.account, "enrolled", account)
        return account, True

    account, fresh = studio.writer.write_now(job)
    return Enrolled(account=account, card=card if fresh else None)


@router.get("/{campaign}/enrolments")
def enrolments(campaign: Id, who: SignedIn, studio: Here) -> list[EnrolledPerson]:
    """The people whom one enrolled in a campaign, newest first, the last thousand."""
    must_be(who, campaign, "facilitator")
    count = (
        select(func.count())
        .select_from(submissions)
        .where(submissions.c.account == accounts.c.id, submissions.c.state != "withdrawn")
        .scalar_subquery()
    )
    query = (
        select(accounts.c.id, accounts.c.at, count.label("given"))
        .join(members, members.c.account == accounts.c.id)
        .where(accounts.c.facilitator == who.account, members.c.campaign == campaign)
        .order_by(accounts.c.at.desc())
        .limit(1000)
    )
    rows = studio.read(lambda connection: connection.execute(query).all())
    return [EnrolledPerson(account=row.id, at=row.at, given=row.given) for row in rows]
