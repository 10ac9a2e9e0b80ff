"""Duplicates as data keeps arriving: newcomers are compared with all, confirmed pairs are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.steps import Ready
from ingather.store.cursors import get_cursor, set_cursor
from ingather.store.packed_ids import id_numbers
from ingather.store.workspace import Workspace

Decode = Callable[[str, list[str]], Any]
"""Form (text, audio, ...) and sample ids in; a batch of that form out."""

_PAIRS_AT_ONCE = 512


def compare_new(workspace: Workspace, step: Ready, decode: Decode) -> int:
    """Confirms the pairs that newcomers bring and writes them to ``duplicates``; returns how many.

    Args:
        workspace: whose ``signatures`` hold the step's column.
        step: the deduplicator.
        decode: fetches samples for a second look.
    """
    table = workspace.signatures
    name = f"compare:{step.name}"
    cursor: Any = get_cursor(workspace, name) or {}
    since = int(cursor.get("version", 0)) if cursor.get("key") == step.key else 0
    if since == table.version or step.signature not in table.columns:
        return 0
    ids, signatures, first_new = _load(workspace, step.signature, since)
    if since:
        left_alone = _forget_changed(workspace, step.name, ids[first_new:])
        ids, signatures, first_new = _as_newcomers(left_alone, ids, signatures, first_new)
    else:
        workspace.duplicates.delete(f"operator = '{step.name}'")
    candidates = step.module.pairs(signatures, first_new, step.config)
    candidates = (
        candidates[np.lexsort((candidates[:, 0], candidates[:, 1]))] if len(candidates) else candidates
    )
    found = 0
    for start in range(0, len(candidates), 20 * _PAIRS_AT_ONCE):
        block = candidates[start : start + 20 * _PAIRS_AT_ONCE]
        left = ids.take(pa.array(block[:, 0])).to_pylist()
        right = ids.take(pa.array(block[:, 1])).to_pylist()
        similar = _similarity(step, left, right, decode)
        same = np.flatnonzero(similar >= float(getattr(step.config, "threshold", 0.0)))
        _write(workspace, step.name, [left[i] for i in same], [right[i] for i in same], similar[same])
        found += len(same)
    with workspace.database.begin() as connection:
        set_cursor(connection, name, {"key": step.key, "version": table.version})
    return found


def resolve_equal(
    left: NDArray[np.int64], right: NDArray[np.int64], good: NDArray[np.bool_]
) -> dict[int, int]:
    """Like ``resolve`` for certain pairs: what hangs together is one, and its first good sample stays."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if not len(left):
        return {}
    members, places = np.unique(np.concatenate([left, right]), return_inverse=True)
    one, other = places[: len(left)], places[len(left) :]
    graph = coo_matrix((np.ones(len(left), np.int8), (one, other)), shape=(len(members), len(members)))
    _, parts = connected_components(graph, directed=False)
    first: dict[int, int] = {}
    copies: dict[int, int] = {}
    for rank, part in zip(members.tolist(), parts.tolist(), strict=True):
        if good[rank]:
            original = first.setdefault(part, rank)
            if original != rank:
                copies[rank] = original
    return copies


def resolve(left: NDArray[np.int64], right: NDArray[np.int64], good: NDArray[np.bool_]) -> dict[int, int]:
    """Which samples are copies, and of which kept sample: the first that came is kept.

    Args:
        left: rank of the earlier sample of each pair, in order of coming.
        right: rank of the later one.
        good: by rank, whether the sample is kept apart from this; one that is not is nobody's original.

    Returns:
        The rank of each copy and that of the sample it copies.
    """
    copies: dict[int, int] = {}
    order = np.lexsort((left, right))
    for earlier, later in zip(left[order].tolist(), right[order].tolist(), strict=True):
        if later in copies or not good[later] or not good[earlier] or earlier in copies:
            continue
        copies[later] = earlier
    return copies


def _load(workspace: Workspace, column: str, since: int) -> tuple[pa.Array, pa.Array, int]:
    table = workspace.signatures
    fresh = f"_row_last_updated_at_version > {since}"
    old = table.read(["id", column], where=f"NOT ({fresh})") if since else None
    new = table.read(["id", column], where=fresh if since else None)
    joined = pa.concat_tables([old, new]) if old is not None else new
    joined = joined.combine_chunks()
    ids = joined["id"].combine_chunks() if joined.num_rows else pa.array([], pa.string())
    signatures = joined[column].combine_chunks() if joined.num_rows else pa.array([], pa.large_binary())
    return ids, signatures, old.num_rows if old is not None else 0


def _similarity(step: Ready, left: list[str], right: list[str], decode: Decode) -> NDArray[np.float64]:
    if not hasattr(step.module, "same"):
        return np.ones(len(left))
    told = np.zeros(len(left))
    for start in range(0, len(left), _PAIRS_AT_ONCE):
        ones, others = left[start : start + _PAIRS_AT_ONCE], right[start : start + _PAIRS_AT_ONCE]
        place = {one: row for row, one in enumerate(dict.fromkeys([*ones, *others]))}
        batch = decode(step.reads, list(place))
        rows = [np.array([place[one] for one in names], np.int64) for names in (ones, others)]
        told[start : start + len(ones)] = step.module.same(
            batch.take(rows[0]), batch.take(rows[1]), step.config
        )
    return told


def _write(workspace: Workspace, operator: str, left: list[str], right: list[str], similar: Any) -> None:
    if not left:
        return
    names = [
        hashlib.sha256(f"{operator}{min(a, b)}{max(a, b)}".encode()).hexdigest()[:32]
        for a, b in zip(left, right, strict=True)
    ]
    workspace.duplicates.upsert(
        pa.table(
            {
                "id": names,
                "left": left,
                "right": right,
                "operator": [operator] * len(left),
                "similarity": pa.array(similar, pa.float32()),
            }
        )
    )


def _as_newcomers(
    some: NDArray[np.uint64], ids: pa.Array, signatures: pa.Array, first_new: int
) -> tuple[pa.Array, pa.Array, int]:
    """The same rows with these put among the newcomers: copies of one that is none any more may be alike."""
    again = np.isin(id_numbers(ids[:first_new]), some)
    if not again.any():
        return ids, signatures, first_new
    old = np.arange(first_new)
    order = pa.array(np.concatenate([old[~again], old[again], np.arange(first_new, len(ids))]))
    return ids.take(order), signatures.take(order), int((~again).sum())


def _forget_changed(workspace: Workspace, operator: str, new: pa.Array) -> NDArray[np.uint64]:
    """Drops the pairs of samples that have changed since: they are compared again.

    Returns:
        The numbers of ids that stood in a dropped pair.
    """
    alone = [np.zeros(0, np.uint64)]
    if not workspace.duplicates.exists:
        return alone[0]
    changed = np.sort(id_numbers(new))
    for batch in list(workspace.duplicates.scan(["id", "left", "right"], where=f"operator = '{operator}'")):
        both = [np.isin(id_numbers(batch.column(name)), changed) for name in ("left", "right")]
        stale = batch.column("id").filter(pa.array(both[0] | both[1])).to_pylist()
        if stale:
            alone += [id_numbers(batch.column(name))[both[0] | both[1]] for name in ("left", "right")]
            workspace.duplicates.delete("id IN ({})".format(",".join(f"'{one}'" for one in stale)))
    return np.unique(np.concatenate(alone))
