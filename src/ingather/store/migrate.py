"""Brings the database's tables to this program's version with Alembic."""

from __future__ import annotations

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from ingather.store.database_schema import SCHEMA_VERSION


def upgrade(engine: Engine) -> None:
    """Runs every migration that the database has not had, in one transaction each."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["engine"] = engine
    command.upgrade(config, f"{SCHEMA_VERSION:04d}")
