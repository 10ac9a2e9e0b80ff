"""What a workspace holds, from its counts alone."""

from __future__ import annotations

from typing import Any

from ingather.plan.model import Plan
from ingather.plan.quotas import coverage
from ingather.store.counts import read_counts
from ingather.store.cursors import get_cursor
from ingather.store.release_log import list_releases
from ingather.store.workspace import Workspace


def status_of(workspace: Workspace, plan: Plan) -> dict[str, Any]:
    """The status document: samples, quotas, unknown values, spent and budget, releases."""
    counts = read_counts(workspace, plan)
    states: Any = (get_cursor(workspace, "counts") if workspace.started else None) or {}
    kept = states.get("kept", 0) + states.get("review", 0)
    return {
        "samples": {
            "collected": states.get("collected", 0),
            "kept": kept,
            "quarantined": states.get("quarantined", 0),
            "review": states.get("review", 0),
            "waiting": states.get("waiting", 0),
        },
        "quotas": [
            {
                "by": row.by,
                "target": row.target,
                "collected": row.collected,
                "kept": row.kept,
                "gap": row.gap,
                "contributors_target": row.contributors_target,
                "contributors": row.contributors,
                "unknown": row.unknown,
                "kind": row.kind,
            }
            for row in coverage(plan, counts)
        ],
        "unknown": dict(counts.unknown),
        "budget": str(plan.targets.budget) if plan.targets.budget else None,
        "releases": list_releases(workspace) if workspace.started else [],
    }
