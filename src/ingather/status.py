"""What a workspace holds, from its counts alone."""

from __future__ import annotations

from typing import Any

from ingather.store.status_document import read_kept
from ingather.store.workspace import Workspace


def status_of(workspace: Workspace) -> dict[str, Any]:
    """The status document: samples, quotas, unknown values, spent and budget, releases.

    Raises:
        PlanError: the plan's shape is wrong; all mistakes of shape are listed.
        InputError: there is no plan.
    """
    kept = read_kept(workspace)
    return kept if kept is not None else _made_now(workspace)


def _made_now(workspace: Workspace) -> dict[str, Any]:
    from ingather.plan.read import reread_plan
    from ingather.store.counts import read_counts
    from ingather.store.cursors import get_cursor
    from ingather.store.release_log import list_releases
    from ingather.store.status_document import status_document

    plan = reread_plan(workspace.plan_path)
    counts = read_counts(workspace, plan)
    states: Any = (get_cursor(workspace, "counts") if workspace.started else None) or {}
    releases = list_releases(workspace) if workspace.started else []
    return {**status_document(plan, counts, states), "releases": releases}
