"""Consent: the texts, kept by hash, language and version, and what each person agreed to.

A record follows ISO/IEC TS 27560: who, to whom, which notice in which language, each purpose by itself, and
every event with its time. A new version of a text asks again; what came under the old one keeps the old.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, func, insert, select, update

from ingather.annotation.handout import new_id
from ingather.plan.model import Plan, Rights
from ingather.store.prepared import Prepared
from ingather.store.studio_schema import Record, consent_texts, consents
from ingather.store.workspace import Workspace
from ingather.studio.answers import Refused


def text_hash(text: str) -> str:
    """SHA-256 of a text as UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def texts_of_plan(workspace: Workspace, rights: Rights) -> Iterator[tuple[str, str]]:
    """(language, text) of the plan's consent file; others beside it are named by their language: es.md."""
    if not rights.consent:
        return
    path = workspace.root / rights.consent
    if not path.is_file():
        return
    others = sorted(one for one in path.parent.glob(f"*{path.suffix}") if one != path)
    own = path.stem if 2 <= len(path.stem) <= 12 else ""
    for language, one in [(own, path), *((one.stem, one) for one in others)]:
        yield language, one.read_text("utf-8-sig")


def keep_text(connection: Connection, campaign: str, language: str, text: str, now: float) -> str:
    """Makes a text the current one of its language; returns its hash. The same text again changes nothing."""
    key = text_hash(text)
    mine = (consent_texts.c.campaign == campaign, consent_texts.c.language == language)
    version = connection.execute(select(func.max(consent_texts.c.version)).where(*mine)).scalar() or 0
    connection.execute(update(consent_texts).where(*mine).values(current=False))
    again = connection.execute(
        update(consent_texts).where(*mine, consent_texts.c.hash == key).values(current=True)
    ).rowcount
    if not again:
        connection.execute(
            insert(consent_texts).values(
                hash=key, campaign=campaign, language=language, version=version + 1, text=text, current=True,
                at=now,
            )
        )  # fmt: skip
    return key


def current_texts(connection: Connection, campaign: str) -> list[Record]:
    """The current text of every language."""
    query = select(consent_texts).where(
        consent_texts.c.campaign == campaign, consent_texts.c.current.is_(True)
    )
    return list(connection.execute(query.order_by(consent_texts.c.language)).all())


def give_consent(
    connection: Connection,
    plan: Plan,
    account: str,
    campaign: str,
    *,
    text: str,
    purposes: tuple[str, ...],
    shown_at: float,
    of_age: bool | None,
    guardian: bool,
    method: str,
    now: float,
) -> str:
    """Records a consent; an earlier one of the campaign ends. Returns the record's id.

    Raises:
        Refused: the text is not the current one, or a purpose is not the plan's.
    """
    known = {row.hash: row for row in current_texts(connection, campaign)}
    if text not in known:
        raise Refused(409, "This text has changed since it was shown.", fix="Read the new one and say again.")
    unknown = set(purposes) - set(plan.rights.purposes)
    if unknown:
        raise Refused(422, f"The plan has no purpose '{min(unknown)}'.")
    one, row = new_id(), known[text]
    record = _record(one, plan, account, row, purposes, shown_at, of_age, guardian, method, now)
    end_consent(connection, account, campaign, now)
    connection.execute(
        insert(consents).values(
            id=one,
            account=account,
            campaign=campaign,
            text=text,
            at=now,
            record=orjson.dumps(record).decode(),
        )
    )
    return one


def end_consent(connection: Connection, account: str, campaign: str, now: float) -> int:
    """Ends what is agreed to; what was given under it stays until it is withdrawn."""
    mine = (consents.c.account == account, consents.c.campaign == campaign, consents.c.ended.is_(None))
    return int(connection.execute(update(consents).where(*mine).values(ended=now)).rowcount)


_STANDING = Prepared(
    select(consents)
    .join(
        consent_texts,
        (consent_texts.c.hash == consents.c.text) & (consent_texts.c.campaign == consents.c.campaign),
    )
    .where(
        consents.c.account == bindparam("who"),
        consents.c.campaign == bindparam("where_"),
        consents.c.ended.is_(None),
        consent_texts.c.current.is_(True),
    )
)


def standing_consent(connection: Connection, account: str, campaign: str) -> Record | None:
    """The consent under which somebody may give something now; None where the text is a newer one."""
    return _STANDING(connection, who=account, where_=campaign).first()


def granted(record: str) -> list[str]:
    """The purposes that a record grants."""
    return [one["purpose"] for one in orjson.loads(record)["purposes"] if one["granted"]]


def _record(
    one: str,
    plan: Plan,
    account: str,
    text: Record,
    purposes: tuple[str, ...],
    shown_at: float,
    of_age: bool | None,
    guardian: bool,
    method: str,
    now: float,
) -> dict[str, Any]:
    return {
        "schema_version": "ISO/IEC TS 27560:2023",
        "record_id": one,
        "pii_principal_id": account,
        "pii_controllers": [{"name": plan.rights.controller, "contact": plan.rights.contact}],
        "notice": {
            "hash": text.hash, "language": text.language, "version": text.version, "shown_at": shown_at,
        },
        "lawful_basis": plan.rights.lawful_basis or "consent",
        "purposes": [{"purpose": name, "granted": name in purposes} for name in plan.rights.purposes],
        "of_age": of_age,
        "guardian": guardian,
        "withdrawal_method": "the button Take back, or ingather withdraw",
        "events": [{"time": now, "type": "given", "method": method}],
    }  # fmt: skip
