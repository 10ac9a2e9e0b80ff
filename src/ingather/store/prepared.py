"""Statements that are built once: building one anew for every small request costs more than running it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect
from sqlalchemy.sql.expression import Executable


class Prepared:
    """A statement whose bound parameters are given by name when it is run; constants stay as they are.

    It is compiled once for each kind of database and then handed to the driver as it is, so that rows come
    back as the driver gives them (SQLite has no booleans, only 0 and 1). It must not hold an ``IN`` list.
    """

    def __init__(self, statement: Executable) -> None:
        self.statement = statement
        self._compiled: dict[str, tuple[str, list[str] | None, dict[str, Any]]] = {}

    def __call__(self, connection: Connection, **values: Any) -> CursorResult[Any]:
        """Runs it in the caller's transaction."""
        sql, order, constants = self._for(connection.dialect)
        if order is None:
            return connection.exec_driver_sql(sql, {**constants, **values})
        return connection.exec_driver_sql(
            sql, tuple(values[name] if name in values else constants[name] for name in order)
        )

    def _for(self, dialect: Dialect) -> tuple[str, list[str] | None, dict[str, Any]]:
        known = self._compiled.get(dialect.name)
        if known is None:
            compiled: Any = self.statement.compile(dialect=dialect)  # type: ignore[attr-defined]
            order = list(compiled.positiontup) if compiled.positional else None
            known = str(compiled), order, dict(compiled.params)
            self._compiled[dialect.name] = known
        return known
