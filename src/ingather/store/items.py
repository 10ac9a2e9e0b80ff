"""The journal of what each source brought: what is known unchanged need not be read again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select, update

from ingather.store.database import upsert_many
from ingather.store.database_schema import items
from ingather.store.workspace import Workspace

_MANY = 500
_ID = 16


@dataclass
class Journal:
    """What one source brought before, looked up in batches while it is collected again.

    Attributes:
        workspace: the workspace.
        source: the source's name.
        pass_number: of this collection; what was written in it carries it.
        cuts: whether the source's items are cut: then what was cut from an unchanged one was seen with it.
        unchanged: ids that were found known and unchanged, 16 bytes each, one after the other.
    """

    workspace: Workspace
    source: str
    pass_number: int
    cuts: bool = False
    unchanged: bytearray = field(default_factory=bytearray)
    _asked: dict[str, tuple[bytes, tuple[str, int] | None]] = field(default_factory=dict)

    @property
    def unchanged_count(self) -> int:
        """How many items were found unchanged so far."""
        return len(self.unchanged) // _ID

    def known(self, pairs: Sequence[tuple[str, str]]) -> list[bool]:
        """For each key and stamp, whether the store holds that item unchanged; such items count as seen."""
        told = []
        for (key, stamp), (one, entry) in zip(pairs, self._find([key for key, _ in pairs]), strict=True):
            same = entry is not None and entry[0] == stamp
            if same:
                self.unchanged += one
            else:
                self._asked[key] = one, entry
            told.append(same)
        return told

    def entries(self, keys: Sequence[str]) -> list[tuple[bytes, tuple[str, int] | None]]:
        """Id of each key, with stamp and revision where it is known.

        What ``known`` looked up is not looked up again; every answer of it is used once.
        """
        found = [self._asked.pop(key, None) for key in keys]
        missing = [key for key, entry in zip(keys, found, strict=True) if entry is None]
        rest = iter(self._find(missing))
        return [entry if entry is not None else next(rest) for entry in found]

    def _find(self, keys: Sequence[str]) -> list[tuple[bytes, tuple[str, int] | None]]:
        ids = [bytes.fromhex(self.workspace.sample_id(self.source, key)) for key in keys]
        found: dict[bytes, tuple[str, int]] = {}
        with self.workspace.database.connect() as connection:
            mark = "%s" if connection.dialect.name == "postgresql" else "?"
            for start in range(0, len(ids), _MANY):
                # Plain SQL: a hundred thousand parameters cost SQLAlchemy more than the database.
                part = tuple(ids[start : start + _MANY])
                marks = ",".join([mark] * len(part))
                asked = f"SELECT id, stamp, revision FROM items WHERE id IN ({marks})"
                for row in connection.exec_driver_sql(asked, part):
                    found[bytes(row[0])] = row[1], row[2]
        return [(one, found.get(one)) for one in ids]

    def write(self, connection: Connection, rows: Iterable[tuple[bytes, str, int, bytes | None]]) -> None:
        """Notes new and changed items (id, stamp, revision, parent) in the caller's transaction."""
        upsert_many(
            connection,
            items,
            ("id", "source", "parent", "stamp", "revision", "seen", "gone"),
            [
                (one, self.source, parent, stamp, revision, self.pass_number, False)
                for one, stamp, revision, parent in rows
            ],
        )

    def close(self, connection: Connection) -> int:
        """Marks what this source no longer brings as gone, the samples being kept; returns how many.

        What is back after it was gone is unmarked. Only what differs is written.
        """
        rows = connection.execute(
            select(items.c.id, items.c.parent, items.c.gone).where(
                items.c.source == self.source, items.c.seen != self.pass_number
            )
        )
        ids, parents, gone = bytearray(), bytearray(), bytearray()
        for one, parent, was_gone in rows:
            ids += one
            parents += parent or bytes(_ID)
            gone.append(bool(was_gone))
        there, was = _numbers(ids), np.frombuffer(gone, np.uint8).astype(bool)
        seen = np.isin(there, _numbers(self.unchanged))
        if self.cuts:
            above = _numbers(parents)
            while (more := ~seen & np.isin(above, there[seen])).any():
                seen |= more
        for mask, value in ((~seen & ~was, True), (seen & was, False)):
            self._mark(connection, ids, np.flatnonzero(mask), value)
        return int((~seen & ~was).sum())

    def _mark(self, connection: Connection, ids: bytearray, places: NDArray[np.int64], gone: bool) -> None:
        for start in range(0, len(places), _MANY):
            part = [bytes(ids[p * _ID : (p + 1) * _ID]) for p in places[start : start + _MANY].tolist()]
            connection.execute(update(items).where(items.c.id.in_(part)).values(gone=gone))


def open_journal(workspace: Workspace, source: str, *, cuts: bool = False) -> Journal:
    """A journal for one more pass over a source."""
    with workspace.database.connect() as connection:
        last = connection.execute(select(func.max(items.c.seen)).where(items.c.source == source)).scalar()
    return Journal(workspace, source, int(last or 0) + 1, cuts=cuts)


def _numbers(ids: bytes | bytearray) -> NDArray[np.void]:
    """Ids of 16 bytes as values that sort and compare."""
    return np.frombuffer(bytes(ids), np.dtype([("high", ">u8"), ("low", ">u8")]))
