"""The record of runs: which stage, under which plan, with what result, how long."""

from __future__ import annotations

import secrets
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import insert, select, update

from ingather.store.database_schema import runs
from ingather.store.workspace import Workspace


@dataclass
class StageResult:
    """What one pass of a stage did.

    Attributes:
        stage: its name.
        taken: how many samples it looked at; ``in`` in JSON.
        new: how many it added.
        changed: how many it changed.
        gone: how many its source no longer brings.
        kept: how many are kept after it.
        quarantined: how many are quarantined after it.
        seconds: wall time.
        details: what only this stage tells.
        notes: sentences for the person at the terminal.
    """

    stage: str
    taken: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    kept: int = 0
    quarantined: int = 0
    seconds: float = 0.0
    details: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The form that ``--json`` prints."""
        told = asdict(self)
        told["in"] = told.pop("taken")
        told["seconds"] = round(self.seconds, 3)
        details = told.pop("details")
        return {**told, **details}


class Run:
    """One stage under way; its record is written when it starts and when it ends."""

    def __init__(self, workspace: Workspace, plan_hash: str, stage: str) -> None:
        self.id = secrets.token_hex(8)
        self.workspace = workspace
        self.stage = stage
        self.started = time.perf_counter()
        with workspace.database.begin() as connection:
            connection.execute(
                update(runs)
                .where(runs.c.stage == stage, runs.c.state == "running")
                .values(state="broken off")
            )
            connection.execute(
                insert(runs).values(
                    id=self.id,
                    plan=plan_hash,
                    stage=stage,
                    state="running",
                    started=datetime.now(UTC),
                    summary="{}",
                )
            )

    def end(self, result: StageResult) -> StageResult:
        """Writes what came of it."""
        result.seconds = time.perf_counter() - self.started
        summary = orjson.dumps(result.as_json(), default=str).decode()
        with self.workspace.database.begin() as connection:
            connection.execute(
                update(runs)
                .where(runs.c.id == self.id)
                .values(state="done", ended=datetime.now(UTC), summary=summary)
            )
        return result


def last_summary(workspace: Workspace, stage: str) -> dict[str, Any] | None:
    """What the last finished run of a stage told, or None."""
    with workspace.database.connect() as connection:
        value = connection.execute(
            select(runs.c.summary)
            .where(runs.c.stage == stage, runs.c.state == "done")
            .order_by(runs.c.ended.desc())
            .limit(1)
        ).scalar()
    return orjson.loads(value) if value else None
