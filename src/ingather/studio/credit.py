"""The ledger: append-only, each cause once, exact in minor units."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from ingather.store.prepared import Prepared
from ingather.store.studio_schema import ledger

_FIELDS = ("account", "campaign", "cause", "kind", "minor", "currency", "reason", "at")


_VALUES: dict[str, Any] = {name: bindparam(name) for name in _FIELDS}
_ENTER_SQLITE = Prepared(
    sqlite.insert(ledger).values(_VALUES).on_conflict_do_nothing(index_elements=["cause"])
)
_ENTER_POSTGRES = Prepared(
    postgresql.insert(ledger).values(_VALUES).on_conflict_do_nothing(index_elements=["cause"])
)


def credit(
    connection: Connection,
    account: str,
    campaign: str,
    *,
    cause: str,
    kind: str,
    minor: int,
    currency: str,
    reason: str,
    now: float,
) -> bool:
    """Adds an entry; false where its cause has one already."""
    entry = {
        "account": account, "campaign": campaign, "cause": cause, "kind": kind, "minor": minor,
        "currency": currency, "reason": reason, "at": now,
    }  # fmt: skip
    enter = _ENTER_POSTGRES if connection.dialect.name == "postgresql" else _ENTER_SQLITE
    return bool(enter(connection, **entry).rowcount)


def credit_all(connection: Connection, entries: list[dict[str, Any]]) -> None:
    """Adds entries as ``credit`` does; those whose cause has one already are left out."""
    if entries:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        fresh = insert(ledger).on_conflict_do_nothing(index_elements=["cause"])
        connection.execute(fresh, entries)


def balances(connection: Connection, account: str) -> list[dict[str, Any]]:
    """What an account has earned less what was paid, by currency, in minor units."""
    query = (
        select(ledger.c.currency, func.sum(ledger.c.minor).label("minor"))
        .where(ledger.c.account == account)
        .group_by(ledger.c.currency)
        .order_by(ledger.c.currency)
    )
    return [{"currency": row.currency, "minor": int(row.minor)} for row in connection.execute(query)]


def safe_csv(header: list[str], rows: Iterable[Iterable[object]]) -> str:
    """A CSV whose cells no spreadsheet takes for a formula: those that could be get an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_safe(cell) for cell in row])
    return out.getvalue()


def _safe(cell: object) -> object:
    if isinstance(cell, int | float) or cell is None:
        return cell
    text = str(cell).replace("\0", "")
    return (
        "'" + text if text.lstrip(" \ufeff")[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%") else text
    )
