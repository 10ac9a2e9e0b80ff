"""Requests of rightsholders and persons that something be taken out: kept until somebody decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, delete, func, insert, select

from ingather.annotation.handout import new_id
from ingather.plan.model import Plan
from ingather.sources.signals.blocklist import Blocked, named
from ingather.store.studio_schema import studio_settings
from ingather.store.workspace import Workspace

MOST = 10_000
"""How many open requests are kept."""
_NAME = "removal:"


@dataclass(frozen=True, slots=True)
class Removal:
    """One open request.

    Attributes:
        id: 20 hex digits.
        at: seconds since 1970.
        what: what is to go: an address, a domain, an author, a content by its hash.
        name: which.
        words: why, in the words of whoever asks.
        contact: how they can be reached.
    """

    id: str
    at: float
    what: Blocked
    name: str
    words: str
    contact: str

    def as_json(self) -> dict[str, Any]:
        """As lists of it tell."""
        return {
            "id": self.id, "at": self.at, "what": self.what, "name": self.name, "words": self.words,
            "contact": self.contact,
        }  # fmt: skip


def keep_removal(
    connection: Connection, what: Blocked, name: str, words: str, contact: str, now: float
) -> str | None:
    """Keeps a request and gives its id; None where there are too many open ones.

    Raises:
        InputError: the name is none of its kind.
    """
    named(what, name)
    mine = studio_settings.c.name.startswith(_NAME, autoescape=True)
    if connection.execute(select(func.count()).select_from(studio_settings).where(mine)).scalar_one() >= MOST:
        return None
    own = new_id()
    told = {"at": now, "what": what, "name": name, "words": words, "contact": contact}
    connection.execute(insert(studio_settings).values(name=_NAME + own, value=orjson.dumps(told).decode()))
    return own


def open_removals(connection: Connection) -> list[Removal]:
    """All open requests, the oldest first."""
    mine = select(studio_settings).where(studio_settings.c.name.startswith(_NAME, autoescape=True))
    found = [
        Removal(row.name.removeprefix(_NAME), **orjson.loads(row.value)) for row in connection.execute(mine)
    ]
    return sorted(found, key=lambda one: (one.at, one.id))


def close_removal(connection: Connection, own: str) -> None:
    """Forgets a request with all that was said in it: it was carried out, or refused."""
    connection.execute(delete(studio_settings).where(studio_settings.c.name == _NAME + own))


def entries_of(workspace: Workspace, plan: Plan, what: Blocked, name: str) -> list[tuple[Blocked, str]]:
    """What goes onto the block list: an author has a pseudonym in every source.

    Raises:
        InputError: the name is none of its kind.
    """
    if what != "author":
        return [(what, named(what, name))]
    aliases = {workspace.pseudonym(plan, source.identity, name.strip()) for source in plan.sources}
    return [("author", alias) for alias in sorted(aliases)]
