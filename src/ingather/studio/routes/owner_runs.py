"""Runs: started, watched and stopped from the studio."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Path
from sqlalchemy import select

from ingather.store.database_schema import runs
from ingather.studio.answers import ERRORS, Body
from ingather.studio.guard import Here, Owner
from ingather.studio.identity import note
from ingather.studio.owner_runs import list_runs, show_run, start_run, stop_run

router = APIRouter(prefix="/api/runs", tags=["runs"], responses=ERRORS)
RunId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="a run's id")]


class NewRun(Body):
    """A stage to be run, or all of them."""

    stage: Literal["run", "collect", "clean", "annotate", "release", "train", "next"]
    strict: bool = False
    apply: bool = False


@router.get("")
def overview(who: Owner, studio: Here) -> dict[str, Any]:
    """What the studio started, newest first, and the last passes of every stage however they were started."""
    query = select(runs).order_by(runs.c.started.desc()).limit(50)
    rows = studio.read(lambda connection: connection.execute(query).all())
    return {
        "runs": list_runs(studio.workspace),
        "passes": [
            {"stage": row.stage, "state": row.state, "started": row.started.isoformat(),
             "ended": row.ended.isoformat() if row.ended else None, "summary": orjson.loads(row.summary)}
            for row in rows
        ],
    }  # fmt: skip


@router.post("", status_code=201)
def start(body: NewRun, who: Owner, studio: Here) -> dict[str, str]:
    """Starts a stage as a process of its own."""
    now = studio.clock()
    options = {
        "strict": body.strict and body.stage in ("run", "release"),
        "apply": body.apply and body.stage == "next",
    }
    one = start_run(studio.workspace, body.stage, now, options)
    studio.writer.write_now(lambda c: note(c, now, who.account, f"run started: {body.stage}", one))
    return {"id": one}


@router.get("/{run}")
def show(run: RunId, who: Owner, studio: Here) -> dict[str, Any]:
    """One run with the end of its log and its answer."""
    return show_run(studio.workspace, run)


@router.post("/{run}/stop")
def stop(run: RunId, who: Owner, studio: Here) -> dict[str, bool]:
    """Stops a run as Ctrl-C does."""
    now = studio.clock()
    stopped = stop_run(studio.workspace, run)
    studio.writer.write_now(lambda connection: note(connection, now, who.account, "run stopped", run))
    return {"stopped": stopped}
