"""Addresses of databases as plans hold them: without a password, which comes from the environment alone."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

PASSWORD = "INGATHER_DATABASE_PASSWORD"
"""The variable of the environment that holds the password, where the driver has no way of its own."""
FILE_KINDS = ("sqlite", "duckdb")
SERVER_KINDS = ("postgresql", "postgres", "mysql", "mariadb", "oracle", "mssql")


def is_database(address: str) -> bool:
    """Whether an address names a database rather than a file on the web."""
    return _kind(address) in (*FILE_KINDS, *SERVER_KINDS)


def flaw_of(address: str) -> str | None:
    """What forbids an address in a plan, in words that do not repeat the password; None where it is fit."""
    try:
        parts = urlsplit(address)
        secret = parts.password is not None or "password" in parse_qs(parts.query, keep_blank_values=True)
    except ValueError:
        return "the address of the database is none: write KIND://USER@HOST/NAME"
    if secret:
        return (
            "the address holds a password, which a plan must not: it is kept with every run. "
            f"Take it out, and put it into the environment as {PASSWORD}"
        )
    return None


def file_of(address: str, folder: Path) -> Path | None:
    """The file of an address such as sqlite:///shop.db, below ``folder`` where relative; None of a server."""
    if _kind(address) not in FILE_KINDS:
        return None
    place = address.partition(":")[2]
    return folder / Path(place.removeprefix("///") if place.startswith("///") else place).expanduser()


def password() -> str | None:
    """The password of the environment, None where there is none."""
    return os.environ.get(PASSWORD) or None


def _kind(address: str) -> str:
    return address.partition(":")[0].partition("+")[0].lower()
