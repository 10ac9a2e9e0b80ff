"""Erasing samples down to the bytes: tables with their old versions, blobs, caches, the database.

Nothing here knows why. What stays is the id in the journal, marked, so that a source that still has the item
does not bring it again.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pyarrow as pa
from sqlalchemy import delete, text, update

from ingather.store.cursors import drop_cursors
from ingather.store.database_schema import decisions, items, losses
from ingather.store.tables import Table
from ingather.store.workspace import Workspace

WITHDRAWN = "withdrawn"
"""The stamp of an item that was taken back."""
_MANY = 500


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: ids of samples with their children, and how many blobs went with them."""

    samples: tuple[str, ...]
    blobs: int


def find_samples(
    workspace: Workspace, *, ids: Iterable[str] = (), contributors: Iterable[str] = ()
) -> list[str]:
    """The samples of these ids and contributors, with everything that was cut from them."""
    found: set[str] = set()
    for part in _portions(ids):
        found.update(workspace.samples.by_ids(part, ["id"])["id"].to_pylist())
    for part in _portions(contributors):
        for batch in workspace.samples.scan(["id"], where=f"contributor IN ({_told(part)})"):
            found.update(batch.column("id").to_pylist())
    new = found
    while new:
        children: set[str] = set()
        for part in _portions(new):
            for batch in workspace.samples.scan(["id"], where=f"parent IN ({_told(part)})"):
                children.update(batch.column("id").to_pylist())
        new = children - found
        found |= new
    return sorted(found)


def erase_samples(workspace: Workspace, samples: list[str]) -> Erased:
    """Erases samples from tables, blobs, cache and database; the caller holds the workspace's lease.

    A blob goes with its last reference. PostgreSQL's own log and backups are out of reach.
    """
    blobs = set(_blobs(workspace, samples)) if samples else set()
    if _stand_in_pairs(workspace, samples):  # what was a copy of the same one is compared with each other
        with workspace.database.begin() as connection:
            drop_cursors(connection, "compare:")
    shutil.rmtree(workspace.folder / "cache", ignore_errors=True)
    for table, column in _tables(workspace):
        for part in _portions(samples):
            names = _told(part)
            if table is workspace.duplicates:
                table.delete(_in_pairs(names))
            else:
                table.delete(f"{column} IN ({names})")
        purge(table)
    spare = blobs - _needed(workspace, blobs)
    for name in spare:
        workspace.blobs.remove(name)
    with workspace.database.begin() as connection:
        connection.execute(delete(losses))
        for part in _portions(samples):
            numbers = [bytes.fromhex(one) for one in part]
            connection.execute(delete(decisions).where(decisions.c.sample.in_(part)))
            connection.execute(update(items).where(items.c.id.in_(numbers)).values(stamp=WITHDRAWN))
    return Erased(tuple(samples), len(spare))


def purge(table: Table) -> None:
    """Rewrites a table so that deleted rows and old versions leave the disk."""
    if not table.exists:
        return
    import lance

    dataset = lance.dataset(str(table.path))
    for tag in dataset.tags.list():
        dataset.tags.delete(tag)
    dataset.optimize.compact_files(
        materialize_deletions=True, materialize_deletions_threshold=0.0, num_threads=1
    )
    with contextlib.suppress(Exception):  # an index that no longer fits is made anew by who needs it
        dataset.optimize.optimize_indices()
    lance.dataset(str(table.path)).cleanup_old_versions(older_than=timedelta(0), delete_unverified=True)
    table.__dict__.pop("_dataset", None)


def scrub_database(workspace: Workspace) -> None:
    """Takes what was deleted out of the database's own files, as far as it lets us."""
    engine = workspace.database
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM"))


def _in_pairs(names: str) -> str:
    return f"left IN ({names}) OR right IN ({names})"


def _stand_in_pairs(workspace: Workspace, samples: list[str]) -> bool:
    return any(workspace.duplicates.count(_in_pairs(_told(part))) for part in _portions(samples))


def _tables(workspace: Workspace) -> list[tuple[Table, str]]:
    by_id = (
        workspace.samples, workspace.verdicts, workspace.cleaned, workspace.labels, workspace.splits,
        workspace.predictions, workspace.measures, workspace.signatures, workspace.duplicates,
    )  # fmt: skip
    return [*((table, "id") for table in by_id), (workspace.parts, "sample")]


def _blobs(workspace: Workspace, samples: list[str]) -> Iterator[str]:
    for part in _portions(samples):
        told = _told(part)
        for table, column in (
            (workspace.samples, "id"),
            (workspace.cleaned, "id"),
            (workspace.parts, "sample"),
        ):
            for batch in table.scan(["blob"], where=f"{column} IN ({told}) AND blob IS NOT NULL"):
                yield from batch.column("blob").to_pylist()
        for batch in workspace.samples.scan(["parts"], where=f"id IN ({told}) AND parts IS NOT NULL"):
            yield from _named(batch)


def _needed(workspace: Workspace, blobs: set[str]) -> set[str]:
    needed: set[str] = set()
    for table in (workspace.samples, workspace.cleaned, workspace.parts):
        for batch in table.scan(["blob"], where="blob IS NOT NULL"):
            needed.update(blobs.intersection(batch.column("blob").to_pylist()))
    for batch in workspace.samples.scan(["parts"], where="parts IS NOT NULL"):
        needed.update(blobs.intersection(_named(batch)))
    return needed


def _named(batch: pa.RecordBatch) -> list[str]:
    text_ = "".join(batch.column("parts").to_pylist())
    return [piece.split('"', 1)[0] for piece in text_.split('"blob":"')[1:]]


def _portions(names: Iterable[str]) -> Iterator[list[str]]:
    every = list(names)
    for start in range(0, len(every), _MANY):
        yield every[start : start + _MANY]


def _told(names: list[str]) -> str:
    return ",".join("'" + name.replace("'", "''") + "'" for name in names)


def remove_file(path: os.PathLike[str]) -> None:
    """Unlinks a file that may be gone already."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
