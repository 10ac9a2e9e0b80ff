from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from ingather.errors import InputError, OutsideError, WorkspaceBusy
from ingather.store.database import connect
from ingather.store.database_schema import metadata
from ingather.store.leases import hold


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str | None:
    return None if request.param == "sqlite" else str(request.getfixturevalue("postgres_address"))


def test_migrations_make_the_tables_that_the_program_uses(address: str | None, tmp_path: Path) -> None:
    engine = connect(address, tmp_path)
    found = inspect(engine)
    for table in metadata.sorted_tables:
        columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}, table.name
    engine.dispose()


def test_a_newer_workspace_is_refused_with_words(address: str | None, tmp_path: Path) -> None:
    engine = connect(address, tmp_path)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(InputError, match="newer Ingather"):
        connect(address, tmp_path)


def test_one_holder_at_a_time(address: str | None, tmp_path: Path) -> None:
    engine = connect(address, tmp_path)
    with hold(engine, "run"), pytest.raises(WorkspaceBusy), hold(engine, "run"):
        pass
    with hold(engine, "run"):
        pass
    engine.dispose()


def test_a_killed_holder_is_found_dead_at_once(tmp_path: Path) -> None:
    code = (
        "import os, sys, pathlib\n"
        "from ingather.store.database import connect\n"
        "from ingather.store.leases import hold\n"
        f"engine = connect(None, pathlib.Path({str(tmp_path)!r}))\n"
        "with hold(engine, 'run'): os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], env=os.environ, check=False).returncode == -9
    with hold(connect(None, tmp_path), "run"):
        pass


def test_wrong_addresses_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no database address"):
        connect("nonsense", tmp_path)
    with pytest.raises(OutsideError, match="does not answer"):
        connect("postgresql://postgres@127.0.0.1:1/none", tmp_path)
