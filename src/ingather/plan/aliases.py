"""Aliases of people: a table that says which names, in which sources, are one person."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from ingather.errors import InputError
from ingather.plan.model import Plan

COLUMNS = ("source", "name", "person")
"""Columns of the table: a source of the plan, a name as it stands there, and who it is."""

Aliases = Mapping[tuple[str, str], str]
"""Person by source and name."""


def aliases_of(plan: Plan, folder: Path) -> Aliases:
    """Person by source and name, as the plan's table says; empty where the plan names none.

    Args:
        plan: its ``contributors.aliases`` is the path of a CSV with the columns source, name and person.
        folder: what that path is relative to.

    Raises:
        InputError: the table is not there, is no CSV in UTF-8, lacks a column, or makes two people of one.
    """
    asked = plan.contributors.get("aliases")
    if not isinstance(asked, str):
        return {}
    path = folder / Path(asked).expanduser()
    try:
        found = path.stat()
    except OSError as error:
        raise InputError(
            f"The table of aliases '{asked}' cannot be read: {error.strerror}.",
            why="It says which names are one person, so that no share or split counts them twice.",
            fix="Put it there, or take 'aliases' out of contributors.",
            where=str(path),
        ) from error
    return _read(str(path), found.st_mtime_ns, found.st_size)


def joined_mark(plan: Plan, source: str, folder: Path) -> str:
    """What changes whenever the people of a source are joined otherwise; empty where nothing joins them.

    Args:
        plan: its section ``contributors``.
        source: the source's identity.
        folder: what the table's path is relative to.
    """
    spec = next((one for one in plan.sources if one.identity == source), None)
    names = {source} | ({spec.name} if spec is not None else set())
    own = sorted((name, person) for (of, name), person in aliases_of(plan, folder).items() if of in names)
    shared = plan.people_of(source)
    if not own and shared == source:
        return ""
    return "-p" + hashlib.sha256(repr((shared, own)).encode()).hexdigest()[:8]


@lru_cache(maxsize=8)
def _read(path: str, changed: int, size: int) -> dict[tuple[str, str], str]:
    aliases: dict[tuple[str, str], str] = {}
    try:
        with open(path, encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            lacking = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
            if lacking:
                raise _wrong(path, f"It has no column {', '.join(lacking)}")
            for row in rows:
                source, name, person = ((row[column] or "").strip() for column in COLUMNS)
                if not (source and name and person):
                    raise _wrong(path, f"Line {rows.line_num} has an empty cell")
                if aliases.setdefault((source, name), person) != person:
                    was = aliases[source, name]
                    told = f"Line {rows.line_num} says that {name} of {source} is another than {was}"
                    raise _wrong(path, told)
    except (UnicodeDecodeError, csv.Error) as error:
        raise _wrong(path, f"It cannot be read: {error}") from error
    return aliases


def _wrong(path: str, what: str) -> InputError:
    return InputError(
        f"The table of aliases is not sound. {what}.",
        why="Its rows say which name, in which source, is which person: two names of one person are joined.",
        fix=f"Write CSV in UTF-8 with the columns {', '.join(COLUMNS)}.",
        where=path,
    )
