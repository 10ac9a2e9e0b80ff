"""Lists of samples a page at a time, and one sample's whole thread."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import delete

from ingather.errors import InputError
from ingather.store.database import upsert
from ingather.store.database_schema import decisions
from ingather.store.release_log import list_releases
from ingather.store.workspace import Workspace

_TOLD = ("verdict", "operator", "reason", "measure", "value", "threshold", "duplicate_of", "by")


def list_samples(
    workspace: Workspace, *, verdict: str | None = None, limit: int = 100, after: str | None = None
) -> dict[str, Any]:
    """One page of samples with their verdicts.

    Args:
        workspace: whose samples.
        verdict: only kept, quarantined or review; all where None.
        limit: greatest number, at least 1.
        after: the ``next`` of the page before.

    Returns:
        ``samples`` and ``next``, which is None at the end.

    Raises:
        InputError: ``after`` is no cursor.
    """
    offset = _offset(after)
    if verdict is not None:
        table = workspace.verdicts
        rows = _page(
            table.scan(["id", *_TOLD], where=f"verdict = '{verdict}'", limit=limit + 1, offset=offset)
        )
        names = _by_id(workspace.samples.by_ids([r["id"] for r in rows], ["id", "source", "key"]).to_pylist())
        samples = [{**row, **names.get(row["id"], {})} for row in rows]
    else:
        rows = _page(workspace.samples.scan(["id", "source", "key"], limit=limit + 1, offset=offset))
        judged = _by_id(workspace.verdicts.by_ids([r["id"] for r in rows], ["id", *_TOLD]).to_pylist())
        empty = dict.fromkeys(_TOLD)
        samples = [{**row, **judged.get(row["id"], empty)} for row in rows]
    more = len(samples) > limit
    return {"samples": [_told(s) for s in samples[:limit]], "next": str(offset + limit) if more else None}


def decide(workspace: Workspace, sample: str, verdict: str, why: str, who: str) -> None:
    """Notes a verdict by hand, which outranks every rule until it is taken back.

    Args:
        workspace: whose sample.
        sample: its id, or the beginning of it.
        verdict: kept or quarantined; ``rules`` gives it back to the rules.
        why: in words.
        who: who decided.

    Raises:
        InputError: there is no such sample.
    """
    full = find_id(workspace, sample)
    with workspace.database.begin() as connection:
        if verdict == "rules":
            connection.execute(delete(decisions).where(decisions.c.sample == full))
        else:
            now = datetime.now(UTC)
            upsert(
                connection,
                decisions,
                [{"sample": full, "verdict": verdict, "who": who, "why": why, "at": now}],
            )


def find_id(workspace: Workspace, sample: str) -> str:
    """The full id of a sample named by its id, the beginning of it, its key, or ``SOURCE:KEY``.

    A key outranks the beginning of an id: a table's row 12 is meant by 12.

    Raises:
        InputError: none or several samples are named so.
    """
    said = sample.strip()
    clean = said.lower()
    is_id = bool(clean) and not set(clean) - set("0123456789abcdef") and len(clean) <= 32
    found = _ids(workspace, f"id = '{clean}'") if is_id and len(clean) == 32 else []
    if said and not found:
        found = _ids(workspace, f"key = '{_quoted(said)}'")
    source, colon, key = said.partition(":")
    if colon and key and not found:
        found = _ids(workspace, f"source = '{_quoted(source)}' AND key = '{_quoted(key)}'")
    by_key = bool(found)
    if is_id and not found:
        found = _ids(workspace, f"starts_with(id, '{clean}')")
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(
            f"No sample has the id or the key '{sample}', nor an id that begins so.",
            why="An id is 32 digits and letters from a to f; a key is a sample's name inside its source.",
            fix="ingather samples   lists ids and keys.",
        )
    told = f"Several samples have {'the key' if by_key else 'an id that begins with'} '{sample}'."
    more = f"Write SOURCE:{said}, or one of {', '.join(found)}." if by_key else "Write more of the id."
    raise InputError(told, why="What is done by hand must be about one sample.", fix=more)


def _ids(workspace: Workspace, where: str) -> list[str]:
    """At most three ids of samples that match a condition."""
    found = workspace.samples.scan(["id"], where=where, limit=3)
    return [str(row["id"]) for batch in found for row in batch.to_pylist()]


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def thread_of(workspace: Workspace, sample: str) -> dict[str, Any]:
    """Everything that is known of one sample: origin, rights, measures, verdict, labels, releases.

    Raises:
        InputError: there is no such sample.
    """
    full = find_id(workspace, sample)
    row = workspace.samples.by_ids([full]).to_pylist()[0]
    told: dict[str, Any] = {name: value for name, value in row.items() if value is not None}
    for name in ("data", "parts", "segment", "label", "origin"):
        if told.get(name):
            told[name] = orjson.loads(told[name])
    told["attributes"] = {
        name[5:]: {"value": told.pop(name), "basis": told.pop(f"basis_{name[5:]}", None)}
        for name in list(told)
        if name.startswith("attr_")
    }
    children = [
        r["id"] for b in workspace.samples.scan(["id"], where=f"parent = '{full}'") for r in b.to_pylist()
    ]
    verdict = workspace.verdicts.by_ids([full]).to_pylist()
    measures = workspace.measures.by_ids([full]).to_pylist()
    cleaned = workspace.cleaned.by_ids([full]).to_pylist()
    labels = workspace.labels.by_ids([full]).to_pylist()
    split = workspace.splits.by_ids([full], ["id", "split"]).to_pylist()
    answers = workspace.predictions.by_ids([full], ["id", "basis", "prediction"]).to_pylist()
    told |= {
        "children": children,
        "verdict": {name: verdict[0].get(name) for name in _TOLD} if verdict else None,
        "measures": {
            name.replace("__", "."): value
            for name, value in (measures[0] if measures else {}).items()
            if name != "id" and value is not None
        },
        "cleaned": cleaned[0] if cleaned else None,
        "labels": [{k: v for k, v in one.items() if v is not None} for one in labels],
        "split": split[0]["split"] if split else None,
        "predictions": [{"basis": one["basis"], "prediction": one["prediction"]} for one in answers],
        "releases": _releases_with(workspace, full),
    }
    return told


def _releases_with(workspace: Workspace, sample: str) -> list[dict[str, str]]:
    import pyarrow.dataset

    found = []
    for release in list_releases(workspace):
        for path in sorted((workspace.root / release["path"] / "data").glob("*.parquet")):
            data = pyarrow.dataset.dataset(path)
            if data.count_rows(filter=pyarrow.dataset.field("id") == sample):
                found.append({"release": release["release"], "split": path.name.rsplit("-", 3)[0]})
    return found


def _offset(after: str | None) -> int:
    if after is None:
        return 0
    if not after.isdigit():
        raise InputError(f"'{after}' is no cursor.", fix="Use the 'next' of the page before.")
    return int(after)


def _page(batches: Any) -> list[dict[str, Any]]:
    return [row for batch in batches for row in batch.to_pylist()]


def _by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in rows}


def _told(row: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "source", "key", *_TOLD)
    return {name: row.get(name) for name in names}
