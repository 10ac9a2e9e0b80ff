"""Where each stage is: small JSON values by name."""

from __future__ import annotations

import orjson
from sqlalchemy import Connection, delete, select

from ingather.sample import Json
from ingather.store.database import upsert
from ingather.store.database_schema import cursors
from ingather.store.workspace import Workspace


def get_cursor(workspace: Workspace, name: str, default: Json = None) -> Json:
    """The value of that name, or the default."""
    with workspace.database.connect() as connection:
        value = connection.execute(select(cursors.c.value).where(cursors.c.name == name)).scalar()
    told: Json = orjson.loads(value) if value is not None else default
    return told


def set_cursor(connection: Connection, name: str, value: Json) -> None:
    """Writes a value in the caller's transaction."""
    upsert(
        connection,
        cursors,
        [{"name": name, "value": orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()}],
    )


def drop_cursors(connection: Connection, prefix: str) -> None:
    """Forgets every cursor whose name begins so."""
    connection.execute(delete(cursors).where(cursors.c.name.startswith(prefix, autoescape=True)))
