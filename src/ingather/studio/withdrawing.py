"""Taking back: the same for the contributor's button, the API and ``ingather withdraw``.

First it is written down, in the database and in a list that no backup of the workspace holds, and from then
on nothing of it is shown or handed out. Then it is erased, under the workspace's lease. Whatever the moment
of a crash, ``finish_withdrawals`` goes on.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, delete, insert, select, update

from ingather.annotation.handout import new_id, release_place
from ingather.plan.model import Plan
from ingather.plan.read import read_plan
from ingather.releases.withdrawing import Rewritten, rewrite_releases
from ingather.sources.given import UPLOADS
from ingather.sources.signals.blocklist import KINDS, keep_blocked
from ingather.sources.signals.erasing import erase_from_archives, samples_of
from ingather.store.erasure import erase_samples, find_samples, remove_file, scrub_database
from ingather.store.leases import hold
from ingather.store.recount import recount
from ingather.store.reservations import change_places, lock_counts
from ingather.store.studio_schema import (
    accounts,
    assignments,
    consents,
    declarations,
    submissions,
    tasks,
    withdrawals,
)
from ingather.store.studio_schema import uploads as uploads_table
from ingather.store.workspace import Workspace

VARIABLE = "INGATHER_WITHDRAWALS"
"""Environment variable that names the list of withdrawals; default: a file beside the workspace's folder."""
What = Literal["sample", "contributor", "url", "domain", "author", "hash"]


@dataclass
class Withdrawn:
    """What was taken back.

    Attributes:
        samples: how many, with those that were cut from them.
        blobs: how many files of bytes went.
        releases: those that were rewritten.
        models: whether a model was trained on it: then it is stale.
        records: how many records of web archives went.
    """

    samples: int = 0
    blobs: int = 0
    releases: list[Rewritten] = field(default_factory=list)
    models: bool = False
    records: int = 0

    def as_json(self) -> dict[str, Any]:
        """What ``withdraw --json`` prints."""
        told = [
            {
                "release": one.release,
                "samples": one.samples,
                "digest": one.digest,
                "without": list(one.without),
            }
            for one in self.releases
        ]
        return {
            "samples": self.samples,
            "blobs": self.blobs,
            "releases": told,
            "models_stale": self.models,
            "records": self.records,
        }


def list_path(workspace: Workspace) -> Path:
    """Where the list of withdrawals lies: outside the workspace, so that a restore does not lose it."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else workspace.root.parent / f"{workspace.root.name}.withdrawals.jsonl"


def ask_withdrawal(
    connection: Connection, plan: Plan, what: What, name: str, now: float, who: str = ""
) -> None:
    """Writes a withdrawal down and hides what it is about, in the caller's transaction.

    Args:
        connection: inside a transaction that writes.
        plan: for the places that open again.
        what: a sample by its id, a contributor by pseudonym; or what is blocked from now on: an address, a
            domain, an author by pseudonym, a content.
        name: which, as the block list names it.
        now: seconds since 1970.
        who: the account whose submissions are meant, where it is one of the studio's.
    """
    lock_counts(connection)
    if what in KINDS:
        connection.execute(
            insert(withdrawals).values(id=new_id(), what=what, name=name, at=now, state="asked")
        )
        return
    mine = (
        submissions.c.account == who if what == "contributor" else submissions.c.sample == bytes.fromhex(name)
    )
    for row in connection.execute(select(submissions).where(mine, submissions.c.state != "withdrawn")).all():
        _hide(connection, plan, row, now)
    if what == "contributor" and who:
        connection.execute(
            update(consents).where(consents.c.account == who, consents.c.ended.is_(None)).values(ended=now)
        )
        live = select(assignments).where(assignments.c.worker == who, assignments.c.state == "reserved")
        for one in connection.execute(live).all():
            release_place(connection, plan, one, "void", now)
        connection.execute(delete(declarations).where(declarations.c.account == who))
        contributor = (accounts.c.id == who, accounts.c.role == "contributor")
        connection.execute(update(accounts).where(*contributor).values(name=None))
    connection.execute(insert(withdrawals).values(id=new_id(), what=what, name=name, at=now, state="asked"))


def finish_withdrawals(workspace: Workspace) -> Withdrawn:
    """Erases everything that was asked for and is not yet gone.

    Raises:
        WorkspaceBusy: a run holds the workspace; what was asked for stays hidden and is erased next time.
    """
    told = Withdrawn()
    _take_over(workspace)
    waiting = select(withdrawals).where(withdrawals.c.state == "asked")
    with workspace.database.connect() as connection:
        asked = connection.execute(waiting.order_by(withdrawals.c.at)).all()
    if not asked:
        return told
    plan = read_plan(workspace.plan_path)
    with hold(workspace.database, "run"):
        _keep_list(workspace, [{"what": one.what, "name": one.name, "at": one.at} for one in asked])
        ids = [one.name for one in asked if one.what == "sample"]
        people = [one.name for one in asked if one.what == "contributor"]
        blocked = [(one.what, one.name) for one in asked if one.what in KINDS]
        if blocked:
            keep_blocked(workspace.folder, blocked)
            people += [name for what, name in blocked if what == "author"]
            ids += samples_of(workspace, blocked)
        samples = find_samples(workspace, ids=ids, contributors=people)
        told.records = erase_from_archives(workspace.folder, blocked, _addresses(workspace, samples))
        told.releases = rewrite_releases(workspace, set(samples), max(one.at for one in asked))
        told.models = _was_trained_on(workspace, samples)
        erased = erase_samples(workspace, samples)
        told.samples, told.blobs = len(samples), erased.blobs
        _wipe(workspace)
        remove_file(workspace.root / "report.html")
        with workspace.database.begin() as connection:
            done = withdrawals.c.id.in_([one.id for one in asked])
            connection.execute(update(withdrawals).where(done).values(state="done", samples=len(samples)))
        recount(workspace, plan)
        scrub_database(workspace)
    return told


def _addresses(workspace: Workspace, samples: list[str]) -> set[str]:
    """Where samples were found on the web."""
    found: set[str] = set()
    for at in range(0, len(samples), 500):
        for told in workspace.samples.by_ids(samples[at : at + 500], ["origin"])["origin"].to_pylist():
            uri = orjson.loads(told or "{}").get("uri") or ""
            if uri.startswith(("http://", "https://")):
                found.add(uri)
    return found


def known_contributor(workspace: Workspace, plan: Plan, account: str) -> list[str]:
    """The pseudonyms that an account of the studio has in the samples, by source."""
    voices = [source.identity for source in plan.sources if source.kind == "voice"]
    return sorted({workspace.pseudonym(plan, one, account) for one in voices})


def _hide(connection: Connection, plan: Plan, row: Any, now: float) -> None:
    held = connection.execute(select(assignments).where(assignments.c.id == row.assignment)).first()
    if held is not None:
        if held.state in ("reserved", "submitted"):
            release_place(connection, plan, held, "void", now)
        elif held.state == "accepted" and not row.carried:
            change_places(connection, plan, held.source, orjson.loads(held.groups), accepted=-held.amount)
        connection.execute(update(assignments).where(assignments.c.id == held.id).values(state="void"))
    checks = select(tasks.c.id).where(tasks.c.subject == row.id)
    connection.execute(update(tasks).where(tasks.c.subject == row.id).values(state="void"))
    connection.execute(
        update(assignments)
        .where(assignments.c.task.in_(checks), assignments.c.state == "reserved")
        .values(state="void")
    )
    connection.execute(
        update(submissions)
        .where(submissions.c.id == row.id)
        .values(
            state="withdrawn", record="{}", measures="{}", blob="", reason="", appeal=None, decided=now,
            size=0, seconds=None,
        )
    )  # fmt: skip


def _wipe(workspace: Workspace) -> None:
    """Takes the bytes of what is withdrawn out of the studio's own folder."""
    folder = workspace.folder / UPLOADS
    gone = submissions.c.state == "withdrawn"
    with workspace.database.begin() as connection:
        names = connection.execute(select(submissions.c.id).where(gone)).scalars().all()
        keys = select(submissions.c.upload_key).where(gone)
        parts = (
            connection.execute(select(uploads_table.c.id).where(uploads_table.c.upload_key.in_(keys)))
            .scalars()
            .all()
        )
        connection.execute(delete(uploads_table).where(uploads_table.c.id.in_(parts)))
    for name in [*names, *(f"{part}.part" for part in parts)]:
        remove_file(folder / name)


def _was_trained_on(workspace: Workspace, samples: list[str]) -> bool:
    return workspace.predictions.exists and any(
        workspace.predictions.by_ids(samples[at : at + 500], ["id"]).num_rows
        for at in range(0, len(samples), 500)
    )


def _keep_list(workspace: Workspace, entries: Iterable[dict[str, Any]]) -> None:
    """Adds to the list outside; what stands there already is not added again."""
    path = list_path(workspace)
    known = {(one["what"], one["name"]) for one in _read_list(path)}
    new = [one for one in entries if (one["what"], one["name"]) not in known]
    if not new:
        return
    with open(path, "ab") as file:
        file.write(b"".join(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in new))
        file.flush()
        os.fsync(file.fileno())


def _read_list(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    found = []
    for line in path.read_bytes().splitlines():
        try:
            found.append(orjson.loads(line))
        except orjson.JSONDecodeError:
            continue  # the last line of a crash: it is asked for again
    return found


def _take_over(workspace: Workspace) -> None:
    """Asks again for what the list outside holds and the database does not: a backup was restored."""
    listed = _read_list(list_path(workspace))
    if not listed:
        return
    with workspace.database.connect() as connection:
        there = {
            (row.what, row.name) for row in connection.execute(select(withdrawals.c.what, withdrawals.c.name))
        }
    lost = [one for one in listed if (one["what"], one["name"]) not in there]
    if not lost:
        return
    plan = read_plan(workspace.plan_path)
    with workspace.database.begin() as connection:
        names = connection.execute(select(accounts.c.id)).scalars().all()
        by_pseudonym = {one: name for name in names for one in known_contributor(workspace, plan, name)}
        for one in lost:
            ask_withdrawal(
                connection, plan, one["what"], one["name"], one["at"], by_pseudonym.get(one["name"], "")
            )
