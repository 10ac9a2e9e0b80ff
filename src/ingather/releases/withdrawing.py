"""Releases after something was taken back: rewritten without it, marked stale, with a tombstone for each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import update

from ingather.releases.manifest import NAME, sync_tree, write_manifest
from ingather.store.database_schema import releases
from ingather.store.release_log import list_releases
from ingather.store.workspace import Workspace

TOMBSTONES = "tombstones.json"
_KEPT = ("data", "tables")
"""Folders of a release that are rewritten or hold counts only; a layout's own folder is taken away whole."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A release that held something that was taken back."""

    release: str
    samples: int
    digest: str
    without: tuple[str, ...]


def rewrite_releases(workspace: Workspace, gone: Collection[str], at: float) -> list[Rewritten]:
    """Rewrites every release that holds one of these samples, under a new digest.

    Its Parquet files lose the rows; folders of other layouts are removed, since they cannot be cut open, and
    come back with the next release. ``tombstones.json`` lists the ids that went, for those who have the old
    one: the time and the release's own id, never a hash of what it was.
    """
    found = []
    for known in list_releases(workspace):
        folder = workspace.root / known["path"]
        if not folder.is_dir():
            continue
        lost = sorted({one for file in folder.rglob("*.parquet") for one in _rewrite(file, folder, gone)})
        if not lost:
            continue
        without = tuple(
            sorted(one.name for one in folder.iterdir() if one.is_dir() and one.name not in _KEPT)
        )
        for name in without:
            shutil.rmtree(folder / name)
        found.append(_mark(workspace, known, folder, lost, without, at))
    return found


def _rewrite(file: Path, folder: Path, gone: Collection[str]) -> list[str]:
    """Takes rows out of one Parquet file; returns their ids."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    with pq.ParquetFile(file) as reader:
        if "id" not in reader.schema_arrow.names:
            return []
        ids = reader.read(columns=["id"])["id"]
        hit = pc.is_in(ids, value_set=pa.array(sorted(gone), ids.type))
        lost: list[str] = ids.filter(hit).to_pylist()
        if not lost:
            return []
        fresh = file.with_suffix(".new")
        with pq.ParquetWriter(fresh, reader.schema_arrow, compression="zstd") as writer:
            for group in range(reader.num_row_groups):
                rows = reader.read_row_group(group)
                out = pc.is_in(rows["id"], value_set=pa.array(sorted(gone), ids.type))
                for path in _loose(rows.filter(out)):
                    (folder / path).unlink(missing_ok=True)
                writer.write_table(rows.filter(pc.invert(out)))
    os.replace(fresh, file)
    return lost


def _loose(rows: Any) -> list[str]:
    """Files beside the table that these rows name."""
    import pyarrow as pa

    found: list[str] = []
    for field in rows.schema:
        if pa.types.is_struct(field.type) and "path" in [inner.name for inner in field.type]:
            for value in rows[field.name].to_pylist():
                path = (value or {}).get("path")
                if path and not Path(path).is_absolute() and ".." not in Path(path).parts:
                    found += [path, f"data/{path}"]
    return found


def _mark(
    workspace: Workspace,
    known: dict[str, Any],
    folder: Path,
    lost: list[str],
    without: tuple[str, ...],
    at: float,
) -> Rewritten:
    told = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
    stones = folder / TOMBSTONES
    before = orjson.loads(stones.read_bytes()) if stones.is_file() else []
    before = before if isinstance(before, list) else before.get("tombstones", [])
    stones.write_bytes(
        orjson.dumps([*before, *({"id": one, "withdrawn": told} for one in lost)], option=orjson.OPT_INDENT_2)
    )
    manifest = orjson.loads((folder / NAME).read_bytes())
    manifest.pop("files", None)
    manifest |= {"stale": told, "superseded": [*manifest.get("superseded", []), known["digest"]]}
    digest = write_manifest(folder, manifest)
    sync_tree(folder)
    summary = {
        name: value for name, value in known.items() if name not in ("release", "path", "digest", "plan")
    }
    summary |= {"stale": told, "fingerprint": f"stale:{summary.get('fingerprint', '')}"}
    with workspace.database.begin() as connection:
        connection.execute(
            update(releases)
            .where(releases.c.name == known["release"])
            .values(digest=digest, summary=orjson.dumps(summary, option=orjson.OPT_SORT_KEYS).decode())
        )
    return Rewritten(known["release"], len(lost), digest, without)
