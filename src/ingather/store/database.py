"""The workspace's database: SQLite beside the data by default, PostgreSQL by its address."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from ingather.errors import InputError, MissingExtra, OutsideError
from ingather.store.database_schema import SCHEMA_VERSION
from ingather.store.workspace import DATABASE_FILE


class UnreadableVersion(Exception):
    """The version of the tables is no number."""


def connect(address: str | None, folder: Path) -> Engine:
    """Opens the database and brings its tables up to date.

    Args:
        address: a SQLAlchemy address, or None for SQLite in ``folder``.
        folder: the workspace's own folder.

    Raises:
        InputError: the address or the database cannot be read, or its tables are newer than this program.
        MissingExtra: PostgreSQL is asked for and its driver is not installed.
        OutsideError: the database does not answer.
    """
    try:
        url = make_url(address or f"sqlite:///{folder / DATABASE_FILE}")
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ValueError) as wrong:
        raise InputError(
            f"'{address}' is no database address.",
            why=str(wrong).splitlines()[0],
            fix="Write it as postgresql://user@host/name, or leave it out for SQLite in the workspace.",
        ) from wrong
    except ModuleNotFoundError as missing:
        raise MissingExtra("postgres", "A PostgreSQL database") from missing
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_settings)
    try:
        _up_to_date(engine)
    except OperationalError as down:
        inside = engine.dialect.name == "sqlite"
        raise OutsideError(
            f"The database does not answer: {str(down.orig).strip().splitlines()[0]}",
            why="Counts, runs and decisions are kept there.",
            fix="See that the disk has room, that this user may write in its folder and that nothing else "
            "holds it, then run the same command again."
            if inside
            else "Start it, or mend the address in INGATHER_DATABASE_URL, then run the same command again.",
            where=str(url.database) if inside else url.render_as_string(),
        ) from down
    except (DatabaseError, UnreadableVersion) as damaged:
        raise InputError(
            f"The workspace's database cannot be read: {getattr(damaged, 'orig', damaged)}.",
            why="It was cut short or overwritten. Samples and releases lie beside it and are whole.",
            fix="Put back a copy of it, or move it away and run again: then only decisions by hand and the "
            "record of runs and releases are lost.",
            where=str(url.database or url.render_as_string()),
        ) from damaged
    return engine


def written_address(plan_path: Path) -> str | None:
    """The address that a plan names as its ``database``, whatever else stands in it."""
    try:
        content = plan_path.read_bytes()
    except OSError:
        return None
    if b"database" not in content:
        return None
    from ingather.plan.positions import decode, parse

    tree, _ = parse(decode(content)[0])
    node = tree.get("database") if tree is not None else None
    return node.value if node is not None and isinstance(node.value, str) else None


def upsert(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    """Writes rows by primary key, replacing what is there, in the caller's transaction."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    rest = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest), rows)


def upsert_many(
    connection: Connection, table: Any, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Like ``upsert`` for very many rows of plain values, in the order of ``names``.

    The driver is spoken to directly: preparing rows costs SQLAlchemy more than writing them.
    """
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    rest = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join([mark] * len(names))}) "
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {rest}",
        list(rows),
    )


def _sqlite_settings(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for setting in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=20000",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _up_to_date(engine: Engine) -> None:
    with engine.connect() as connection:
        fresh = not inspect(connection).has_table("alembic_version")
        said = 0 if fresh else connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    try:
        found = int(said or 0)
    except ValueError as wrong:
        raise UnreadableVersion(f"the version of its tables is '{said}'") from wrong
    if found > SCHEMA_VERSION:
        raise InputError(
            f"A newer Ingather wrote this workspace (schema {found}; this one knows {SCHEMA_VERSION}).",
            why="An older program could harm what a newer one wrote.",
            fix="pip install --upgrade ingather",
        )
    if found < SCHEMA_VERSION:
        from ingather.store.migrate import upgrade

        upgrade(engine)
