"""Fixtures for all tests: where the real data lies, a real PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import postgres
from chromium import driver, find_chromium
from needed import missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium; it ends with the module, for its event loop is in the way of others."""
    program = find_chromium()
    if program is None:
        missing("no Chromium here: apt-get install chromium, or name one in INGATHER_CHROMIUM")
    with driver() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data sets; INGATHER_TEST_DATA names another one."""
    folder = Path(os.environ.get("INGATHER_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        missing(f"no test data at {folder}: set INGATHER_TEST_DATA to the folder that holds the sets")
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a running PostgreSQL, without a database's name."""
    programs = postgres.find_programs()
    if programs is None:
        missing("no PostgreSQL here: apt-get install postgresql")
    with postgres.server(programs) as address:
        yield address


@pytest.fixture
def postgres_address(postgres_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database."""
    from sqlalchemy import create_engine, text

    name = f"t{abs(hash(request.node.nodeid)) % 10**12}"
    engine = create_engine(
        postgres_server.replace("postgresql:", "postgresql+psycopg:") + "/postgres",
        isolation_level="AUTOCOMMIT",
    )
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield f"{postgres_server}/{name}"
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()
