"""The journal of what each source brought: what is known unchanged need not be read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select, update

from ingather.store.database import upsert
from ingather.store.database_schema import items
from ingather.store.workspace import Workspace

_MANY = 500


@dataclass
class Journal:
    """What one source brought before, looked up in batches while it is collected again.

    Attributes:
        workspace: the workspace.
        source: the source's name.
        pass_number: of this collection; what was seen in it carries it.
        unchanged: ids that were found known and unchanged, not yet written down as seen.
        cuts: whether the source's items are cut: then what was cut from an unchanged one was seen with it.
    """

    workspace: Workspace
    source: str
    pass_number: int
    unchanged: list[bytes] = field(default_factory=list)
    cuts: bool = False

    def known(self, pairs: Sequence[tuple[str, str]]) -> list[bool]:
        """For each key and stamp, whether the store holds that item unchanged; such items count as seen."""
        ids = [bytes.fromhex(self.workspace.sample_id(self.source, key)) for key, _ in pairs]
        stamps = self._stamps(ids)
        same = [stamps.get(one, ("", 0))[0] == stamp for one, (_, stamp) in zip(ids, pairs, strict=True)]
        self.unchanged += [one for one, is_same in zip(ids, same, strict=True) if is_same]
        return same

    def revisions(self, ids: Sequence[bytes]) -> dict[bytes, tuple[str, int]]:
        """Stamp and revision of those ids that are known."""
        return self._stamps(ids)

    def _stamps(self, ids: Sequence[bytes]) -> dict[bytes, tuple[str, int]]:
        found: dict[bytes, tuple[str, int]] = {}
        with self.workspace.database.connect() as connection:
            for start in range(0, len(ids), _MANY):
                rows = connection.execute(
                    select(items.c.id, items.c.stamp, items.c.revision).where(
                        items.c.id.in_(ids[start : start + _MANY])
                    )
                )
                found |= {bytes(row.id): (row.stamp, row.revision) for row in rows}
        return found

    def write(self, connection: Connection, rows: list[tuple[bytes, str, int, bytes | None]]) -> None:
        """Notes new and changed items (id, stamp, revision, parent), and those seen unchanged, at once."""
        upsert(
            connection,
            items,
            [
                {
                    "id": one,
                    "source": self.source,
                    "parent": parent,
                    "stamp": stamp,
                    "revision": revision,
                    "seen": self.pass_number,
                    "gone": False,
                }
                for one, stamp, revision, parent in rows
            ],
        )
        for start in range(0, len(self.unchanged), _MANY):
            seen = self.unchanged[start : start + _MANY]
            while seen:
                connection.execute(
                    update(items).where(items.c.id.in_(seen)).values(seen=self.pass_number, gone=False)
                )
                inside = select(items.c.id).where(items.c.parent.in_(seen))
                seen = list(connection.execute(inside).scalars()) if self.cuts else []
        self.unchanged.clear()

    def close(self, connection: Connection) -> int:
        """Marks what this source no longer brings as gone, the samples being kept; returns how many."""
        result: Any = connection.execute(
            update(items)
            .where(items.c.source == self.source, items.c.seen != self.pass_number, items.c.gone.is_(False))
            .values(gone=True)
        )
        return int(result.rowcount)


def open_journal(workspace: Workspace, source: str, *, cuts: bool = False) -> Journal:
    """A journal for one more pass over a source."""
    with workspace.database.connect() as connection:
        last = connection.execute(select(func.max(items.c.seen)).where(items.c.source == source)).scalar()
    return Journal(workspace, source, int(last or 0) + 1, cuts=cuts)
