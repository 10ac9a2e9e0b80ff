"""The house: accounts, the log of who did what, health, readiness, coverage."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from sqlalchemy import select, text, update

from ingather.store.studio_schema import accounts, audit
from ingather.studio.answers import ERRORS, Body, Line, Refused, Secret
from ingather.studio.credentials import hash_password, hashed, new_secret
from ingather.studio.guard import Here, Id, Owner, SignedIn, identities_of, same_site
from ingather.studio.identity import begin_session, end_sessions, new_account, note
from ingather.studio.routes.session import sign_in

router = APIRouter(prefix="/api", tags=["house"], responses=ERRORS)


class NewAccount(Body):
    """Somebody who is to work here; what they may is given by campaign."""

    name: Line = Field(min_length=1)
    role: Literal["owner", "manager", "reviewer", "facilitator"]


class Disable(Body):
    """Whether an account may sign in."""

    disabled: bool


class Accept(Body):
    """The code of an invitation to an account, and the password to be."""

    code: Secret
    password: Secret = Field(min_length=10)


@router.get("/health")
async def health() -> dict[str, str]:
    """That the process answers."""
    return {"state": "ok"}


@router.get("/ready")
def ready(studio: Here, response: Response) -> dict[str, str]:
    """Whether requests can be served: database and plan can be read."""
    try:
        studio.read(lambda connection: connection.execute(text("SELECT 1")))
        _ = studio.plan
    except Exception:
        response.status_code = 503
        return {"state": "not ready"}
    return {"state": "ready"}


@router.get("/authority.crt", response_class=Response)
def authority(studio: Here) -> Response:
    """The certificate of the studio's own authority, for phones to trust; 404 where it has none."""
    from ingather.studio.authority import AUTHORITY, FOLDER

    path = studio.workspace.folder / FOLDER / AUTHORITY
    if not path.is_file():
        raise Refused(404, "This studio has no authority of its own.", fix="ingather studio --lan")
    return Response(path.read_bytes(), media_type="application/x-x509-ca-cert")


@router.get("/accounts")
def list_accounts(who: Owner, studio: Here, after: str = "", limit: int = 100) -> list[dict[str, Any]]:
    """Accounts of those who work here, and contributors by their id alone."""
    query = select(accounts).where(accounts.c.id > after[:24].replace("\0", "")).order_by(accounts.c.id)
    rows = studio.read(lambda connection: connection.execute(query.limit(max(1, min(limit, 1000)))).all())
    return [
        {"id": row.id, "name": None if row.role == "contributor" else row.name, "role": row.role,
         "at": row.at, "disabled": row.disabled}
        for row in rows
    ]  # fmt: skip


@router.post("/accounts", status_code=201)
def make_account(body: NewAccount, who: Owner, studio: Here) -> dict[str, str]:
    """Makes an account; its one-time code is told this once."""
    from sqlalchemy.exc import IntegrityError

    code, now = new_secret(), studio.clock()

    def job(connection: Any) -> str:
        one = new_account(connection, body.role, now, name=body.name, invitation=hashed(code))
        note(connection, now, who.account, f"{body.role} made", one)
        return one

    try:
        return {"id": studio.writer.write_now(job), "code": code}
    except IntegrityError as taken:
        raise Refused(409, "This name is taken.", fix="Choose another.") from taken


@router.post("/accounts/accept", dependencies=[Depends(same_site)])
def accept_account(body: Accept, studio: Here, response: Response) -> dict[str, Any]:
    """Takes an account by its one-time code, and signs in."""
    password, now = hash_password(body.password), studio.clock()

    def job(connection: Any) -> tuple[str, str] | None:
        mine = accounts.c.invitation == hashed(body.code)
        row = connection.execute(select(accounts.c.id).where(mine, accounts.c.disabled.is_(False))).first()
        if row is None:
            return None
        connection.execute(update(accounts).where(mine).values(password=password, invitation=None))
        return begin_session(connection, row.id, now, studio.settings.session_seconds)

    begun = studio.writer.write_now(job)
    if begun is None:
        raise Refused(403, "This code was used already, or is not ours.", fix="Ask the owner for a new one.")
    return sign_in(studio, response, *begun)


@router.patch("/accounts/{account}", status_code=204)
def disable(account: Id, body: Disable, who: Owner, studio: Here, request: Request) -> None:
    """Bars an account from signing in, or lets it in again."""
    now = studio.clock()
    if account == who.account:
        raise Refused(409, "You cannot bar yourself.")

    def job(connection: Any) -> bool:
        query = update(accounts).where(accounts.c.id == account).values(disabled=body.disabled)
        found = bool(connection.execute(query).rowcount)
        if found:
            end_sessions(connection, account)
            note(connection, now, who.account, "barred" if body.disabled else "let in", account)
        return found

    if not studio.writer.write_now(job):
        raise Refused(404, "There is no such account.")
    identities_of(request).forget()


@router.get("/audit")
def read_audit(who: Owner, studio: Here, before: int = 2**62, limit: int = 100) -> list[dict[str, Any]]:
    """Who did what, newest first."""
    query = select(audit).where(audit.c.number < max(0, min(before, 2**62))).order_by(audit.c.number.desc())
    rows = studio.read(lambda connection: connection.execute(query.limit(max(1, min(limit, 1000)))).all())
    return [
        {"number": row.number, "at": row.at, "who": row.who, "what": row.what, "about": row.about}
        for row in rows
    ]


@router.get("/coverage")
def coverage(who: SignedIn, studio: Here) -> list[dict[str, Any]]:
    """Every cell of the plan: wanted, kept, reserved, accepted."""
    from ingather.annotation.handout import current_room
    from ingather.annotation.room import targets_of
    from ingather.plan.cells import by_of

    if who.role == "contributor":
        raise Refused(403, "Only those who run a campaign may do this.")
    plan = studio.plan
    missing = studio.read(lambda connection: current_room(connection, plan)).missing
    return [
        {"by": by_of(key), "target": target, "missing": missing[key]}
        for key, target in targets_of(plan).items()
    ]
