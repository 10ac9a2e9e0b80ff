"""Tables of databases, read and never written: SQLite and DuckDB files, and servers by SQLAlchemy address."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ingather.errors import InputError, MissingExtra, OutsideError
from ingather.formats.database_address import password
from ingather.formats.json_document import json_head

_AT_ONCE = 2000
_SQLITE = b"SQLite format 3\0"


class DatabaseFault(Exception):
    """The database, or one table of it, cannot be read; the message says why in words."""


class Database(ABC):
    """An open database."""

    @abstractmethod
    def tables(self) -> list[str]:
        """Names of its tables, sorted; views are none.

        Raises:
            DatabaseFault: they cannot be listed.
        """

    @abstractmethod
    def key_of(self, table: str) -> tuple[str, ...]:
        """The columns of a table's primary key, none where it has none."""

    @abstractmethod
    def rows(self, query: str) -> Iterator[dict[str, Any]]:
        """The rows of a query, streamed.

        Raises:
            DatabaseFault: it cannot be answered, or not to the end.
        """

    @abstractmethod
    def quoted(self, name: str) -> str:
        """A table's name as it stands in a query."""

    @abstractmethod
    def close(self) -> None:
        """Closes the connection."""


def database_kind(file: Path) -> str | None:
    """``sqlite`` or ``duckdb`` by a file's first bytes, None where it is neither."""
    if not file.is_file():
        return None
    try:
        with file.open("rb") as stream:
            head = stream.read(16)
    except OSError:
        return None
    if head == _SQLITE:
        return "sqlite"
    return "duckdb" if head[8:12] == b"DUCK" else None


@contextmanager
def open_database(place: Path | str) -> Iterator[Database]:
    """Opens a database's file, or the server at a SQLAlchemy address, for reading.

    Raises:
        InputError: the address is none.
        OutsideError: the server cannot be reached.
        MissingExtra: the driver is not installed.
        DatabaseFault: the file cannot be opened.
    """
    database: Database
    if isinstance(place, str):
        database = _Served(_engine(place))
    elif database_kind(place) == "duckdb":
        database = _DuckFile(place)
    else:
        database = _Served(_sqlite_engine(place))
    try:
        yield database
    finally:
        database.close()


class _Served(Database):
    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def tables(self) -> list[str]:
        from sqlalchemy import inspect

        with _faults():
            return sorted(inspect(self._engine).get_table_names())

    def key_of(self, table: str) -> tuple[str, ...]:
        from sqlalchemy import inspect

        with _faults():
            return tuple(inspect(self._engine).get_pk_constraint(table).get("constrained_columns") or ())

    def rows(self, query: str) -> Iterator[dict[str, Any]]:
        with _faults(), self._engine.connect() as connection:
            told = connection.execution_options(stream_results=True, yield_per=_AT_ONCE, no_parameters=True)
            if self._engine.dialect.name == "postgresql":
                told = told.execution_options(postgresql_readonly=True)
            result = told.exec_driver_sql(query)
            names = list(result.keys())
            for row in result:
                yield dict(zip(names, row, strict=True))

    def quoted(self, name: str) -> str:
        return str(self._engine.dialect.identifier_preparer.quote_identifier(name))

    def close(self) -> None:
        self._engine.dispose()


class _DuckFile(Database):
    def __init__(self, file: Path) -> None:
        try:
            import duckdb
        except ImportError as error:
            raise MissingExtra("duckdb", "Reading DuckDB files") from error
        self._error = duckdb.Error
        try:
            # queries of a file that others made must not reach other files or the network
            safe: dict[str, str | bool | int | float | list[str]] = {
                "enable_external_access": "false",
                "autoload_known_extensions": "false",
            }
            self._connection = duckdb.connect(str(file), read_only=True, config=safe)
        except duckdb.Error as error:
            raise DatabaseFault(_first_line(error)) from error

    def tables(self) -> list[str]:
        asked = "SELECT table_schema AS s, table_name AS t FROM information_schema.tables"
        found = list(self.rows(f"{asked} WHERE table_type = 'BASE TABLE'"))
        return sorted(row["t"] if row["s"] == "main" else f"{row['s']}.{row['t']}" for row in found)

    def key_of(self, table: str) -> tuple[str, ...]:
        plain = table.rpartition(".")[2].replace("'", "''")
        query = (
            "SELECT constraint_column_names AS names FROM duckdb_constraints() "
            f"WHERE constraint_type = 'PRIMARY KEY' AND table_name = '{plain}'"
        )
        return next((tuple(row["names"]) for row in self.rows(query)), ())

    def rows(self, query: str) -> Iterator[dict[str, Any]]:
        try:
            cursor = self._connection.cursor().execute(query)
            names = [column[0] for column in cursor.description or ()]
            while batch := cursor.fetchmany(_AT_ONCE):
                for row in batch:
                    yield dict(zip(names, row, strict=True))
        except self._error as error:
            raise DatabaseFault(_first_line(error)) from error

    def quoted(self, name: str) -> str:
        return ".".join('"' + part.replace('"', '""') + '"' for part in name.split(".", 1))

    def close(self) -> None:
        self._connection.close()


@contextmanager
def _faults() -> Iterator[None]:
    from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError

    try:
        yield
    except OperationalError as error:
        if "sqlite" not in type(error.orig).__module__:
            raise OutsideError(
                f"The database does not answer: {_first_line(error.orig or error)}.",
                why="Its tables are read from the server.",
                fix="Check that it runs and that the address is right, and try again.",
            ) from error
        raise DatabaseFault(_first_line(error.orig or error)) from error
    except DatabaseError as error:
        raise DatabaseFault(_first_line(error.orig or error)) from error
    except (SQLAlchemyError, sqlite3.Error, ValueError, OverflowError) as error:
        raise DatabaseFault(_first_line(error)) from error


def _engine(address: str) -> Any:
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    if address.startswith(("postgres:", "postgresql:")):
        address = "postgresql+psycopg:" + address.partition(":")[2]
    try:
        url = make_url(address)
        if url.password is None and url.username is not None and (secret := password()) is not None:
            url = url.set(password=secret)
        return create_engine(url)
    except ModuleNotFoundError as error:
        if error.name == "psycopg":
            raise MissingExtra("postgres", "Reading tables of PostgreSQL") from error
        raise InputError(
            f"The driver '{error.name}' of this database is not installed.",
            why="SQLAlchemy reaches each kind of database by a driver of its own.",
            fix=f"pip install {error.name}",
        ) from error
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise InputError(
            f"The address of the database is none: {_first_line(error)}.",
            why="It is written as SQLAlchemy has it: KIND://USER@HOST/NAME.",
            fix="Write for instance postgresql://reader@db.example.org/shop.",
        ) from error


def _sqlite_engine(file: Path) -> Any:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    def connect() -> sqlite3.Connection:
        place = quote(str(file.absolute()))
        connection = sqlite3.connect(f"file:{place}?mode=ro", uri=True, check_same_thread=False)
        connection.text_factory = lambda content: content.decode("utf-8", "replace")
        # a schema that others made must not call functions, nor damaged pages be trusted
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        # ATTACH would make files even where the database is only read
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        return connection

    return create_engine("sqlite://", creator=connect, poolclass=StaticPool)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def is_dump(file: Path) -> bool:
    """Whether a file is the text of SQL statements rather than a database."""
    head = json_head(file, 4096).upper()
    return b"CREATE TABLE" in head or b"INSERT INTO" in head
