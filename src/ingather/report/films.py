"""Which films the report shows, and their contact sheets: few, small, the same every time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from ingather.plan.model import Plan
from ingather.store.workspace import Workspace

MOST_KEPT, MOST_ASIDE = 12, 6
MOST_BYTES = 400_000
"""Of all sheets together, so that the report can be sent by mail."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One film in the report.

    Attributes:
        sample: its id.
        label: what its source says it shows, empty where that is not one word.
        aside: the reason for which it is set aside, None where it is kept.
        seconds: how long it is, None where that was not measured.
        picture: its contact sheet, WebP.
        width: of the sheet in pixels.
        height: of the sheet in pixels.
        times: seconds of the frames on it.
    """

    sample: str
    label: str
    aside: str | None
    seconds: float | None
    picture: bytes
    width: int
    height: int
    times: tuple[float, ...]


def read_films(workspace: Workspace, plan: Plan) -> tuple[Shown, ...]:
    """The films to be shown: one of each label in turn, then some of those set aside; none without PyAV."""
    if plan.modality != "video" or not workspace.samples.exists:
        return ()
    from ingather.errors import MissingExtra
    from ingather.media.video_sheet import contact_sheet

    shown: list[Shown] = []
    size = 0
    for row in _chosen(workspace):
        try:
            sheet = contact_sheet(workspace.blobs.path(row["blob"]))
        except MissingExtra:
            return ()
        if sheet is None or size + len(sheet.content) > MOST_BYTES:
            continue
        size += len(sheet.content)
        shown.append(
            Shown(
                row["id"],
                row["label"],
                row["aside"],
                row["seconds"],
                sheet.content,
                sheet.width,
                sheet.height,
                sheet.times,
            )
        )
    return tuple(shown)


def _chosen(workspace: Workspace) -> list[dict[str, Any]]:
    verdicts = {
        row["id"]: row for row in workspace.verdicts.read(["id", "verdict", "reason"]).to_pylist()
    } if workspace.verdicts.exists else {}  # fmt: skip
    kept: dict[str, list[dict[str, Any]]] = {}
    aside: dict[str, list[dict[str, Any]]] = {}
    for batch in workspace.samples.scan(["id", "blob", "label"], where="role != 'carrier'"):
        for row in batch.to_pylist():
            if row["blob"] is None:
                continue
            verdict = verdicts.get(row["id"], {})
            row["label"] = _word(row["label"])
            row["aside"] = verdict.get("reason") if verdict.get("verdict") == "quarantined" else None
            group = aside.setdefault(row["aside"], []) if row["aside"] else kept.setdefault(row["label"], [])
            group.append(row)
    chosen = [*_in_turn(kept, MOST_KEPT), *_in_turn(aside, MOST_ASIDE)]
    lengths = _lengths(workspace, [row["id"] for row in chosen])
    return [{**row, "seconds": lengths.get(row["id"])} for row in chosen]


def _in_turn(groups: dict[str, list[dict[str, Any]]], most: int) -> list[dict[str, Any]]:
    """The first of every group by id, then the second ones: ids are keyed, which is a fair lot."""
    ranked = [
        (place, name, row)
        for name, rows in groups.items()
        for place, row in enumerate(sorted(rows, key=lambda row: row["id"])[:most])
    ]
    picked = sorted(ranked, key=lambda one: (one[0], one[1]))[:most]
    return [row for _, _, row in sorted(picked, key=lambda one: (one[1], one[0]))]


def _lengths(workspace: Workspace, ids: list[str]) -> dict[str, float]:
    if not workspace.measures.exists or "running_time__seconds" not in workspace.measures.columns:
        return {}
    rows = workspace.measures.by_ids(ids, ["id", "running_time__seconds"]).to_pylist()
    return {row["id"]: row["running_time__seconds"] for row in rows if row["running_time__seconds"]}


def _word(label: str | None) -> str:
    try:
        told = orjson.loads(label) if label else ""
    except orjson.JSONDecodeError:
        return ""
    return str(told) if isinstance(told, str | int | float) else ""
