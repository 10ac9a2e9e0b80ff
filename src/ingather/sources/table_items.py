"""Rows of tables as items: keys by column or by content, numbers as numbers, text, media or record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

from ingather.errors import InputError
from ingather.formats.delimited import Row
from ingather.formats.values import digest_row, number_columns, numeric_cell
from ingather.plan.findings import nearest
from ingather.sample import Item, Json, Loss, Modality
from ingather.sources.contract import Request
from ingather.sources.losses import Tally
from ingather.sources.occurrences import Occurrences
from ingather.sources.roles import Roles
from ingather.sources.sidecar import Sidecar

_CHUNK = 1000


@dataclass(frozen=True)
class RowMedia:
    """How a row's media are found.

    Attributes:
        column: the column of paths or bytes; paths name the items, unless a key does.
        stamp: what changes whenever a row's file does; empty where the bytes are in the row.
        take: puts the media onto the item; the loss, where there are none.
    """

    column: str
    stamp: Callable[[Mapping[str, Json]], str]
    take: Callable[[Item, Mapping[str, Json]], Loss | None]


@dataclass
class TableReading:
    """How the rows of one table become items, and what runs on from one table of a source to the next.

    Attributes:
        modality: of the items.
        request: asked which rows the store has.
        settle: makes the roles from the names of the columns.
        sidecar: a table joined to the rows, or None.
        media: finds a row's media, or None.
        missing: words that mean 'not known' in any column.
        seen: occurrences of keys or rows, over all tables of the source.
        tally: told of what is not understood.
    """

    modality: Modality
    request: Request
    settle: Callable[[tuple[str, ...]], Roles]
    sidecar: Sidecar | None
    media: RowMedia | None
    missing: frozenset[str]
    seen: Occurrences
    tally: Tally

    def items(self, name: str, uri: str, rows: Iterator[Row | Loss]) -> Iterator[Item | Loss]:
        """Every row that the store has not, as an item, in order."""
        told: list[Loss] = []
        stream = (row for row in rows if not _set_aside(row, told))
        first: list[Row] = list(islice(stream, _CHUNK))  # type: ignore[arg-type]
        unread = bool(told)  # why there is none is said then
        yield from _drained(told)
        if not first:
            if not unread:
                yield Loss(name, "holds no row of data", 0)
            return
        columns = tuple(dict.fromkeys(chain.from_iterable(cells for _, cells, _ in first)))
        numeric = (
            number_columns([cells for _, cells, _ in first]) if self.modality == "record" else frozenset()
        )
        offered = columns + (self.sidecar.columns if self.sidecar else ())
        roles = self.settle(tuple(column for column in offered if not column.startswith("#")))
        if self.media is not None and self.media.column not in offered:
            raise _no_column(name, self.media.column, offered)
        ending = roles.fingerprint()
        chunk = first
        while chunk:
            yield from self._chunk(name, uri, chunk, roles, numeric, ending)
            yield from _drained(told)
            chunk = list(islice(stream, _CHUNK))  # type: ignore[arg-type]
        yield from _drained(told)

    def _chunk(
        self, name: str, uri: str, rows: list[Row], roles: Roles, numeric: frozenset[str], ending: str
    ) -> Iterator[Item | Loss]:
        digests = [digest_row(cells) for _, cells, _ in rows]
        keys, faults = self._keys(rows, digests, roles.key)
        joined: list[Mapping[str, Json]] = [cells for _, cells, _ in rows]
        if self.sidecar is not None:
            sidecar = self.sidecar
            joined = [
                {**sidecar.row_of(key, cells, self.tally), **cells}
                for key, cells in zip(keys, joined, strict=True)
            ]
            stamps = [digest_row(cells).hex()[:32] + ending for cells in joined]
        else:
            stamps = [digest.hex()[:32] + ending for digest in digests]
        if self.media is not None:
            stamps = [stamp + self.media.stamp(row) for stamp, row in zip(stamps, joined, strict=True)]
        known = self.request.known(list(zip(keys, stamps, strict=True)))
        for place, (line, _, fault) in enumerate(rows):
            if known[place]:
                continue
            item = Item(keys[place], self.modality, uri=uri, stamp=stamps[place])
            item.fault = fault or faults.get(place)
            item.evidence = {"line": line}
            loss = self._fill(item, joined[place], roles, numeric, f"{name}, line {line}")
            yield item if loss is None else loss

    def _keys(
        self, rows: list[Row], digests: list[bytes], column: str | None
    ) -> tuple[list[str], dict[int, str]]:
        """A key for each row: by its column, by the path of its media, else by its content."""
        path_column = self.media.column if self.media is not None else None
        if column is None and path_column is None:
            hashes = np.frombuffer(b"".join(digest[:8] for digest in digests), dtype=np.uint64)
            before = self.seen.count(hashes)
            return [f"{d.hex()}-{n + 1}" for d, n in zip(digests, before.tolist(), strict=True)], {}
        faults: dict[int, str] = {}
        keys = []
        for place, (line, cells, _) in enumerate(rows):
            cell = cells.get(column or path_column or "")
            key = str(cell) if isinstance(cell, str | int | float) else ""
            if not key and column is not None:
                faults[place] = f"line {line} has no key: its cell '{column}' is empty"
            keys.append(key or f"row-{digests[place].hex()}")
        hashes = np.frombuffer(b"".join(_short_hash(key) for key in keys), dtype=np.uint64)
        for place, earlier in enumerate(self.seen.count(hashes).tolist()):
            if earlier and column is not None:
                faults.setdefault(place, f"the key '{keys[place]}' was used by an earlier row")
            if earlier:
                keys[place] += f"#{earlier + 1}"
        return keys, faults

    def _fill(
        self, item: Item, row: Mapping[str, Json], roles: Roles, numeric: frozenset[str], where: str
    ) -> Loss | None:
        if self.missing:
            row = {column: None if cell in self.missing else cell for column, cell in row.items()}
        roles.describe(item, row, self.tally)
        if self.modality == "text":
            text = row.get(roles.text) if roles.text else None
            item.text = "" if text is None else str(text)
            if not item.text.strip():
                item.fault = item.fault or f"its text is empty ({where})"
        elif self.media is not None:
            loss = self.media.take(item, row)
            if loss is not None:
                return Loss(where, loss.reason, loss.count)
        if self.modality == "record" or roles.fields is not None:
            data = roles.record(row)
            for column in numeric:
                if column in data:
                    data[column] = numeric_cell(data[column])
            item.data = data
        return None


def _no_column(name: str, column: str, offered: tuple[str, ...]) -> InputError:
    near = nearest(column, offered)
    return InputError(
        f"{name}: 'content: {column}' names what it does not have.",
        why=f"It has: {', '.join(sorted(offered)[:40])}.",
        fix=f"Write '{near}' instead of '{column}'." if near else "Write the column that names the files.",
        where=name,
    )


def _short_hash(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest()


def _set_aside(row: Row | Loss, told: list[Loss]) -> bool:
    if isinstance(row, Loss):
        told.append(row)
        return True
    return False


def _drained(told: list[Loss]) -> Iterator[Loss]:
    yield from told
    told.clear()
