"""The annotate stage: votes from files become one settled label a sample, with every vote beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from ingather.annotation.settle import Settled, settle
from ingather.annotation.votes import Votes, read_votes, votes_of
from ingather.engine.progress import SILENT, Progress
from ingather.errors import InputError
from ingather.plan.model import Plan
from ingather.sample import Json
from ingather.store.cursors import get_cursor, set_cursor
from ingather.store.recount import recount
from ingather.store.runs import Run, StageResult
from ingather.store.workspace import Workspace

_BATCH = 20_000


def annotate(workspace: Workspace, plan: Plan, *, progress: Progress = SILENT) -> StageResult:
    """Settles the votes of the plan's files and writes the labels that changed.

    A vote is about the sample whose key, or whose id, is the vote's task.

    Raises:
        InputError: a vote file cannot be read.
    """
    assert plan.annotate is not None
    run = Run(workspace, plan.hash, "annotate")
    result = StageResult("annotate")
    state = _state(workspace, plan)
    known: Any = get_cursor(workspace, "annotated") or {}
    if known.get("state") != state:
        progress.begin("annotate: settling", None)
        told = _settle(workspace, plan, result)
        if result.new or result.changed:
            recount(workspace, plan)
        with workspace.database.begin() as connection:
            set_cursor(connection, "annotated", {"state": _state(workspace, plan), "told": told})
    else:
        told = known["told"]
    result.taken = told.get("votes", 0)
    result.kept = workspace.labels.count()
    result.details = told
    result.notes += told.get("notes", [])
    return run.end(result)


def _state(workspace: Workspace, plan: Plan) -> Json:
    assert plan.annotate is not None
    files: list[Json] = []
    for name in plan.annotate.votes:
        path = workspace.root / name
        files.append([name, _digest(path) if path.is_file() else None])
    return [plan.annotate.model_dump_json(), plan.task.model_dump_json(), files, workspace.samples.version]


def _digest(path: Any) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _settle(workspace: Workspace, plan: Plan, result: StageResult) -> dict[str, Any]:
    assert plan.annotate is not None
    if not plan.annotate.votes:
        return {
            "votes": 0,
            "notes": ["The plan names no vote files (annotate.votes): labels stay as they came."],
        }
    votes = _joined([read_votes(workspace.root / name) for name in plan.annotate.votes])
    unknown = sorted(set(votes.labels) - set(plan.task.labels)) if plan.task.labels else []
    if unknown:
        raise InputError(
            f"The votes hold labels that the plan does not know: {', '.join(unknown[:8])}.",
            why="A label outside task.labels can never be right.",
            fix="Add them to task.labels, or mend the vote files: " + ", ".join(plan.annotate.votes),
        )
    settled = settle(votes, plan.annotate.method, subjective=plan.task.subjective)
    samples = _samples_of(workspace, settled.tasks)
    lost = [task for task in settled.tasks if task not in samples]
    tables = list(_rows(plan, votes, settled, samples))
    before = workspace.labels.read(["id", "label", "distribution", "votes"]).to_pylist()
    old = {row["id"]: (row["label"], row["distribution"], row["votes"]) for row in before}
    for table in tables:
        fresh = [
            old.get(row["id"]) != (row["label"], row["distribution"], row["votes"])
            for row in table.to_pylist()
        ]
        changed = table.filter(pa.array(fresh, pa.bool_()))
        result.new += sum(one not in old for one in changed["id"].to_pylist())
        result.changed += sum(one in old for one in changed["id"].to_pylist())
        workspace.labels.upsert(changed)
    notes = [f"{loss.where}: {loss.reason}" for loss in votes.losses[:5]]
    if lost:
        notes.append(
            f"{len(lost):,} of {len(settled.tasks):,} tasks are no sample's key or id, such as '{lost[0]}'."
        )
    alpha = settled.agreement["alpha"]
    if alpha is not None:
        notes.append(f"agreement (Krippendorff's alpha): {alpha:.3f}")
    return {
        "votes": len(votes.worker),
        "tasks": len(settled.tasks),
        "method": plan.annotate.method,
        "agreement": settled.agreement,
        "without_sample": len(lost),
        "notes": notes,
    }


def _joined(files: list[Votes]) -> Votes:
    if len(files) == 1:
        return files[0]
    workers = [f.workers[code] for f in files for code in f.worker.tolist()]
    tasks = [f.tasks[code] for f in files for code in f.task.tolist()]
    labels = [f.labels[code] for f in files for code in f.label.tolist()]
    return votes_of(workers, tasks, labels)


def _samples_of(workspace: Workspace, tasks: tuple[str, ...]) -> dict[str, str]:
    """The sample of each task that is some sample's key or id."""
    wanted = pa.array(tasks, pa.string())
    found: dict[str, str] = {}
    for batch in workspace.samples.scan(["id", "key"], where="role != 'carrier'"):
        for column in ("id", "key"):
            hit = pc.is_in(batch.column(column), value_set=wanted)
            names = batch.column(column).filter(hit).to_pylist()
            found |= dict(zip(names, batch.column("id").filter(hit).to_pylist(), strict=True))
    return found


def _rows(plan: Plan, votes: Votes, settled: Settled, samples: dict[str, str]) -> Iterator[pa.Table]:
    assert plan.annotate is not None
    order = np.argsort(votes.task, kind="stable")
    starts = np.searchsorted(votes.task[order], np.arange(len(votes.tasks) + 1))
    place = {task: number for number, task in enumerate(votes.tasks)}
    rows: list[dict[str, Any]] = []
    for number, task in enumerate(settled.tasks):
        if task not in samples:
            continue
        own = order[starts[place[task]] : starts[place[task] + 1]]
        given = [[votes.workers[votes.worker[i]], votes.labels[votes.label[i]]] for i in own.tolist()]
        distribution = {k: round(v, 6) for k, v in settled.distribution(number).items()}
        label = settled.labels.get(task)
        rows.append(
            {
                "id": samples[task],
                "label": orjson.dumps(label).decode() if label is not None else None,
                "method": "none" if plan.task.subjective else plan.annotate.method,
                "distribution": orjson.dumps(distribution, option=orjson.OPT_SORT_KEYS).decode(),
                "votes": orjson.dumps(given).decode(),
                "agreement": max(np.bincount(votes.label[own])) / len(own),
            }
        )
        if len(rows) >= _BATCH:
            yield _table(rows)
            rows = []
    if rows:
        yield _table(rows)


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    from ingather.store.sample_schema import LABELS

    return pa.Table.from_pylist(rows, schema=LABELS)
