"""Who asks: sessions in cookies and API tokens, both looked up by the hash of their secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import orjson
from sqlalchemy import Connection, Engine, delete, insert, select, update

from ingather.annotation.handout import new_id
from ingather.store.studio_schema import accounts, api_tokens, audit, members, sessions
from ingather.studio.credentials import hashed, new_secret

Role: TypeAlias = Literal["owner", "manager", "reviewer", "facilitator", "contributor"]
Scope: TypeAlias = Literal["read", "write", "export"]
SCOPES: tuple[Scope, ...] = ("read", "write", "export")
_REMEMBERED = 2.0
"""Seconds for which a look-up is believed: a token that was revoked in another process ends after that."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who is signed in.

    Attributes:
        account: their id.
        role: owner, or what they are at the most; what they are in a campaign stands in ``campaigns``.
        campaigns: roles by campaign.
        csrf: what changes must carry in X-CSRF-Token; None where a token was used.
        scopes: what the token allows; all where a session was used.
        secret: hash of the session's or token's secret.
        facilitator: who does this for them on a shared phone; None where they do it themselves.
    """

    account: str
    role: Role
    campaigns: dict[str, frozenset[str]]
    csrf: str | None
    scopes: frozenset[str]
    secret: str
    facilitator: str | None = None

    def is_in(self, campaign: str, *roles: Role) -> bool:
        """Whether they have one of these roles in a campaign; the owner has every role but contributor."""
        if self.role == "owner" and set(roles) - {"contributor"}:
            return True
        held = self.campaigns.get(campaign, frozenset())
        return bool(held.intersection(roles))


class Identities:
    """Looks up who a secret belongs to, remembering it for a moment."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Identity]] = {}

    def find(
        self, connection_of: object, secret: str, kind: Literal["session", "token"], now: float
    ) -> Identity | None:
        """The identity of a secret, or None; ``connection_of`` is the engine."""
        assert isinstance(connection_of, Engine)
        key = hashed(secret)
        known = self._known.get(key)
        if known is not None and known[0] > now:
            return known[1]
        with connection_of.connect() as connection:
            found = (_by_session if kind == "session" else _by_token)(connection, key, now)
        if found is None:
            self._known.pop(key, None)
            return None
        if len(self._known) > 20_000:
            self._known.clear()
        self._known[key] = now + _REMEMBERED, found
        return found

    def acting(self, engine: Engine, who: Identity, account: str, now: float) -> Identity | None:
        """A contributor whom this facilitator enrolled, with the facilitator kept; None for anybody else."""
        key = f"{who.secret}:{account}"
        known = self._known.get(key)
        if known is not None and known[0] > now:
            return known[1]
        with engine.connect() as connection:
            mine = (accounts.c.id == account, accounts.c.facilitator == who.account)
            there = connection.execute(select(accounts.c.role).where(*mine, accounts.c.disabled.is_(False)))
            if there.scalar() != "contributor":
                return None
            roles = _campaigns(connection, account)
        found = Identity(account, "contributor", roles, who.csrf, who.scopes, who.secret, who.account)
        self._known[key] = now + _REMEMBERED, found
        return found

    def forget(self) -> None:
        """Whatever changed, look again."""
        self._known.clear()


def begin_session(connection: Connection, account: str, now: float, seconds: float) -> tuple[str, str]:
    """A new session; returns its secret and its CSRF token."""
    secret, csrf = new_secret(), new_secret()
    connection.execute(
        insert(sessions).values(hash=hashed(secret), account=account, csrf=csrf, at=now, until=now + seconds)
    )
    return secret, csrf


def end_sessions(connection: Connection, account: str, *, only: str | None = None) -> None:
    """Signs out: one session by its hash, or all of an account."""
    query = delete(sessions).where(sessions.c.account == account)
    connection.execute(query.where(sessions.c.hash == only) if only else query)


def note(
    connection: Connection, at: float, who: str, what: str, about: str = "", detail: object = None
) -> None:
    """Writes into the log of who did what; ids only, never what people said."""
    told = orjson.dumps(detail).decode() if detail is not None else ""
    connection.execute(insert(audit).values(at=at, who=who, what=what, about=about, detail=told))


def new_account(connection: Connection, role: Role, now: float, **values: object) -> str:
    """Makes an account and returns its id."""
    one = new_id()
    connection.execute(
        insert(accounts).values(id=one, role=role, at=now, disabled=False, **{"language": "en", **values})
    )
    return one


def revoke_token(connection: Connection, account: str, token: str) -> bool:
    """Ends one token of an account."""
    where = (api_tokens.c.id == token, api_tokens.c.account == account)
    return bool(connection.execute(update(api_tokens).where(*where).values(revoked=True)).rowcount)


def _by_session(connection: Connection, key: str, now: float) -> Identity | None:
    row = connection.execute(
        select(sessions.c.account, sessions.c.csrf, accounts.c.role)
        .join(accounts, accounts.c.id == sessions.c.account)
        .where(sessions.c.hash == key, sessions.c.until > now, accounts.c.disabled.is_(False))
    ).first()
    if row is None:
        return None
    return Identity(
        row.account, row.role, _campaigns(connection, row.account), row.csrf, frozenset(SCOPES), key
    )


def _by_token(connection: Connection, key: str, now: float) -> Identity | None:
    row = connection.execute(
        select(api_tokens.c.account, api_tokens.c.scopes, api_tokens.c.until, accounts.c.role)
        .join(accounts, accounts.c.id == api_tokens.c.account)
        .where(api_tokens.c.hash == key, api_tokens.c.revoked.is_(False), accounts.c.disabled.is_(False))
    ).first()
    if row is None or (row.until is not None and row.until <= now):
        return None
    scopes = frozenset(orjson.loads(row.scopes))
    return Identity(row.account, row.role, _campaigns(connection, row.account), None, scopes, key)


def _campaigns(connection: Connection, account: str) -> dict[str, frozenset[str]]:
    told: dict[str, frozenset[str]] = {}
    for row in connection.execute(
        select(members.c.campaign, members.c.role).where(
            members.c.account == account, members.c.state == "active"
        )
    ):
        told[row.campaign] = told.get(row.campaign, frozenset()) | {row.role}
    return told
