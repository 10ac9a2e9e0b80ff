"""The logical digest of a workspace: equal for two runs that did the same, whatever the order or the time."""

from __future__ import annotations

import hashlib

import orjson
import pyarrow as pa
from sqlalchemy import select

from ingather.store.database_schema import decisions, items, quota_counts
from ingather.store.release_log import list_releases
from ingather.store.tables import Table
from ingather.store.workspace import Workspace

_WITHOUT = {"collected_at", "at", "seen"}
"""Columns that say when, not what."""


def digest(workspace: Workspace) -> dict[str, str]:
    """One digest for each table, the blobs and the releases, and ``all`` over them.

    Rows are hashed one by one and their hashes added up, so that neither order nor memory matters.
    """
    told = {name: _of_table(table) for name, table in tables(workspace).items()}
    told["blobs"] = _sum([name.encode() for name in workspace.blobs.digests()])
    with workspace.database.connect() as connection:
        for table in (items, quota_counts, decisions):
            columns = [column for column in table.columns if column.name not in _WITHOUT]
            rows = connection.execute(select(*columns)).all()
            told[str(table.name)] = _sum([orjson.dumps([_plain(value) for value in row]) for row in rows])
    told["releases"] = _sum(
        [f"{one['release']} {one['digest']}".encode() for one in list_releases(workspace)]
    )
    told["all"] = hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return told


def tables(workspace: Workspace) -> dict[str, Table]:
    """Every Lance table of a workspace by name."""
    return {
        "samples": workspace.samples,
        "cleaned": workspace.cleaned,
        "measures": workspace.measures,
        "parts": workspace.parts,
        "verdicts": workspace.verdicts,
        "signatures": workspace.signatures,
        "duplicates": workspace.duplicates,
        "labels": workspace.labels,
        "splits": workspace.splits,
        "predictions": workspace.predictions,
    }


def _of_table(table: Table) -> str:
    total = 0
    names = [name for name in sorted(table.columns) if name not in _WITHOUT]
    for batch in table.scan(names):
        columns = [_column(batch.column(name)) for name in names]
        for row in zip(*columns, strict=True):
            total += int.from_bytes(hashlib.blake2b(orjson.dumps(row), digest_size=16).digest(), "big")
    return f"{total % (1 << 128):032x}"


def _column(values: pa.Array) -> list[object]:
    told = values.to_pylist()
    if pa.types.is_large_binary(values.type) or pa.types.is_binary(values.type):
        return [value.hex() if value is not None else None for value in told]
    return list(told)


def _sum(rows: list[bytes]) -> str:
    total = sum(int.from_bytes(hashlib.blake2b(row, digest_size=16).digest(), "big") for row in rows)
    return f"{total % (1 << 128):032x}"


def _plain(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value
