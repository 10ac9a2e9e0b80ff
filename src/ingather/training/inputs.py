"""The inputs of samples, read from the store: main part, further parts, data, made ready in portions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from ingather.plan.model import Plan
from ingather.sample import Json, Part
from ingather.store.lookup import Lookup
from ingather.store.workspace import Workspace
from ingather.training.contract import NOTHING_BESIDE, Beside, Examples

MEDIA = frozenset({"audio", "image", "video", "sensor"})
BY_MORE = frozenset({"translation", "preference", "dialogue", "retrieval", "ranking", "failure", "anomaly"})
"""Tasks whose answers are judged by more of a sample than its label: its parts, its session, its times."""
PORTION = 2_000
PORTION_OF_MEDIA = 100
Ready: TypeAlias = Callable[[Examples], Examples]
"""Puts features in the place of inputs, each sample by itself."""


def read_inputs(
    workspace: Workspace, plan: Plan, ids: list[str], labels: list[Json], ready: Ready | None
) -> Examples:
    """The examples of these ids, in that order.

    Args:
        workspace: where samples and blobs lie.
        plan: its modality and task.
        ids: of samples.
        labels: theirs.
        ready: what makes examples ready for a recipe: media portion by portion, so that only the features of
            all lie in memory together; other inputs at once.
    """
    task = plan.task.model_dump()
    in_portions = ready is not None and plan.modality in MEDIA
    inputs: list[Any] = []
    beside: list[Beside] = []
    for start, own, known in _portions(workspace, plan, ids):
        if in_portions and ready is not None:
            end = start + len(own)
            made = ready(Examples(ids[start:end], own, labels[start:end], task, plan.modality, known))
            own, known = made.inputs, made.beside
        inputs += own
        beside += known
    found = Examples(ids, inputs, truths(task, labels, beside), task, plan.modality, beside)
    return found if ready is None or in_portions else ready(found)


def read_truths(workspace: Workspace, plan: Plan, ids: list[str], labels: list[Json]) -> Examples:
    """The same without inputs: only what answers are judged by."""
    task = plan.task.model_dump()
    beside: list[Beside] = []
    if task["type"] in BY_MORE:
        for _, _, known in _portions(workspace, plan, ids, main=False):
            beside += known
    return Examples(ids, [None] * len(ids), truths(task, labels, beside), task, plan.modality, beside)


def truths(task: dict[str, Any], labels: list[Json], beside: list[Beside]) -> list[Json]:
    """Labels, and where the task's answer lies in a further part of the sample itself, that one.

    The truth of a translation is its other side; of a pair of answers that the chosen one is the better.
    """
    if task["type"] == "translation":
        sides = [one.part("translation") for one in beside]
        return [side.text if side is not None else label for side, label in zip(sides, labels, strict=True)]
    if task["type"] == "preference":
        return [
            "chosen" if one.part("chosen") and one.part("rejected") else label
            for one, label in zip(beside, labels, strict=True)
        ]
    return labels


def _portions(
    workspace: Workspace, plan: Plan, ids: list[str], *, main: bool = True
) -> Iterator[tuple[int, list[Any], list[Beside]]]:
    samples = Lookup(workspace.samples, ["text", "blob", "data", "parts", "session", "segment", "parent"])
    cleaned = Lookup(workspace.cleaned, ["text", "blob"])
    joined = pa.array(ids, pa.string())
    step = PORTION_OF_MEDIA if plan.modality in MEDIA else PORTION
    for start in range(0, len(joined), step):
        part = joined.slice(start, step)
        told, new = samples.match(part), cleaned.match(part)
        data = [orjson.loads(value) if value else None for value in told["data"].to_pylist()]
        inputs: list[Any] = [None] * len(part)
        if not main:
            pass
        elif plan.modality == "text":
            inputs = [value or "" for value in pc.coalesce(new["text"], told["text"]).to_pylist()]
        elif plan.modality in MEDIA:
            blobs = pc.coalesce(new["blob"], told["blob"]).to_pylist()
            if plan.modality == "video":
                inputs = [workspace.blobs.path(blob) if blob else None for blob in blobs]
            else:
                inputs = [workspace.blobs.read(blob) if blob else b"" for blob in blobs]
        else:
            inputs = [value or {} for value in data]
        rows = zip(
            told["parts"].to_pylist(),
            data if plan.modality != "record" else [None] * len(data),
            told["session"].to_pylist(),
            told["segment"].to_pylist(),
            told["parent"].to_pylist(),
            strict=True,
        )
        beside = [
            Beside(
                _parts(workspace, parts), more, session, orjson.loads(segment) if segment else None, parent
            )
            if parts or more or session or segment or parent
            else NOTHING_BESIDE
            for parts, more, session, segment, parent in rows
        ]
        yield start, inputs, beside


def _parts(workspace: Workspace, text: str | None) -> tuple[Part, ...]:
    if not text:
        return ()
    return tuple(
        Part(
            one["role"],
            one.get("order") or 0,
            one.get("text"),
            workspace.blobs.path(one["blob"]) if one.get("blob") else None,
            one.get("media_type"),
            one.get("start"),
            one.get("end"),
        )
        for one in orjson.loads(text)
    )
