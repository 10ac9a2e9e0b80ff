"""Campaigns: made and steered by owner and managers, listed for everybody."""

from __future__ import annotations

from typing import Any, Literal

import orjson
from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy import func, insert, select, update

from ingather.annotation.handout import has_room, new_id
from ingather.store.studio_schema import (
    accounts,
    campaigns,
    invitations,
    members,
    prompts,
    submissions,
    tasks,
)
from ingather.studio.about import asked_attributes, groups_of
from ingather.studio.answers import ERRORS, Body, Line, Refused, Words
from ingather.studio.campaign import (
    Campaign,
    CampaignSettings,
    Door,
    PromptIn,
    add_prompts,
    campaign_of,
    find_campaign,
    make_campaign,
)
from ingather.studio.consent import current_texts, keep_text
from ingather.studio.credentials import hashed, new_secret
from ingather.studio.guard import Here, Id, Owner, SignedIn, identities_of, must_be
from ingather.studio.identity import note
from ingather.studio.state import Studio

router = APIRouter(prefix="/api/campaigns", tags=["campaigns"], responses=ERRORS)


class NewCampaign(Body):
    """A campaign to be made for one of the plan's voice sources."""

    source: Line
    title: Line = Field(min_length=1)
    door: Door = "open"
    places: int | None = Field(None, ge=1, le=10_000_000, description="contributors at the most")
    starts: float | None = Field(None, ge=0, description="seconds since 1970")
    ends: float | None = Field(None, ge=0, description="seconds since 1970")
    settings: CampaignSettings = CampaignSettings()


class Change(Body):
    """What is to change of a campaign; what is left out stays."""

    title: Line | None = None
    state: Literal["open", "paused", "closed"] | None = None
    door: Door | None = None
    places: int | None = Field(None, ge=1, le=10_000_000)
    starts: float | None = Field(None, ge=0)
    ends: float | None = Field(None, ge=0)
    settings: CampaignSettings | None = None


class NewInvitation(Body):
    """A link by invitation."""

    note: Line = ""
    uses: int = Field(1, ge=1, le=1_000_000)


class NewMember(Body):
    """Somebody who is to manage or to review."""

    account: str = Field(pattern=r"^[0-9a-f]{20}$")
    role: Literal["manager", "reviewer", "facilitator"]


class NewText(Body):
    """A consent text in one language."""

    language: Line = Field(min_length=2)
    text: Words = Field(min_length=1)


class AboutAsked(Body):
    """Answers of a visitor who is not signed in; they are not kept."""

    about: dict[Line, Line | None] = Field(default_factory=dict, max_length=100)


@router.get("")
def list_open(studio: Here) -> list[dict[str, Any]]:
    """Campaigns that anybody may join now: title, languages, time, pay."""
    now = studio.clock()
    rows = studio.read(
        lambda connection: connection.execute(select(campaigns).order_by(campaigns.c.at)).all()
    )
    found = [campaign_of(row) for row in rows]
    return [public(one, studio) for one in found if one.door == "open" and one.is_open(now)]


@router.post("", status_code=201)
def make(body: NewCampaign, who: Owner, studio: Here) -> dict[str, str]:
    """Makes a campaign, with the plan's prompts and consent texts in it."""
    plan, now = studio.plan, studio.clock()

    def job(connection: Any) -> str:
        one = make_campaign(
            connection, studio.workspace, plan, now=now, source=body.source, title=body.title, door=body.door,
            places=body.places, starts=body.starts, ends=body.ends, settings=body.settings,
        )  # fmt: skip
        note(connection, now, who.account, "campaign made", one)
        return one

    return {"id": studio.writer.write_now(job)}


@router.get("/{campaign}")
def show(campaign: Id, studio: Here) -> dict[str, Any]:
    """One campaign as the page before sign-up shows it: with the consent texts and what is asked."""
    one = studio.read(lambda connection: find_campaign(connection, campaign))
    texts = studio.read(lambda connection: current_texts(connection, campaign))
    asked = asked_attributes(studio.plan)
    return {
        **public(one, studio),
        "consent": [
            {"hash": one.hash, "language": one.language, "version": one.version, "text": one.text}
            for one in texts
        ],
        "purposes": list(studio.plan.rights.purposes),
        "about": [
            {
                "name": name,
                "values": list(attribute.values),
                "number": bool(attribute.bins),
                "sensitive": attribute.sensitive,
            }
            for name, attribute in asked.items()
        ],
    }  # fmt: skip


@router.post("/{campaign}/room")
def room(campaign: Id, body: AboutAsked, studio: Here) -> dict[str, bool]:
    """Whether there is room for people like the visitor, before sign-up; nothing is kept."""
    plan = studio.plan
    asked = asked_attributes(plan)

    def reading(connection: Any) -> bool:
        one = find_campaign(connection, campaign)
        groups = groups_of(plan, {name: value for name, value in body.about.items() if name in asked})
        families = families_of(connection, campaign)
        return one.is_open(studio.clock()) and has_room(
            connection, plan, families, {**groups, "source": one.source}
        )

    return {"room": studio.read(reading)}


@router.patch("/{campaign}", status_code=204)
def change(campaign: Id, body: Change, who: SignedIn, studio: Here) -> None:
    """Changes, pauses, closes or opens a campaign again."""
    must_be(who, campaign, "manager")
    values = body.model_dump(exclude_unset=True, exclude={"settings"})
    if body.settings is not None:
        values["settings"] = body.settings.model_dump_json()
    now = studio.clock()

    def job(connection: Any) -> None:
        find_campaign(connection, campaign)
        if values:
            connection.execute(update(campaigns).where(campaigns.c.id == campaign).values(**values))
        note(connection, now, who.account, "campaign changed", campaign, sorted(values))

    if any(values.get(name, "") is None for name in ("title", "state", "door")):
        raise Refused(422, "A title, a state and a door cannot be empty.")
    studio.writer.write_now(job)


@router.get("/{campaign}/prompts")
def list_prompts(
    campaign: Id, who: SignedIn, studio: Here, after: int = -1, limit: int = 100
) -> list[dict[str, Any]]:
    """Prompts in order, from a number on."""
    must_be(who, campaign, "manager")
    after, limit = max(-1, min(after, 2**31 - 2)), max(1, min(limit, 1000))
    query = select(prompts).where(prompts.c.campaign == campaign, prompts.c.number > after)
    rows = studio.read(
        lambda connection: connection.execute(query.order_by(prompts.c.number).limit(limit)).all()
    )
    return [
        {"id": row.id, "number": row.number, "kind": row.kind, "text": row.text, "language": row.language,
         "label": row.label, "groups": orjson.loads(row.groups), "reports": row.reports}
        for row in rows
    ]  # fmt: skip


@router.post("/{campaign}/prompts", status_code=201)
def import_prompts(campaign: Id, body: list[PromptIn], who: SignedIn, studio: Here) -> dict[str, int]:
    """Adds prompts, at most 10,000 at once."""
    must_be(who, campaign, "manager")
    if len(body) > 10_000:
        raise Refused(413, "More than 10,000 prompts at once.", fix="Send them in parts.")
    plan, now = studio.plan, studio.clock()

    def job(connection: Any) -> int:
        find_campaign(connection, campaign)
        note(connection, now, who.account, "prompts added", campaign, len(body))
        return add_prompts(connection, plan, campaign, body, now)

    return {"added": studio.writer.write_now(job)}


@router.post("/{campaign}/consent-texts", status_code=201)
def new_text(campaign: Id, body: NewText, who: SignedIn, studio: Here) -> dict[str, str]:
    """A new version of the consent text in a language; whoever agreed to the old one is asked again."""
    must_be(who, campaign, "manager")
    now = studio.clock()

    def job(connection: Any) -> str:
        find_campaign(connection, campaign)
        note(connection, now, who.account, "consent text", campaign, body.language)
        return keep_text(connection, campaign, body.language, body.text, now)

    return {"hash": studio.writer.write_now(job)}


@router.post("/{campaign}/invitations", status_code=201)
def invite(campaign: Id, body: NewInvitation, who: SignedIn, studio: Here) -> dict[str, str]:
    """A link's code; it is told this once."""
    must_be(who, campaign, "manager")
    code, one, now = new_secret(), new_id(), studio.clock()

    def job(connection: Any) -> None:
        find_campaign(connection, campaign)
        connection.execute(
            insert(invitations).values(
                hash=hashed(code), id=one, campaign=campaign, note=body.note, uses=body.uses, used=0, at=now
            )
        )
        note(connection, now, who.account, "invitation made", one)

    studio.writer.write_now(job)
    return {"id": one, "code": code}


@router.delete("/{campaign}/invitations/{invitation}", status_code=204)
def uninvite(campaign: Id, invitation: Id, who: SignedIn, studio: Here) -> None:
    """Ends an invitation."""
    must_be(who, campaign, "manager")
    where = (invitations.c.id == invitation, invitations.c.campaign == campaign)
    query = update(invitations).where(*where).values(revoked=True)
    if not studio.writer.write_now(lambda connection: connection.execute(query).rowcount):
        raise Refused(404, "There is no such invitation.")


@router.post("/{campaign}/members", status_code=201)
def add_member(campaign: Id, body: NewMember, who: Owner, studio: Here, request: Request) -> None:
    """Makes an account a manager or reviewer of a campaign."""
    now = studio.clock()

    def job(connection: Any) -> bool:
        find_campaign(connection, campaign)
        there = connection.execute(select(accounts.c.id).where(accounts.c.id == body.account)).first()
        mine = (
            members.c.campaign == campaign,
            members.c.account == body.account,
            members.c.role == body.role,
        )
        again = connection.execute(update(members).where(*mine).values(state="active")).rowcount
        if there is not None and not again:
            connection.execute(
                insert(members).values(campaign=campaign, account=body.account, role=body.role, at=now)
            )
        note(connection, now, who.account, f"{body.role} added", body.account)
        return there is not None

    if not studio.writer.write_now(job):
        raise Refused(404, "There is no such account.")
    identities_of(request).forget()


@router.get("/{campaign}/progress")
def progress(campaign: Id, who: SignedIn, studio: Here) -> dict[str, Any]:
    """How many submissions are in each state, and how many tasks."""
    must_be(who, campaign, "manager")

    def counts(connection: Any, table: Any) -> dict[str, int]:
        query = (
            select(table.c.state, func.count()).where(table.c.campaign == campaign).group_by(table.c.state)
        )
        return {state: int(count) for state, count in connection.execute(query)}

    return {
        "submissions": studio.read(lambda connection: counts(connection, submissions)),
        "tasks": studio.read(lambda connection: counts(connection, tasks)),
    }


def families_of(connection: Any, campaign: str) -> list[str]:
    """The groups that a campaign's prompts fill."""
    query = select(tasks.c.family).where(tasks.c.campaign == campaign, tasks.c.kind == "record")
    return list(connection.execute(query.where(tasks.c.state == "open").group_by(tasks.c.family)).scalars())


def public(one: Campaign, studio: Studio) -> dict[str, Any]:
    """What anybody may know of a campaign."""
    told = one.settings
    hourly = round(told.pay_sample * 3600 / told.seconds) if told.seconds else 0
    return {
        "id": one.id, "title": one.title, "objective": studio.plan.objective, "door": one.door,
        "open": one.is_open(studio.clock()), "starts": one.starts, "ends": one.ends,
        "languages": list(told.languages), "instructions": told.instructions, "currency": told.currency,
        "pay_sample": told.pay_sample, "pay_check": told.pay_check, "pay_hour": hourly,
        "decide_days": told.decide_days, "adults_only": told.adults_only, "panel": list(told.panel),
    }  # fmt: skip
