"""Finds what a crash or a meddling hand left wrong, and mends it; never while a run holds the lease."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import delete, func, select

from ingather.store.cursors import drop_cursors
from ingather.store.database_schema import items
from ingather.store.packed_ids import id_numbers
from ingather.store.workspace import Workspace

_MOST = 20


@dataclass
class Complaint:
    """One thing that is wrong.

    Attributes:
        what: in words.
        count: how many.
        some: names of some of them.
        mended: whether it was put right just now.
        fix: what mends it.
    """

    what: str
    count: int
    some: list[str] = field(default_factory=list)
    mended: bool = False
    fix: str = "ingather doctor --repair"


def examine(workspace: Workspace, *, repair: bool = False) -> list[Complaint]:
    """Checks that blobs, rows and journal agree; with ``repair`` mends what can be mended.

    A row without its blob is collected again at the next run; a blob that no row needs is removed; items of
    the journal without a row are forgotten, so that their source brings them again.
    """
    found = [*_blobs(workspace, repair), *_journal(workspace, repair)]
    left = workspace.blobs.sweep() if repair else _unfinished(workspace)
    if left:
        found.append(Complaint("files that a broken-off run left behind", left, mended=repair))
    return found


def _unfinished(workspace: Workspace) -> int:
    folder = workspace.blobs.root / "new"
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def _blobs(workspace: Workspace, repair: bool) -> list[Complaint]:
    there = pa.array(list(workspace.blobs.digests()), pa.string())
    needed: list[pa.Array] = []
    lost: list[str] = []
    for table in (workspace.samples, workspace.cleaned):
        for batch in table.scan(["id", "blob"], where="blob IS NOT NULL"):
            needed.append(batch.column("blob"))
            missing = pc.invert(pc.is_in(batch.column("blob"), value_set=there))
            if table is workspace.samples:
                lost += batch.column("id").filter(missing).to_pylist()
    for batch in workspace.samples.scan(["parts"], where="parts IS NOT NULL"):
        text = "".join(batch.column("parts").to_pylist())
        names = [piece.split('"', 1)[0] for piece in text.split('"blob":"')[1:]]
        needed.append(pa.array(names, pa.string()))
    found = []
    if lost:
        if repair:
            _forget(workspace, lost)
        found.append(Complaint("samples without their blob", len(lost), lost[:_MOST], repair))
    wanted = pa.chunked_array(needed, pa.string()) if needed else pa.array([], pa.string())
    spare = there.filter(pc.invert(pc.is_in(there, value_set=wanted))).to_pylist()
    if spare:
        if repair:
            for name in spare:
                workspace.blobs.remove(name)
        found.append(Complaint("blobs that no sample needs", len(spare), spare[:_MOST], repair))
    return found


def _journal(workspace: Workspace, repair: bool) -> list[Complaint]:
    rows = {int(n) for batch in workspace.samples.scan(["id"]) for n in id_numbers(batch.column("id"))}
    with workspace.database.connect() as connection:
        known = [bytes(row.id) for row in connection.execute(select(items.c.id))]
    ahead = [one.hex() for one in known if int.from_bytes(one[:8], "big") not in rows]
    if not ahead:
        return []
    if repair:
        _forget(workspace, ahead)
    return [Complaint("items noted as collected that have no sample", len(ahead), ahead[:_MOST], repair)]


def _forget(workspace: Workspace, ids: list[str]) -> None:
    with workspace.database.begin() as connection:
        for start in range(0, len(ids), 500):
            part = [bytes.fromhex(one) for one in ids[start : start + 500]]
            connection.execute(delete(items).where(items.c.id.in_(part)))
        drop_cursors(connection, "collect:")


def sizes(workspace: Workspace) -> dict[str, int]:
    """Rows of the samples table and of the journal, for a quick comparison."""
    with workspace.database.connect() as connection:
        journal = int(connection.execute(select(func.count()).select_from(items)).scalar() or 0)
    return {"samples": workspace.samples.count(), "journal": journal}
