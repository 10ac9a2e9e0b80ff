"""Panels: where participants end, and the table that approves them; what is soon to be erased."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Literal

import orjson
from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import func, select

from ingather.store.studio_schema import members, submissions
from ingather.studio.answers import ERRORS, Body
from ingather.studio.campaign import find_campaign
from ingather.studio.credit import safe_csv
from ingather.studio.guard import Here, Id, Owner, SignedIn, must_be

router = APIRouter(prefix="/api", tags=["panels"], responses=ERRORS)
NOTICE_DAYS = 30
"""Days before its end on which the owner is told of what the plan keeps until then."""


class Ending(Body):
    """Where a panel's participant goes when there is nothing more to do here."""

    state: Literal["completed", "screened out", "full"]
    url: str | None = Field(description="the panel's address, null where the campaign names none")


class Notice(Body):
    """Samples that the plan keeps until a day that is near or over."""

    source: str
    keep_until: date
    days: int = Field(description="until then; below zero where it is over")


@router.get("/campaigns/{campaign}/ending")
def ending(campaign: Id, who: SignedIn, studio: Here) -> Ending:
    """Completed for who gave something; full where the campaign is no longer open; else screened out."""
    must_be(who, campaign, "contributor")
    given = select(submissions.c.id).where(
        submissions.c.account == who.account, submissions.c.campaign == campaign
    )

    def reading(connection: Any) -> tuple[Any, bool]:
        return find_campaign(connection, campaign), connection.execute(given.limit(1)).first() is not None

    one, gave = studio.read(reading)
    told = one.settings
    if gave:
        return Ending(state="completed", url=_web(told.completed_url))
    if not one.is_open(studio.clock()):
        return Ending(state="full", url=_web(told.full_url))
    return Ending(state="screened out", url=_web(told.screened_out_url))


@router.get("/campaigns/{campaign}/panel.csv", response_class=Response)
def approval(campaign: Id, who: SignedIn, studio: Here) -> Response:
    """What the panel's participants gave, by the parameters of their links: for approval there."""
    must_be(who, campaign, "manager")
    states = ("accepted", "surplus", "waiting", "disputed", "refused")
    counted = (
        select(submissions.c.account, submissions.c.state, func.count().label("n"))
        .where(submissions.c.campaign == campaign)
        .group_by(submissions.c.account, submissions.c.state)
    )
    joined = select(members.c.account, members.c.panel).where(
        members.c.campaign == campaign, members.c.role == "contributor"
    )

    def reading(connection: Any) -> tuple[list[str], list[list[object]]]:
        names = list(find_campaign(connection, campaign).settings.panel)
        given: dict[str, dict[str, int]] = {}
        for row in connection.execute(counted):
            given.setdefault(row.account, {})[row.state] = row.n
        rows: list[list[object]] = []
        for row in connection.execute(joined.order_by(members.c.at)):
            kept, mine = orjson.loads(row.panel), given.get(row.account, {})
            if kept:
                rows.append([*(kept.get(name, "") for name in names), *(mine.get(one, 0) for one in states)])
        return names, rows

    names, rows = studio.read(reading)
    headers = {"content-disposition": 'attachment; filename="panel.csv"'}
    return Response(safe_csv([*names, *states], rows), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/notices")
def notices(who: Owner, studio: Here) -> list[Notice]:
    """What the plan keeps only until a day that is at most 30 days away, the nearest first."""
    plan, today = studio.plan, datetime.fromtimestamp(studio.clock(), UTC).date()
    found = []
    for source in plan.sources:
        until = plan.rights_of(source).keep_until
        if until is not None:
            day = date.fromisoformat(until)
            found.append(Notice(source=source.name, keep_until=day, days=(day - today).days))
    return sorted((one for one in found if one.days <= NOTICE_DAYS), key=lambda one: one.days)


def _web(address: str) -> str | None:
    return address if address.startswith(("https://", "http://")) else None
