"""Further parts of samples are cleaned by the operators of their own modality, and speak for their sample."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from ingather.cleaning.defaults import PART_DEFAULTS
from ingather.cleaning.forms import BATCH, COST
from ingather.cleaning.judging import Broken, judge
from ingather.cleaning.measuring import INPUT, output_schema, payload
from ingather.cleaning.steps import Ready, prepare_steps
from ingather.engine.run import run_batches
from ingather.plan.model import Plan, Step
from ingather.sample import Modality
from ingather.store.cursors import get_cursor, set_cursor
from ingather.store.parts import rows_of_parts
from ingather.store.workspace import Workspace

CURSOR = "measure-parts"
_WAITING = 5_000
Kind: TypeAlias = tuple[str, Modality]
"""A role and the modality of its parts."""


def measure_parts(workspace: Workspace, plan: Plan) -> int:
    """Measures the parts of all samples that are new since the last time; returns how many parts.

    Where the steps for parts changed, all parts are measured again.
    """
    version = workspace.samples.version
    known: Any = get_cursor(workspace, CURSOR) or {}
    key = _key(plan)
    if known == {"version": version, "key": key}:
        return 0
    since = int(known.get("version", 0)) if known.get("key") == key else 0
    measured = 0
    if workspace.samples.count("parts IS NOT NULL") or workspace.parts.exists:
        for rows, samples in _new_parts(workspace, since):
            _forget(workspace, samples)
            for kind in _kinds(rows):
                measured += _measure(workspace, plan, kind, _of_kind(rows, kind))
    with workspace.database.begin() as connection:
        set_cursor(connection, CURSOR, {"version": version, "key": key})
    return measured


def judge_parts(workspace: Workspace, plan: Plan) -> Iterator[tuple[pa.Array, list[Broken]]]:
    """For every role: ids of samples, and the bounds that their parts break; ``row`` counts in those ids."""
    if not workspace.parts.exists:
        return
    rows = workspace.parts.read(["role", "modality"])
    for role, modality in sorted(
        {(r, m) for r, m in zip(*(rows[n].to_pylist() for n in rows.schema.names), strict=True)}
    ):
        steps = steps_of(plan, (role, modality))
        columns = [step.column(name) for step in steps for name in step.measures]
        there = [name for name in columns if name in workspace.parts.columns]
        where = f"role = '{role.replace(chr(39), chr(39) * 2)}' AND modality = '{modality}'"
        found = workspace.parts.read(["sample", "text", "empty", *there], where=where)
        broken = [_empty(role, row) for row in np.flatnonzero(found["empty"].to_numpy()).tolist()]
        broken += [_of_part(role, hit) for hit in judge(found, [s for s in steps if _is_there(s, there)])]
        yield found["sample"].combine_chunks(), broken


def steps_of(plan: Plan, kind: Kind) -> list[Ready]:
    """The operators for the parts of a role: those the plan names for it, else its modality's own few.

    Raises:
        InputError: an option of an operator is wrong.
    """
    role, modality = kind
    named = plan.clean_parts.get(role)
    steps = named if named is not None else tuple(Step(operator=name) for name in PART_DEFAULTS[modality])
    return [step for step in prepare_steps(plan, steps) if step.reads in (modality, "bytes")]


def _measure(workspace: Workspace, plan: Plan, kind: Kind, rows: pa.Table) -> int:
    steps = steps_of(plan, kind)
    output = output_schema(steps)
    workspace.parts.ensure_columns([field for field in output if "__" in field.name])
    held = {
        name: rows[name] if name in ("id", "text", "blob") else pa.nulls(len(rows)) for name in INPUT.names
    }
    given = pa.table(held).cast(INPUT)
    made = pa.Table.from_batches(
        list(
            run_batches(
                iter(given.to_batches(max_chunksize=_WAITING)),
                "ingather.cleaning.measuring:measure_batch",
                payload(steps, workspace.blobs.root, {}, kind[1]),
                output,
                seconds=len(rows) * COST[kind[1]],
                batch_size=BATCH[kind[1]],
            )
        ),
        output,
    )
    blobs = workspace.blobs.put(made["new_bytes"].to_pylist())
    told = {
        "id": rows["id"],
        "sample": rows["sample"],
        "role": rows["role"],
        "modality": pa.array([kind[1]] * len(rows)),
        "text": made["new_text"],
        "blob": pa.array([blob[0] if blob else None for blob in blobs], pa.string()),
        "empty": _is_empty(rows),
        **{name: made[name] for name in made.schema.names if "__" in name},
    }
    workspace.parts.upsert(pa.table(told))
    return len(rows)


def _new_parts(workspace: Workspace, since: int) -> Iterator[tuple[pa.Table, list[str]]]:
    for batch in workspace.samples.scan(["id", "parts"], since=since, batch_size=_WAITING):
        yield rows_of_parts(batch.column("id"), batch.column("parts")), batch.column("id").to_pylist()


def _forget(workspace: Workspace, samples: list[str]) -> None:
    """A sample that changed may have fewer parts than before."""
    if workspace.parts.exists:
        quoted = ", ".join(f"'{one}'" for one in samples)
        workspace.parts.delete(f"sample IN ({quoted})")


def _kinds(rows: pa.Table) -> list[Kind]:
    return sorted({(role, modality) for role, modality, _ in _described(rows)})


def _of_kind(rows: pa.Table, kind: Kind) -> pa.Table:
    return rows.filter(pa.array([(role, modality) == kind for role, modality, _ in _described(rows)]))


def _described(rows: pa.Table) -> list[tuple[str, Modality, str | None]]:
    told = zip(
        rows["role"].to_pylist(), rows["blob"].to_pylist(), rows["media_type"].to_pylist(), strict=True
    )
    return [(role, _modality(blob, media_type), media_type) for role, blob, media_type in told]


def _modality(blob: str | None, media_type: str | None) -> Modality:
    if blob is None:
        return "text"
    kind = (media_type or "").partition("/")[0]
    return kind if kind in ("image", "audio", "video") else "sensor"  # type: ignore[return-value]


def _is_empty(rows: pa.Table) -> pa.Array:
    words = pc.utf8_length(pc.utf8_trim_whitespace(pc.fill_null(rows["text"], "")))
    return pc.and_(pc.equal(words, 0), pc.is_null(rows["blob"]))


def _empty(role: str, row: int) -> Broken:
    return Broken(row, "parts", f"Its part '{role}' is empty.", "empty", "yes", "no", "quarantined")


def _of_part(role: str, hit: Broken) -> Broken:
    reason = f"Its part '{role}': {hit.reason}"
    return Broken(hit.row, hit.operator, reason, hit.measure, hit.value, hit.threshold, hit.to)


def _is_there(step: Ready, columns: list[str]) -> bool:
    return all(step.column(name) in columns for name in step.measures)


def _key(plan: Plan) -> str:
    named = {
        role: [step.model_dump(mode="json") for step in steps] for role, steps in plan.clean_parts.items()
    }
    own = {name: [(s.name, s.key) for s in prepare_steps(plan, [Step(operator=o) for o in names])]
           for name, names in PART_DEFAULTS.items()}  # fmt: skip
    return hashlib.sha256(orjson.dumps([named, own], option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
