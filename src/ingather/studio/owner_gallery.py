"""The gallery: samples by page, filtered by anything that is known of them, and waveforms to look at."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from ingather.plan.model import Plan
from ingather.store.workspace import Workspace
from ingather.studio.answers import Refused

FILTERS = ("source", "contributor", "label", "key", "session", "modality", "role", "parent")
"""Columns of samples that one may ask for by value, beside the plan's attributes and the verdict's own."""
_OF_VERDICT = ("verdict", "operator")
_TOLD = ("id", "source", "key", "modality", "media_type", "blob", "text", "label", "contributor")
_VERDICT = ("verdict", "operator", "reason", "measure", "value", "threshold", "by")
_AT_ONCE = 2_000
_PEAKS = 160
_LONGEST_TEXT = 2_000
_REMEMBERED = 200
_PAGES: dict[tuple[Any, ...], dict[str, Any]] = {}
"""Pages by the versions of the tables that they were read from: any write makes them unreachable."""
_LOCK = threading.Lock()


def as_it_is_now(workspace: Workspace) -> Workspace:
    """The workspace with its tables opened anew, for runs in other processes write them; same database."""
    fresh = Workspace(workspace.root, workspace.database_address)
    fresh.__dict__["database"] = workspace.database
    return fresh


def gallery_page(
    workspace: Workspace, plan: Plan, asked: Mapping[str, str], *, after: int, limit: int
) -> dict[str, Any]:
    """One page of samples, in the order in which they came.

    Args:
        workspace: whose samples.
        plan: its attributes can be asked for by name.
        asked: values by filter; ``verdict`` may be waiting for what is not judged yet.
        after: the ``next`` of the page before, 0 for the first.
        limit: how many at the most.

    Returns:
        ``samples`` and ``next``, which is None at the end.

    Raises:
        Refused: a filter that nobody knows.
    """
    state = (str(workspace.root), workspace.samples.version, workspace.verdicts.version, plan.hash)
    key = (*state, tuple(sorted(asked.items())), after, limit)
    with _LOCK:
        known = _PAGES.get(key)
    if known is None:
        known = _find_page(workspace, plan, asked, after, limit)
        with _LOCK:
            _PAGES[key] = known
            if len(_PAGES) > _REMEMBERED:
                del _PAGES[next(iter(_PAGES))]
    return known


def _find_page(
    workspace: Workspace, plan: Plan, asked: Mapping[str, str], after: int, limit: int
) -> dict[str, Any]:
    attributes = [name for name in plan.attributes if f"attr_{name}" in workspace.samples.columns]
    where = _condition(plan, asked, attributes)
    columns = [*_TOLD, *(f"attr_{name}" for name in attributes)]
    judged = {name: asked[name] for name in _OF_VERDICT if name in asked}
    if judged.get("verdict") in ("quarantined", "review") or "operator" in judged:
        found = _from_verdicts(workspace, judged, where, columns, after)
    else:
        found = _from_samples(workspace, judged.get("verdict"), where, columns, after, limit)
    page: list[dict[str, Any]] = []
    place = after
    for place, row in found:
        if len(page) == limit:
            return {"samples": [_told(one, attributes) for one in page], "next": page[-1]["_place"] + 1}
        page.append({**row, "_place": place})
    return {"samples": [_told(one, attributes) for one in page], "next": None}


def _from_samples(
    workspace: Workspace, verdict: str | None, where: str | None, columns: list[str], after: int, limit: int
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows with their place among those that match, from a place on."""
    place, many = after, limit + 1
    while True:
        batches = workspace.samples.scan(columns, where=where, limit=many, offset=place)
        rows = [row for batch in batches for row in batch.to_pylist()]
        verdicts = {
            row["id"]: row
            for row in workspace.verdicts.by_ids([row["id"] for row in rows], ["id", *_VERDICT]).to_pylist()
        }
        for number, row in enumerate(rows, place):
            of = verdicts.get(row["id"], {})
            if verdict is None or (of.get("verdict") or "waiting") == verdict:
                yield number, {**row, **of}
        if len(rows) < many:
            return
        place, many = place + len(rows), _AT_ONCE


def _from_verdicts(
    workspace: Workspace, judged: Mapping[str, str], where: str | None, columns: list[str], after: int
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows that were judged so, with their place among the verdicts that match."""
    about = " AND ".join(f"{name} = '{_quoted(value)}'" for name, value in judged.items())
    place = after
    while True:
        many = 100 if where is None else _AT_ONCE
        batches = workspace.verdicts.scan(["id", *_VERDICT], where=about, limit=many, offset=place)
        verdicts = [row for batch in batches for row in batch.to_pylist()]
        if verdicts:
            ids = ", ".join(f"'{row['id']}'" for row in verdicts)
            both = f"id IN ({ids})" + (f" AND ({where})" if where else "")
            rows = {row["id"]: row for row in workspace.samples.read(columns, where=both).to_pylist()}
            for number, of in enumerate(verdicts, place):
                if of["id"] in rows:
                    yield number, {**rows[of["id"]], **of}
        if len(verdicts) < many:
            return
        place += len(verdicts)


def _condition(plan: Plan, asked: Mapping[str, str], attributes: list[str]) -> str | None:
    parts = []
    for name, value in asked.items():
        if name in _OF_VERDICT:
            continue
        if name == "text":
            parts.append(f"contains(text, '{_quoted(value)}')")
        elif name == "label":  # kept as JSON: one means the word by yes, and the document by "yes"
            parts.append(f"label IN ('{_quoted(value)}', '{_quoted(orjson.dumps(value).decode())}')")
        elif name in FILTERS:
            parts.append(f"{name} = '{_quoted(value)}'")
        elif name in attributes:
            unknown = value == "unknown" and "unknown" not in plan.attributes[name].values
            told = f"attr_{name} IS NULL" if unknown else f"CAST(attr_{name} AS STRING) = '{_quoted(value)}'"
            parts.append(told)
        else:
            known = ", ".join([*FILTERS, "text", *_OF_VERDICT, *attributes])
            raise Refused(422, f"Nobody knows the filter '{name[:80]}'.", fix=f"Known: {known}.")
    return " AND ".join(parts) or None


def sound_of(workspace: Workspace, sample: str) -> tuple[Path, str]:
    """Where a sample's bytes lie, and their media type; what was cleaned before what came.

    Raises:
        Refused: there is no such sample, or it has no bytes.
    """
    rows = workspace.samples.by_ids([sample], ["id", "blob", "media_type"]).to_pylist()
    if not rows:
        raise Refused(404, "There is no such sample.")
    path = workspace.blobs.path(rows[0]["blob"] or "none")
    if not rows[0]["blob"] or not path.is_file():
        raise Refused(404, "This sample has no bytes of its own.")
    return path, rows[0]["media_type"] or ""


@lru_cache(4_000)
def peaks(path: Path) -> list[float]:
    """Peaks from 0 to 1 of equally long stretches of a recording; empty where it cannot be decoded."""
    from ingather.media.audio import decode

    clip, _ = decode(path.read_bytes())
    if clip is None or not len(clip.samples):
        return []
    loud = np.abs(clip.samples)
    edges = np.linspace(0, len(loud), min(_PEAKS, len(loud)) + 1).astype(np.int64)[:-1]
    return [round(float(one), 3) for one in np.minimum(np.maximum.reduceat(loud, edges), 1.0)]


def _told(row: dict[str, Any], attributes: list[str]) -> dict[str, Any]:
    text = row.get("text")
    return {
        "id": row["id"], "source": row["source"], "key": row["key"], "modality": row["modality"],
        "media_type": row["media_type"], "has_bytes": row["blob"] is not None,
        "text": text[:_LONGEST_TEXT] if text else None, "label": row["label"],
        "contributor": row["contributor"],
        "attributes": {name: row.get(f"attr_{name}") for name in attributes},
        **{name: row.get(name) for name in _VERDICT},
    }  # fmt: skip


def _quoted(text: str) -> str:
    return text.replace("\0", "").replace("'", "''")
