"""Signing in and out, the owner's first link, tokens, one's own account."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from sqlalchemy import delete, insert, select, update

from ingather.annotation.handout import new_id
from ingather.store.studio_schema import accounts, api_tokens, studio_settings
from ingather.studio.answers import ERRORS, Body, Line, Refused, Secret
from ingather.studio.credentials import hash_password, hashed, is_password, new_code, new_secret, plain_code
from ingather.studio.guard import COOKIE, Here, Id, Maybe, SignedIn, identities_of, same_site
from ingather.studio.identity import (
    SCOPES,
    Scope,
    begin_session,
    end_sessions,
    new_account,
    note,
    revoke_token,
)
from ingather.studio.state import Studio

router = APIRouter(prefix="/api", tags=["account"], responses=ERRORS)
FIRST = "first_link"


class FirstOwner(Body):
    """The one-time link's token, and the account that it makes."""

    token: Secret
    name: Line = Field(min_length=1)
    password: Secret = Field(min_length=10)


class SignIn(Body):
    """Name and password, or a recovery code alone."""

    name: Line = ""
    password: Secret = ""
    code: Secret = ""


class NewPassword(Body):
    """A password, with the old one where there is one."""

    old: Secret = ""
    new: Secret = Field(min_length=10)


class NewToken(Body):
    """What a token is for and what it may."""

    name: Line = Field(min_length=1)
    scopes: list[Scope] = Field(min_length=1, max_length=len(SCOPES))
    days: float | None = Field(None, gt=0, le=3650)


def sign_in(studio: Studio, response: Response, secret: str, csrf: str) -> dict[str, Any]:
    """Sets the session's cookie and tells the page its CSRF token."""
    response.set_cookie(
        COOKIE, secret, max_age=int(studio.settings.session_seconds), httponly=True, samesite="strict",
        secure=studio.settings.secure, path=studio.settings.root_path or "/",
    )  # fmt: skip
    return {"csrf": csrf}


@router.post("/owner", dependencies=[Depends(same_site)], status_code=201)
def make_owner(body: FirstOwner, studio: Here, response: Response) -> dict[str, Any]:
    """Makes the owner's account by the link that the first start printed; it works once."""
    password, now = hash_password(body.password), studio.clock()

    def job(connection: Any) -> tuple[str, str] | None:
        used = connection.execute(
            delete(studio_settings).where(
                studio_settings.c.name == FIRST, studio_settings.c.value == hashed(body.token)
            )
        ).rowcount
        if not used:
            return None
        account = new_account(connection, "owner", now, name=body.name, password=password)
        note(connection, now, account, "owner made")
        return begin_session(connection, account, now, studio.settings.session_seconds)

    made = studio.writer.write_now(job)
    if made is None:
        raise Refused(
            403, "This link was used already, or is not the studio's.", fix="ingather studio --new-link"
        )
    return sign_in(studio, response, *made)


@router.post("/session", dependencies=[Depends(same_site)])
def begin(body: SignIn, studio: Here, response: Response) -> dict[str, Any]:
    """Signs in by name and password, or by the code on paper."""
    column, value = (
        (accounts.c.recovery, hashed(plain_code(body.code))) if body.code else (accounts.c.name, body.name)
    )
    row = studio.read(lambda connection: connection.execute(select(accounts).where(column == value)).first())
    fine = row is not None if body.code else is_password(row.password if row else None, body.password)
    if row is None or not fine or row.disabled:
        raise Refused(401, "Name and password, or the code, do not fit.", fix="Look for typing mistakes.")
    now, account = studio.clock(), row.id

    def job(connection: Any) -> tuple[str, str]:
        note(connection, now, account, "signed in")
        return begin_session(connection, account, now, studio.settings.session_seconds)

    return sign_in(studio, response, *studio.writer.write_now(job))


@router.delete("/session", status_code=204)
def end(who: SignedIn, studio: Here, request: Request, response: Response) -> None:
    """Signs out."""
    studio.writer.write_now(lambda connection: end_sessions(connection, who.account, only=who.secret))
    identities_of(request).forget()
    response.delete_cookie(COOKIE, path=studio.settings.root_path or "/")


@router.get("/me")
def me(who: Maybe, studio: Here) -> dict[str, Any]:
    """Who is signed in, with the CSRF token; ``{"account": null}`` where nobody is."""
    if who is None:
        return {"account": None}
    row = studio.read(
        lambda connection: connection.execute(select(accounts).where(accounts.c.id == who.account)).one()
    )
    campaigns = {name: sorted(roles) for name, roles in who.campaigns.items()}
    return {
        "account": who.account, "name": row.name, "role": who.role, "language": row.language,
        "campaigns": campaigns, "csrf": who.csrf, "recovery": row.recovery is not None,
    }  # fmt: skip


@router.post("/me/password", status_code=204)
def set_password(body: NewPassword, who: SignedIn, studio: Here, request: Request) -> None:
    """Changes the password; all other sessions end."""
    row = studio.read(
        lambda connection: connection.execute(select(accounts).where(accounts.c.id == who.account)).one()
    )
    if row.password is not None and not is_password(row.password, body.old):
        raise Refused(409, "The old password does not fit.")
    fresh, now = hash_password(body.new), studio.clock()

    def job(connection: Any) -> None:
        connection.execute(update(accounts).where(accounts.c.id == who.account).values(password=fresh))
        end_sessions(connection, who.account)
        note(connection, now, who.account, "password changed")

    studio.writer.write_now(job)
    identities_of(request).forget()


@router.post("/me/recovery", status_code=201)
def new_recovery(who: SignedIn, studio: Here) -> dict[str, str]:
    """A new code for paper; the old one no longer works. It is told this once."""
    code, now = new_code(), studio.clock()

    def job(connection: Any) -> None:
        connection.execute(update(accounts).where(accounts.c.id == who.account).values(recovery=hashed(code)))
        note(connection, now, who.account, "recovery code made")

    studio.writer.write_now(job)
    return {"code": code}


@router.get("/tokens")
def list_tokens(who: SignedIn, studio: Here) -> list[dict[str, Any]]:
    """One's own API tokens, without their secrets."""
    query = select(api_tokens).where(api_tokens.c.account == who.account).order_by(api_tokens.c.at)
    rows = studio.read(lambda connection: connection.execute(query).all())
    return [
        {"id": row.id, "name": row.name, "scopes": orjson.loads(row.scopes), "at": row.at, "until": row.until,
         "revoked": row.revoked}
        for row in rows
    ]  # fmt: skip


@router.post("/tokens", status_code=201)
def make_token(body: NewToken, who: SignedIn, studio: Here) -> dict[str, str]:
    """Makes an API token; its secret is told this once. A token cannot make tokens."""
    if who.csrf is None:
        raise Refused(403, "A token cannot make tokens.", fix="Sign in with your password.")
    secret, one, now = new_secret(), new_id(), studio.clock()
    until = None if body.days is None else now + body.days * 86400

    def job(connection: Any) -> None:
        connection.execute(
            insert(api_tokens).values(
                id=one, hash=hashed(secret), account=who.account, name=body.name, at=now, until=until,
                scopes=orjson.dumps(sorted(set(body.scopes))).decode(), revoked=False,
            )
        )  # fmt: skip
        note(connection, now, who.account, "token made", one)

    studio.writer.write_now(job)
    return {"id": one, "token": secret}


@router.delete("/tokens/{token}", status_code=204)
def end_token(token: Id, who: SignedIn, studio: Here, request: Request) -> None:
    """Revokes one of one's own tokens."""
    now = studio.clock()

    def job(connection: Any) -> bool:
        found = revoke_token(connection, who.account, token)
        if found:
            note(connection, now, who.account, "token revoked", token)
        return found

    if not studio.writer.write_now(job):
        raise Refused(404, "You have no such token.")
    identities_of(request).forget()
