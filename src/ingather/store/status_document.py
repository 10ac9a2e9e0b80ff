"""What ``status`` tells: made when counts are written, kept beside them, read in a moment at any size.

Reading it back needs neither the plan's model nor SQLAlchemy: the document is found by the hash of the plan's
text, and whatever is not plain (another database, another version, a plan that was edited) is left to the
long way.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from typing import TYPE_CHECKING, Any

import orjson

from ingather import __version__
from ingather.store.workspace import DATABASE_FILE, DATABASE_VARIABLE, Workspace

if TYPE_CHECKING:
    from ingather.plan.model import Plan
    from ingather.plan.quotas import Counts

NAME = "status:"
"""Beginning of the cursor that holds the document; the hash of the plan's text follows."""


def status_document(plan: Plan, counts: Counts, states: dict[str, int]) -> dict[str, Any]:
    """Samples, quotas, unknown values, what was spent and the budget; releases are not in it."""
    from ingather.plan.prices import spent
    from ingather.plan.quotas import coverage

    spending = spent(plan, counts)
    return {
        "samples": {
            "collected": states.get("collected", 0),
            "kept": states.get("kept", 0) + states.get("review", 0),
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
        "spent": " and ".join(str(money) for money in spending.spent) or None,
        "budget": str(plan.targets.budget) if plan.targets.budget else None,
    }


def stamped(document: dict[str, Any]) -> dict[str, Any]:
    """The document as it is kept: with the versions of the program and of the tables it was made from."""
    from ingather.store.database_schema import SCHEMA_VERSION

    return {"program": __version__, "schema": SCHEMA_VERSION, **document}


def read_kept(workspace: Workspace) -> dict[str, Any] | None:
    """What was kept for the plan as it stands now, with the releases; None asks for the long way."""
    path = workspace.folder / DATABASE_FILE
    if os.environ.get(DATABASE_VARIABLE) or workspace.database_address or not path.is_file():
        return None
    try:
        text = workspace.plan_path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    if "database" in text:
        return None
    name = NAME + hashlib.sha256(text.encode()).hexdigest()
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=20)) as connection:
            schema = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            kept = connection.execute("SELECT value FROM cursors WHERE name = ?", [name]).fetchone()
            releases = connection.execute(
                "SELECT name, path, digest, plan, summary FROM releases ORDER BY at"
            ).fetchall()
    except sqlite3.Error:
        return None
    if not kept or not schema:
        return None
    document: dict[str, Any] = orjson.loads(kept[0])
    if (document.pop("program"), document.pop("schema")) != (__version__, int(schema[0])):
        return None
    document["releases"] = [
        dict(zip(("release", "path", "digest", "plan"), row, strict=False)) | orjson.loads(row[4])
        for row in releases
    ]
    return document
