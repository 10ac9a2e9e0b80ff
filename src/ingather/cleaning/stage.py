"""The clean stage: measures what is new, compares it, judges everything, writes only what changed.

Measuring is by operator: one whose measuring options changed measures all samples again, the others none.
Judging reads stored measures and is done whole whenever anything changed, since it costs little.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import orjson
import pyarrow as pa

from ingather.cleaning.against import state_of
from ingather.cleaning.comparing import compare_new
from ingather.cleaning.fetching import Fetcher, measuring_input
from ingather.cleaning.forms import BATCH, COST
from ingather.cleaning.measuring import output_schema, payload
from ingather.cleaning.parts import measure_parts
from ingather.cleaning.steps import Ready, prepare
from ingather.cleaning.verdicts import judge_all
from ingather.engine.progress import SILENT, Progress
from ingather.engine.run import run_batches
from ingather.plan.model import Plan
from ingather.sample import Json
from ingather.store.cursors import get_cursor, set_cursor
from ingather.store.database_schema import decisions
from ingather.store.recount import recount
from ingather.store.runs import Run, StageResult
from ingather.store.workspace import Workspace

_MANY = 20
"""Samples from which on it is told that an operator refuses most of them."""


def clean(workspace: Workspace, plan: Plan, *, progress: Progress = SILENT) -> StageResult:
    """Brings measures, duplicates and verdicts up to date with samples and plan.

    Raises:
        InputError: an operator's options are wrong.
        MissingExtra: an operator needs a part that is not installed.
    """
    steps = prepare(plan)
    run = Run(workspace, plan.hash, "clean")
    result = StageResult("clean", taken=workspace.samples.count())
    before = workspace.measures.count()
    cpu: dict[str, float] = {}
    fetch = None
    for group, since in _to_measure(workspace, steps):
        result.changed += _measure(workspace, plan, group, since, cpu, progress)
    measure_parts(workspace, plan)
    for step in steps:
        if step.is_deduplicator:
            progress.begin(f"clean {step.name}", None)
            fetch = fetch or Fetcher(workspace, plan.modality)
            compare_new(workspace, step, fetch)
    state = _state(workspace, plan, steps)
    if get_cursor(workspace, "judged") != state:
        progress.begin("clean: judging", None)
        judged = judge_all(workspace, plan, steps)
        _index(workspace)
        recount(workspace, plan)
        with workspace.database.begin() as connection:
            set_cursor(connection, "judged", _state(workspace, plan, steps))
            losses: list[Json] = [_plain(asdict(loss)) for loss in judged.losses]
            set_cursor(connection, "fairness", losses)
            set_cursor(connection, "operators", [*judged.operators])
    result.new = workspace.measures.count() - before
    result.changed = max(0, result.changed - result.new)
    counts: Any = get_cursor(workspace, "counts") or {}
    result.kept = counts.get("kept", 0) + counts.get("review", 0)
    result.quarantined = counts.get("quarantined", 0)
    fairness: Any = get_cursor(workspace, "fairness") or []
    result.details = {
        "review": counts.get("review", 0),
        "operators": get_cursor(workspace, "operators") or [],
        "unfair": [loss for loss in fairness if loss["unfair"]],
        "cpu": {name: round(seconds, 3) for name, seconds in cpu.items()},
        "peak_memory_mb": _peak_memory(),
    }
    for step in result.details["operators"]:
        refused = step["in"] - step["out"]
        if step["in"] >= _MANY and refused > step["in"] / 2:
            result.notes.append(
                f"'{step['operator']}' sets aside {refused:,} of {step['in']:,}, more than half. "
                "Look at them: ingather samples --quarantined. Where it is wrong, set limits under 'clean'"
            )
    for loss in result.details["unfair"]:
        result.notes.append(
            f"'{loss['operator']}' rejects {loss['rejected']} of {loss['total']} with {loss['attribute']} "
            f"{loss['value']}, clearly more than of the others: these stay, marked for review. "
            "Look at them: ingather samples --review"
        )
    return run.end(result)


def _to_measure(workspace: Workspace, steps: list[Ready]) -> list[tuple[list[Ready], int]]:
    """Groups of operators that must look at all samples since the same version of ``samples``."""
    version = workspace.samples.version
    groups: dict[int, list[Ready]] = {}
    for step in steps:
        cursor: Any = get_cursor(workspace, f"measure:{step.name}") or {}
        since = int(cursor.get("version", 0)) if cursor.get("key") == step.key else 0
        if since != version:
            groups.setdefault(since, []).append(step)
    return [(group, since) for since, group in sorted(groups.items())]


def _measure(
    workspace: Workspace,
    plan: Plan,
    steps: list[Ready],
    since: int,
    cpu: dict[str, float],
    progress: Progress,
) -> int:
    version = workspace.samples.version
    total = workspace.samples.count(f"_row_last_updated_at_version > {since}" if since else None)
    output = output_schema(steps)
    _make_room(workspace, steps, output)
    forms = {step.reads for step in steps} - {"bytes"} or {"bytes"}
    mapping = any(step.is_mapper for step in steps)
    states = _learn(workspace, steps, since)
    if mapping and since == 0 and workspace.cleaned.exists:
        workspace.cleaned.delete("true")
    progress.begin("clean: measuring", total)
    done = 0
    waiting: list[pa.RecordBatch] = []
    for batch in run_batches(
        measuring_input(workspace, since, original=mapping),
        "ingather.cleaning.measuring:measure_batch",
        payload(steps, workspace.blobs.root, states, plan.modality),
        output,
        seconds=total * max(COST[form] for form in forms),
        batch_size=min(BATCH[form] for form in forms),
    ):
        waiting.append(batch)
        done += batch.num_rows
        progress.advance(batch.num_rows)
        if sum(one.num_rows for one in waiting) >= 20_000:
            _store(workspace, waiting, cpu)
            waiting = []
    if waiting:
        _store(workspace, waiting, cpu)
    workspace.measures.compact()
    workspace.signatures.compact()
    with workspace.database.begin() as connection:
        for step in steps:
            set_cursor(connection, f"measure:{step.name}", {"key": step.key, "version": version})
    return done


def _make_room(workspace: Workspace, steps: list[Ready], output: pa.Schema) -> None:
    fields = [field for field in output if "__" in field.name]
    workspace.measures.ensure_columns(fields)
    signs = [pa.field(step.signature, pa.large_binary()) for step in steps if step.is_deduplicator]
    workspace.signatures.ensure_columns(signs)


def _store(workspace: Workspace, batches: list[pa.RecordBatch], cpu: dict[str, float]) -> None:
    table = pa.Table.from_batches(batches)
    for told in table["cpu"].drop_null().to_pylist():
        for name, seconds in orjson.loads(told).items():
            cpu[name] = cpu.get(name, 0.0) + seconds
    changed = table.filter(table["steps"].is_valid())
    if changed.num_rows:
        blobs = workspace.blobs.put(changed["new_bytes"].to_pylist())
        workspace.cleaned.upsert(
            pa.table(
                {
                    "id": changed["id"],
                    "text": changed["new_text"],
                    "blob": pa.array([blob[0] if blob else None for blob in blobs], pa.string()),
                    "steps": changed["steps"],
                }
            )
        )
    workspace.measures.upsert(table.select(["id", *_named(table, "__")]))
    signs = [name for name in table.schema.names if name.startswith("sign:")]
    if signs:
        signed = table.select(["id", *signs])
        workspace.signatures.upsert(signed.rename_columns(["id", *(name[5:] for name in signs)]))


def _named(table: pa.Table, mark: str) -> Iterable[str]:
    return [name for name in table.schema.names if mark in name]


def _learn(workspace: Workspace, steps: list[Ready], since: int) -> dict[str, Any]:
    """Folds new samples into what operators learn of the whole set; kept, so a crash changes nothing."""
    learning = [step for step in steps if hasattr(step.module, "learn")]
    if not learning:
        return {}
    version = workspace.samples.version
    states: dict[str, Any] = {}
    stale: list[Ready] = []
    for step in learning:
        told: Any = get_cursor(workspace, f"learn:{step.name}") or {}
        fits = told.get("key") == step.key and since != 0
        if told.get("key") == step.key and told.get("version") == version:
            states[step.name] = told["state"]
        else:
            states[step.name] = told.get("state") if fits else None
            stale.append(step)
    if stale:
        from ingather.media.record import decode_records

        for batch in measuring_input(workspace, since, original=True):
            records = decode_records(batch.column("id").to_pylist(), batch.column("data").to_pylist())
            for step in stale:
                states[step.name] = step.module.learn(records, step.config, states[step.name])
        with workspace.database.begin() as connection:
            for step in stale:
                value = {"key": step.key, "version": version, "state": states[step.name]}
                set_cursor(connection, f"learn:{step.name}", value)
    return states


def _state(workspace: Workspace, plan: Plan, steps: list[Ready]) -> Any:
    """Whatever judging depends on: if none of it changed, nothing is judged again."""
    from sqlalchemy import func, select

    with workspace.database.connect() as connection:
        decided = connection.execute(
            select(func.count(), func.max(decisions.c.at)).select_from(decisions)
        ).one()
    return {
        "measures": workspace.measures.version,
        "parts": workspace.parts.version,
        "duplicates": workspace.duplicates.version,
        "samples": workspace.samples.version,
        "decisions": [int(decided[0]), str(decided[1])],
        "steps": [[step.name, step.config.model_dump_json()] for step in steps],
        "plan": sorted(plan.attributes),
        "against": list(state_of(workspace, plan)),
        "revision": plan.hash,
    }


def _index(workspace: Workspace) -> None:
    if workspace.verdicts.count() >= 50_000:
        workspace.verdicts.index("verdict", "BITMAP")
        workspace.verdicts.index("id", "BTREE")
        workspace.samples.index("id", "BTREE")


def _peak_memory() -> float:
    if os.name != "posix":
        return 0.0
    import resource

    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(most / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)


def _plain(value: Any) -> Any:
    """Numbers that JSON cannot hold (an infinite ratio) become None."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value
