"""From bytes to a submission: gates, the bytes on the disk, one transaction; then judged and decided."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update

from ingather.annotation.handout import ANY_FAMILY, add_tasks, current_room, new_id, release_place
from ingather.plan.model import Plan
from ingather.store.reservations import change_places, lock_counts
from ingather.store.studio_schema import Record, assignments, prompts, submissions, tasks
from ingather.store.workspace import Workspace
from ingather.studio.about import declared, groups_of
from ingather.studio.answers import Refused
from ingather.studio.campaign import Campaign
from ingather.studio.consent import granted, standing_consent
from ingather.studio.credentials import hashed
from ingather.studio.credit import credit
from ingather.studio.doubting import doubt_submission
from ingather.studio.gate_losses import loses_more, note_try
from ingather.studio.gates import Gated, measure
from ingather.studio.state import Studio

_DAY = 86400.0
_SURPLUS_AT_ONCE = 200
REDO = "redo:"
"""What an assignment's answer begins with that is the second try of a submission that was refused."""


@dataclass(frozen=True, slots=True)
class Handed:
    """Bytes, or a file that holds them, that somebody hands in for an assignment."""

    assignment: str
    account: str
    key: str
    content: bytes | Path
    device: str = ""
    facilitator: str | None = None


async def submit(studio: Studio, campaign: Campaign, handed: Handed) -> dict[str, Any]:
    """Takes a recording; answered once it is durable. The same key again gives the first answer again.

    Raises:
        Refused: the gates refuse it (422, with the measures), or the assignment is over.
    """
    known = await studio.reading(lambda connection: _by_key(connection, handed))
    if known is not None:
        return known
    plan = studio.plan
    loop = asyncio.get_running_loop()
    content = str(handed.content) if isinstance(handed.content, Path) else handed.content
    gated = await loop.run_in_executor(
        studio.gates, measure, content, plan.hash, str(studio.workspace.plan_path)
    )
    if gated.operator not in (None, "decode"):
        tried = (campaign.id, handed.account, str(gated.operator))
        if await studio.writer.write(lambda connection: _refused_by_gate(connection, plan, *tried)):
            gated = replace(gated, operator=None)  # its group loses clearly more: a person decides
    if gated.operator is not None:
        refusal = Refused(422, gated.reason, why=gated.operator, fix="Please record it again.")
        refusal.told["measures"] = gated.measures  # type: ignore[assignment]
        raise refusal
    one = new_id()
    digest, size = await asyncio.to_thread(_keep, studio.uploads / one, handed.content)
    now = studio.clock()
    told = await studio.writer.write(
        lambda connection: _enter(
            connection, studio.workspace, plan, campaign, handed, gated, one, digest, size, now
        )
    )
    if told.get("submission") != one:
        (studio.uploads / one).unlink(missing_ok=True)  # the same key came twice at once
    if "refused" in told:
        raise Refused(409, told["refused"])
    return told


def _refused_by_gate(connection: Connection, plan: Plan, campaign: str, account: str, operator: str) -> bool:
    """Counts what a gate refuses; whether this group loses so much more than others that a person decides."""
    groups = groups_of(plan, declared(connection, account))
    note_try(connection, campaign, groups, operator)
    return loses_more(connection, campaign, groups)


def accept(
    connection: Connection, plan: Plan, campaign: Campaign, one: Record, by: str | None, now: float
) -> bool:
    """Accepts a submission: its place is kept and its giver credited, once.

    Where its place is gone by now it becomes ``surplus``: credited all the same, and taken as soon as a place
    is open again (``take_surplus``).
    """
    lock_counts(connection)
    held = connection.execute(select(assignments).where(assignments.c.id == one.assignment)).one()
    groups = orjson.loads(held.groups)
    holding = held.state in ("reserved", "submitted")
    fits = holding or not held.amount or current_room(connection, plan).spare(groups) > 0
    state = "accepted" if fits else "surplus"
    done = connection.execute(
        update(submissions)
        .where(submissions.c.id == one.id, submissions.c.state.in_(("waiting", "disputed", "refused")))
        .values(state=state, decided=now, decided_by=by, reason="")
    ).rowcount
    if not done:
        return False
    if fits:
        reserved = -held.amount if holding else 0.0
        change_places(connection, plan, held.source, groups, reserved=reserved, accepted=held.amount)
    connection.execute(update(assignments).where(assignments.c.id == held.id).values(state=state, done=now))
    connection.execute(
        update(tasks)
        .where(tasks.c.subject == one.id, tasks.c.state.in_(("open", "full")))
        .values(state="decided")
    )
    _pay(connection, campaign, one.account, f"sample:{one.id}", campaign.settings.pay_sample, "accepted", now)
    return True


def take_surplus(connection: Connection, plan: Plan, now: float) -> int:
    """Gives places that are open again to what was accepted without one, oldest first; returns how many."""
    lock_counts(connection)
    taken = 0
    for source in (one.name for one in plan.sources if one.kind == "voice"):
        waiting = (
            select(
                submissions.c.id, assignments.c.id.label("held"), assignments.c.groups, assignments.c.amount
            )
            .join(assignments, assignments.c.id == submissions.c.assignment)
            .where(submissions.c.source == source, submissions.c.state == "surplus")
            .order_by(submissions.c.at)
            .limit(_SURPLUS_AT_ONCE)
        )
        for row in connection.execute(waiting).all():
            groups = orjson.loads(row.groups)
            if current_room(connection, plan).spare(groups) <= 0:
                continue
            change_places(connection, plan, source, groups, accepted=row.amount)
            for table, name in ((submissions, row.id), (assignments, row.held)):
                connection.execute(update(table).where(table.c.id == name).values(state="accepted"))
            taken += 1
    return taken


def refuse(connection: Connection, plan: Plan, one: Record, reason: str, by: str | None, now: float) -> bool:
    """Refuses a submission with a reason; its place is open again."""
    done = connection.execute(
        update(submissions)
        .where(submissions.c.id == one.id, submissions.c.state.in_(("waiting", "disputed")))
        .values(state="refused", decided=now, decided_by=by, reason=reason)
    ).rowcount
    if done:
        lock_counts(connection)
        held = connection.execute(select(assignments).where(assignments.c.id == one.assignment)).one()
        if held.state in ("reserved", "submitted"):
            release_place(connection, plan, held, "refused", now)
        connection.execute(
            update(tasks)
            .where(tasks.c.subject == one.id, tasks.c.state.in_(("open", "full")))
            .values(state="decided")
        )
    return bool(done)


def pay_check(connection: Connection, campaign: Campaign, account: str, assignment: str, now: float) -> None:
    """Credits one check."""
    _pay(connection, campaign, account, f"check:{assignment}", campaign.settings.pay_check, "checked", now)


def _pay(
    connection: Connection, campaign: Campaign, account: str, cause: str, minor: int, kind: str, now: float
) -> None:
    currency = campaign.settings.currency
    credit(
        connection,
        account,
        campaign.id,
        cause=cause,
        kind=kind,
        minor=minor,
        currency=currency,
        reason="",
        now=now,
    )


def _by_key(connection: Connection, handed: Handed) -> dict[str, Any] | None:
    row = connection.execute(
        select(submissions).where(
            submissions.c.account == handed.account, submissions.c.upload_key == handed.key
        )
    ).first()
    return _told(row) if row is not None else None


def _told(row: Record) -> dict[str, Any]:
    return {
        "submission": row.id,
        "state": row.state,
        "seconds": row.seconds,
        "measures": orjson.loads(row.measures),
    }


def _keep(path: Path, content: bytes | Path) -> tuple[str, int]:
    """Writes the bytes so that they are on the disk when this returns; returns their SHA-256 and size."""
    if isinstance(content, Path):
        return _link(path, content)
    fresh = path.with_suffix(".new")
    with open(fresh, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    _sync_folder(path.parent)
    return hashlib.sha256(content).hexdigest(), len(content)


def _link(path: Path, content: Path) -> tuple[str, int]:
    """Gives a file that is on the disk already a second name, whatever its size; SHA-256 and size."""
    with open(content, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    try:
        os.link(content, path)
    except OSError:  # a file system without links
        shutil.copyfile(content, path)
        with open(path, "rb+") as file:
            os.fsync(file.fileno())
    _sync_folder(path.parent)
    return digest, size


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _enter(
    connection: Connection,
    workspace: Workspace,
    plan: Plan,
    campaign: Campaign,
    handed: Handed,
    gated: Gated,
    one: str,
    digest: str,
    size: int,
    now: float,
) -> dict[str, Any]:
    known = _by_key(connection, handed)
    if known is not None:
        return known
    lock_counts(connection)
    held = connection.execute(select(assignments).where(assignments.c.id == handed.assignment)).first()
    if held is None or held.worker != handed.account:
        return {"refused": "There is no such task, or it is not yours."}
    state = "submitted"
    if held.state == "expired":
        groups = orjson.loads(held.groups)
        if current_room(connection, plan).spare(groups) > 0:
            change_places(connection, plan, held.source, groups, reserved=held.amount)
        else:
            state = "surplus"  # its place was given to somebody else: what was done is never refused for that
    elif held.state != "reserved":
        return {"refused": "This task was answered already, or left."}
    connection.execute(update(assignments).where(assignments.c.id == held.id).values(state=state, done=now))
    task = connection.execute(select(tasks).where(tasks.c.id == held.task)).one()
    prompt = connection.execute(select(prompts).where(prompts.c.id == task.subject)).one()
    consent = standing_consent(connection, handed.account, campaign.id)
    record = _sample_record(connection, workspace, plan, campaign, handed, prompt, consent)
    spec = plan.source(campaign.source)
    connection.execute(
        insert(submissions).values(
            id=one, assignment=held.id, upload_key=handed.key, campaign=campaign.id, source=campaign.source,
            account=handed.account, sample=bytes.fromhex(workspace.sample_id(spec.identity, one)),
            state="waiting", measures=orjson.dumps(gated.measures).decode(), blob=digest,
            media_type=gated.media_type or "application/octet-stream", size=size,
            seconds=gated.seconds, record=orjson.dumps(record).decode(),
            consent=consent.id if consent else None, facilitator=handed.facilitator,
            device=hashed(handed.device) if handed.device else None,
            redo_of=(held.answer or "").removeprefix(REDO) or None, at=now,
            due=now + campaign.settings.decide_days * _DAY,
        )
    )  # fmt: skip
    row = connection.execute(select(submissions).where(submissions.c.id == one)).one()
    doubt_submission(connection, row, held.at, now)
    if not gated.reason:
        note_try(connection, campaign.id, groups_of(plan, declared(connection, handed.account)), None)
    if gated.reason:
        waits = update(submissions).where(submissions.c.id == one)
        connection.execute(waits.values(state="disputed", reason=gated.reason))
        row = connection.execute(select(submissions).where(submissions.c.id == one)).one()
    elif campaign.settings.checks == 0:
        accept(connection, plan, campaign, row, None, now)
        row = connection.execute(select(submissions).where(submissions.c.id == one)).one()
    else:
        subject = (one, ANY_FAMILY, handed.account, None)
        add_tasks(connection, campaign.id, "check", [subject], overlap=campaign.settings.checks, now=now)
    return _told(row)


def _sample_record(
    connection: Connection,
    workspace: Workspace,
    plan: Plan,
    campaign: Campaign,
    handed: Handed,
    prompt: Record,
    consent: Record | None,
) -> dict[str, Any]:
    """All that the sample will say beside its sound, as it was when it was given."""
    answers = {
        name: value for name, value in declared(connection, handed.account).items() if value is not None
    }
    attributes = {name: value for name, value in answers.items() if name in plan.attributes}
    told = {name: value for name, value in orjson.loads(prompt.groups).items() if name in plan.attributes}
    data = {"prompt": prompt.text, "language": prompt.language, "kind": prompt.kind}
    evidence = {"campaign": campaign.id, "consent_record": consent.id if consent else None}
    if consent is not None:
        evidence["purposes"] = granted(consent.record)
    if handed.facilitator:
        evidence["facilitator"] = workspace.pseudonym(plan, "facilitator", handed.facilitator)
    return {
        "label": prompt.label,
        "data": data,
        "attributes": {**told, **attributes},
        "bases": {**dict.fromkeys(told, "source"), **dict.fromkeys(attributes, "declared")},
        "consent": consent.text if consent is not None and granted(consent.record) else None,
        "session": None,
        "evidence": evidence,
    }
