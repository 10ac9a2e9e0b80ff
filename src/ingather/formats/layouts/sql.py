"""SQL: tables of SQLite and DuckDB files, and of database servers by their SQLAlchemy address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, field_validator

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.database_address import flaw_of
from ingather.formats.folder_files import files_below
from ingather.formats.sql_read import read_database
from ingather.formats.sql_tables import database_kind, is_dump
from ingather.sample import Item, Loss

tasks = (
    "classification", "regression", "transcription", "translation", "ranking", "recommendation", "none",
)  # fmt: skip
_SUFFIXES = (".sqlite", ".sqlite3", ".db", ".db3", ".duckdb", ".ddb", ".gpkg")


class Config(FormatConfig):
    """Which database, and what of it."""

    address: str | None = Field(
        None,
        description="SQLAlchemy address of a server, such as postgresql://reader@db.example.org/shop; "
        "its password stands in the environment as INGATHER_DATABASE_PASSWORD",
    )
    table: str | None = Field(None, description="only this table; every one when left out")
    query: str | None = Field(None, description="a SELECT instead of a table")
    key: str | None = Field(
        None, description="the column whose value is an item's key; the table's primary key when left out"
    )

    @field_validator("address")
    @classmethod
    def _without_password(cls, address: str | None) -> str | None:
        if address is not None and (flaw := flaw_of(address)):
            raise ValueError(flaw)
        return address


def sniff(path: Path) -> Sniff | None:
    """Sure of a file that begins as SQLite or DuckDB files do."""
    if path.is_file() and path.suffix.lower() == ".sql" and is_dump(path):
        return Sniff(0.3, f"{path.name} holds SQL statements: load them into a database, and name that")
    for file in _files(path)[:5]:
        kind = database_kind(file)
        if kind is not None:
            return Sniff(0.95, f"{file.name} is a database of {'SQLite' if kind == 'sqlite' else 'DuckDB'}")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every row as an item: media or text where a column holds them, else a record; columns in ``data``.

    Keys are ``TABLE/KEY``: the primary key, else the SHA-256 of the row and its occurrence. Databases are
    opened for reading only; views are not read unless a query asks for them.

    Raises:
        InputError: the address is none.
        OutsideError: the server does not answer.
        MissingExtra: the driver is not installed.
    """
    if config.address is not None:
        yield from read_database(config.address, "", config.table, config.query, config.key)
        return
    for file in _files(path):
        name = file.name if path.is_file() else file.relative_to(path).as_posix()
        yield from read_database(file, name, config.table, config.query, config.key)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return files_below(path, lambda name: name.lower().endswith(_SUFFIXES), depth=2)
