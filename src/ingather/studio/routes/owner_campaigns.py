"""Campaigns as those who run them see them: all of them, what waits, who gives, prompts, texts, links."""

from __future__ import annotations

import csv
import io
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query
from pydantic import Field, ValidationError
from sqlalchemy import func, select, tuple_

from ingather.store.studio_schema import (
    accounts,
    campaigns,
    consent_texts,
    declarations,
    invitations,
    ledger,
    members,
    prompts,
    submissions,
    tasks,
)
from ingather.studio.answers import ERRORS, Body, Refused
from ingather.studio.campaign import PromptIn, add_prompts, campaign_of, find_campaign
from ingather.studio.guard import Here, Id, Owner, SignedIn, must_be
from ingather.studio.identity import note
from ingather.studio.routes.campaigns import public

router = APIRouter(prefix="/api", tags=["running campaigns"], responses=ERRORS)
Limit = Annotated[int, Query(ge=1, le=500)]
After = Annotated[str, Query(max_length=60, pattern=r"^[0-9a-f.:]*$", description="the next of a page")]
WAITING = ("waiting", "disputed")
_COLUMNS = ("text", "kind", "language", "label")


class PromptTable(Body):
    """Prompts as a CSV with a header: text, and kind, language, label; other columns are attributes."""

    csv: str = Field(min_length=1, max_length=8_000_000)


@router.get("/managed")
def managed(who: SignedIn, studio: Here) -> list[dict[str, Any]]:
    """The campaigns that somebody manages or reviews, newest first, with what waits in each."""
    if who.role == "contributor":
        raise Refused(403, "Only those who run a campaign may do this.")
    counted = select(submissions.c.campaign, submissions.c.state, func.count().label("n"))

    def reading(connection: Any) -> tuple[list[Any], list[Any]]:
        found = connection.execute(select(campaigns).order_by(campaigns.c.at.desc())).all()
        mine = [row for row in found if who.is_in(row.id, "manager", "reviewer")]
        by_state = counted.where(submissions.c.campaign.in_([row.id for row in mine]))
        states = connection.execute(by_state.group_by(submissions.c.campaign, submissions.c.state)).all()
        return mine, states

    rows, states = studio.read(reading)
    counts: dict[str, dict[str, int]] = {}
    for row in states:
        counts.setdefault(row.campaign, {})[row.state] = row.n
    return [
        {
            **public(campaign_of(row), studio), "state": row.state, "source": row.source, "at": row.at,
            "places": row.places, "settings": orjson.loads(row.settings),
            "submissions": counts.get(row.id, {}),
            "may": sorted(r for r in ("manager", "reviewer") if who.is_in(row.id, r)),
        }
        for row in rows
    ]  # fmt: skip


@router.get("/campaigns/{campaign}/waiting")
def waiting(
    campaign: Id, who: SignedIn, studio: Here, after: After = "", limit: Limit = 50
) -> dict[str, Any]:
    """What is not decided yet, oldest first, by page; who gave it is not told."""
    must_be(who, campaign, "manager", "reviewer")
    at, one = _cursor(after)
    after_it = tuple_(submissions.c.at, submissions.c.id) > tuple_(at, one)
    query = select(submissions).where(submissions.c.campaign == campaign, after_it)
    query = query.order_by(submissions.c.at, submissions.c.id).limit(limit + 1)

    def reading(connection: Any) -> list[Any]:  # one state a query: each goes along its index and stops
        return [
            row for state in WAITING for row in connection.execute(query.where(submissions.c.state == state))
        ]

    rows = sorted(studio.read(reading), key=lambda row: (row.at, row.id))[: limit + 1]
    told = [
        {
            "id": row.id, "state": row.state, "reason": row.reason, "seconds": row.seconds, "at": row.at,
            "due": row.due, "measures": orjson.loads(row.measures),
            "prompt": orjson.loads(row.record).get("data", {}).get("prompt"),
        }
        for row in rows[:limit]
    ]  # fmt: skip
    last = rows[limit - 1] if len(rows) > limit else None
    return {"submissions": told, "next": f"{last.at!r}:{last.id}" if last else None}


@router.get("/campaigns/{campaign}/contributors")
def contributors(
    campaign: Id, who: SignedIn, studio: Here, after: After = "", limit: Limit = 100
) -> dict[str, Any]:
    """Who takes part, by pseudonym, with what came of what they gave and what they are owed."""
    must_be(who, campaign, "manager")
    own = (members.c.campaign == campaign, members.c.role == "contributor")
    query = select(members.c.account, members.c.at, members.c.state).where(*own, members.c.account > after)

    def reading(connection: Any) -> tuple[list[Any], dict[str, dict[str, int]], dict[str, dict[str, int]]]:
        rows = connection.execute(query.order_by(members.c.account).limit(limit + 1)).all()
        names = [row.account for row in rows[:limit]]
        given: dict[str, dict[str, int]] = {}
        owed: dict[str, dict[str, int]] = {}
        states = select(submissions.c.account, submissions.c.state, func.count().label("n"))
        mine = (submissions.c.account.in_(names), submissions.c.campaign == campaign)
        grouped = states.where(*mine).group_by(submissions.c.account, submissions.c.state)
        for row in connection.execute(grouped):
            given.setdefault(row.account, {})[row.state] = row.n
        money = select(ledger.c.account, ledger.c.currency, func.sum(ledger.c.minor).label("minor"))
        paid = money.where(ledger.c.account.in_(names), ledger.c.campaign == campaign)
        for row in connection.execute(paid.group_by(ledger.c.account, ledger.c.currency)):
            owed.setdefault(row.account, {})[row.currency] = int(row.minor)
        return rows, given, owed

    rows, given, owed = studio.read(reading)
    told = [
        {"account": row.account, "at": row.at, "state": row.state,
         "given": given.get(row.account, {}), "owed": owed.get(row.account, {})}
        for row in rows[:limit]
    ]  # fmt: skip
    return {"contributors": told, "next": rows[limit - 1].account if len(rows) > limit else None}


@router.get("/campaigns/{campaign}/contributors/{account}")
def contributor(campaign: Id, account: Id, who: Owner, studio: Here) -> dict[str, Any]:
    """What is known of one person: name and panel's parameters; that it was looked at is written down."""
    now = studio.clock()

    def job(connection: Any) -> dict[str, Any]:
        mine = (members.c.account == account, members.c.campaign == campaign)
        row = connection.execute(select(members).where(*mine, members.c.role == "contributor")).first()
        if row is None:
            raise Refused(404, "Nobody of that number takes part.")
        person = connection.execute(select(accounts).where(accounts.c.id == account)).one()
        said = select(declarations).where(declarations.c.account == account, declarations.c.current.is_(True))
        about = {one.attribute: one.value for one in connection.execute(said)}
        note(connection, now, who.account, "identity looked at", account)
        return {
            "account": account, "name": person.name, "language": person.language,
            "panel": orjson.loads(row.panel), "about": about, "facilitator": person.facilitator,
            "same_as": person.same_as, "disabled": person.disabled,
        }  # fmt: skip

    return studio.writer.write_now(job)


@router.get("/campaigns/{campaign}/links")
def links(campaign: Id, who: SignedIn, studio: Here) -> list[dict[str, Any]]:
    """Invitations, newest first; their codes are told only when they are made."""
    must_be(who, campaign, "manager")
    query = select(invitations).where(invitations.c.campaign == campaign).order_by(invitations.c.at.desc())
    return [
        {"id": row.id, "note": row.note, "uses": row.uses, "used": row.used, "revoked": row.revoked,
         "at": row.at}
        for row in studio.read(lambda connection: connection.execute(query.limit(500)).all())
    ]  # fmt: skip


@router.get("/campaigns/{campaign}/staff")
def staff(campaign: Id, who: SignedIn, studio: Here) -> list[dict[str, Any]]:
    """Who manages, reviews and facilitates."""
    must_be(who, campaign, "manager")
    query = (
        select(members.c.account, members.c.role, members.c.state, accounts.c.name)
        .join(accounts, accounts.c.id == members.c.account)
        .where(members.c.campaign == campaign, members.c.role != "contributor")
        .order_by(members.c.at)
    )
    rows = studio.read(lambda connection: connection.execute(query).all())
    return [dict(row._mapping) for row in rows]


@router.get("/campaigns/{campaign}/consent-texts")
def texts(campaign: Id, who: SignedIn, studio: Here) -> list[dict[str, Any]]:
    """Every version of the consent text in every language, the newest first."""
    must_be(who, campaign, "manager")
    query = select(consent_texts).where(consent_texts.c.campaign == campaign)
    query = query.order_by(consent_texts.c.language, consent_texts.c.version.desc())
    return [
        {"hash": row.hash, "language": row.language, "version": row.version, "text": row.text,
         "current": row.current, "at": row.at}
        for row in studio.read(lambda connection: connection.execute(query).all())
    ]  # fmt: skip


@router.get("/campaigns/{campaign}/balance")
def balance(campaign: Id, who: SignedIn, studio: Here) -> list[dict[str, Any]]:
    """How many prompts there are for each group, how many of them are open, and how often people balked."""
    must_be(who, campaign, "manager")
    of_prompts = (
        select(prompts.c.groups, func.count().label("n"), func.sum(prompts.c.reports).label("reports"))
        .where(prompts.c.campaign == campaign)
        .group_by(prompts.c.groups)
        .order_by(prompts.c.groups)
    )
    of_tasks = (
        select(prompts.c.groups, func.count().label("n"))
        .join(tasks, tasks.c.subject == prompts.c.id)
        .where(prompts.c.campaign == campaign, tasks.c.state == "open")
        .group_by(prompts.c.groups)
    )
    rows, still = studio.read(
        lambda connection: (
            connection.execute(of_prompts).all(),
            {row.groups: row.n for row in connection.execute(of_tasks)},
        )
    )
    return [
        {"by": orjson.loads(row.groups), "prompts": row.n, "open": still.get(row.groups, 0),
         "reports": int(row.reports or 0)}
        for row in rows
    ]  # fmt: skip


@router.post("/campaigns/{campaign}/prompts.csv", status_code=201)
def import_table(campaign: Id, body: PromptTable, who: SignedIn, studio: Here) -> dict[str, int]:
    """Adds the prompts of a CSV; where a row is wrong none is added, and every wrong row is told."""
    must_be(who, campaign, "manager")
    plan, now = studio.plan, studio.clock()
    new = _prompts(body.csv, set(plan.attributes))

    def job(connection: Any) -> int:
        find_campaign(connection, campaign)
        note(connection, now, who.account, "prompts added", campaign, len(new))
        return add_prompts(connection, plan, campaign, new, now)

    return {"added": studio.writer.write_now(job)}


@router.get("/ledger")
def entries(who: Owner, studio: Here, before: int = 2**62, limit: Limit = 100) -> dict[str, Any]:
    """The ledger's entries, newest first, and what is owed in all by currency."""
    query = select(ledger).where(ledger.c.number < max(0, min(before, 2**62)))
    total = select(ledger.c.currency, func.sum(ledger.c.minor).label("minor")).group_by(ledger.c.currency)
    rows, owed = studio.read(
        lambda connection: (
            connection.execute(query.order_by(ledger.c.number.desc()).limit(limit + 1)).all(),
            {row.currency: int(row.minor) for row in connection.execute(total)},
        )
    )
    told = [dict(row._mapping) for row in rows[:limit]]
    for one in told:
        one.pop("cause")
    return {"owed": owed, "entries": told, "next": told[-1]["number"] if len(rows) > limit else None}


def _prompts(text: str, attributes: set[str]) -> list[PromptIn]:
    """The rows of a CSV as prompts.

    Raises:
        Refused: it has no column ``text``, a column nobody knows, or rows that are wrong.
    """
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    try:
        names = [name.strip() for name in reader.fieldnames or ()]
        rows = list(reader)
    except csv.Error as error:
        raise Refused(422, f"This is no CSV: {error}.", fix="Save it as CSV, in UTF-8.") from error
    unknown = [name for name in names if name not in _COLUMNS and name not in attributes]
    if "text" not in names or unknown:
        said = f"Nobody knows the column {unknown[0][:80]!r}." if unknown else "There is no column 'text'."
        raise Refused(422, said, fix=f"Columns: {', '.join([*_COLUMNS, *sorted(attributes)])}.")
    if len(rows) > 10_000:
        raise Refused(413, "More than 10,000 prompts at once.", fix="Send them in parts.")
    found, wrong = [], []
    for number, row in enumerate(rows, 2):
        cells = {(name or "").strip(): (value or "") for name, value in row.items() if isinstance(value, str)}
        told: dict[str, Any] = {name: cells[name] for name in _COLUMNS if cells.get(name)}
        told["attributes"] = {name: cells[name] for name in attributes if cells.get(name)}
        try:
            if None in row:
                raise ValueError("has more cells than the header")
            found.append(PromptIn.model_validate(told))
        except ValidationError as error:
            first = error.errors()[0]
            wrong.append(f"line {number}, {'.'.join(str(part) for part in first['loc'])}: {first['msg']}")
        except ValueError as error:
            wrong.append(f"line {number} {error}")
    if wrong:
        raise Refused(
            422, "; ".join(wrong[:20]) + ".", why=f"{len(wrong)} rows are wrong; none was added.",
            fix="Mend them and send the file again.",
        )  # fmt: skip
    return found


def _cursor(after: str) -> tuple[float, str]:
    at, colon, one = after.partition(":")
    try:
        return (float(at), one) if colon else (-1.0, "")
    except ValueError as error:
        raise Refused(422, "This is no place in the list.", fix="Use the 'next' before.") from error
