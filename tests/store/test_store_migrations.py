"""Upgrades: whatever version a database comes from, its tables end as they are declared."""

from __future__ import annotations

from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, inspect

import ingather.store.studio_schema  # noqa: F401  (its tables are part of the metadata)
from ingather.store import migrate
from ingather.store.database_schema import metadata


def shape(engine: Engine) -> dict[str, Any]:
    """Tables with their columns, keys and indexes, as the database tells them."""
    seen = inspect(engine)
    told: dict[str, Any] = {}
    for table in seen.get_table_names():
        if table == "alembic_version":
            continue
        told[table] = {
            "columns": {one["name"]: (str(one["type"]), one["nullable"]) for one in seen.get_columns(table)},
            "key": seen.get_pk_constraint(table)["constrained_columns"],
            "unique": sorted(tuple(one["column_names"]) for one in seen.get_unique_constraints(table)),
            "indexes": sorted(
                (one["name"], tuple(one["column_names"]), bool(one["unique"]))
                for one in seen.get_indexes(table)
            ),
        }
    return told


def upgrade_to(engine: Engine, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.Path(migrate.__file__).parent / "migrations"))
    config.attributes["engine"] = engine
    command.upgrade(config, version)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_upgrade_from_each_version_ends_as_a_fresh_database(kind, tmp_path, request):
    if kind == "postgresql":
        address = request.getfixturevalue("postgres_address").replace("postgresql:", "postgresql+psycopg:")
        engines = [create_engine(address)]
    else:
        engines = [create_engine(f"sqlite:///{tmp_path}/from-{n}.db") for n in (0, 2, 3)]
    told = []
    for start, engine in zip((0, 2, 3), engines, strict=False):
        if start:
            upgrade_to(engine, f"{start:04d}")
        before = set(shape(engine))
        assert ("gate_tries" in before, "accounts" in before) == (False, start == 3)
        migrate.upgrade(engine)
        told.append(shape(engine))
        metadata.drop_all(engine)
        metadata.create_all(engine)
        assert told[-1] == shape(engine)
        engine.dispose()
    assert all(one == told[0] for one in told)
