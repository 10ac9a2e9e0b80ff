"""The releases that were cut from a workspace."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select

from ingather.store.database import upsert
from ingather.store.database_schema import releases
from ingather.store.workspace import Workspace


def list_releases(workspace: Workspace) -> list[dict[str, Any]]:
    """Every release, oldest first: name, path, digest, samples, splits."""
    with workspace.database.connect() as connection:
        rows = connection.execute(select(releases).order_by(releases.c.at)).all()
    return [
        {
            "release": row.name,
            "path": row.path,
            "digest": row.digest,
            "plan": row.plan,
            **orjson.loads(row.summary),
        }
        for row in rows
    ]


def log_release(
    connection: Connection, name: str, path: str, digest: str, plan: str, summary: dict[str, Any]
) -> None:
    """Notes a release in the caller's transaction; the same name again replaces its entry."""
    entry = {
        "name": name,
        "path": path,
        "digest": digest,
        "plan": plan,
        "at": datetime.now(UTC),
        "summary": orjson.dumps(summary, option=orjson.OPT_SORT_KEYS).decode(),
    }
    upsert(connection, releases, [entry])
