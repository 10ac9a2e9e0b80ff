"""What the gates refuse, by group: where one group loses clearly more, its samples go to review instead."""

from __future__ import annotations

from math import sqrt

import orjson
from pydantic import BaseModel, Field
from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from ingather.store.studio_schema import gate_tries

LEAST_TRIES = 30
"""Recordings of a group, and of all others together, before anything is said of the group."""
_Z = 1.96


class GroupLoss(BaseModel):
    """What the gates refuse of one group.

    Attributes:
        group: values of the plan's attributes; empty for people who say nothing of themselves.
        tried: recordings that came.
        refused: by gate.
        review: whether it loses clearly more than the rest, so that a person decides.
    """

    group: dict[str, str]
    tried: int
    refused: dict[str, int]
    review: bool = Field(description="its refusals by the gates go to a person")


def note_try(connection: Connection, campaign: str, groups: dict[str, str], operator: str | None) -> None:
    """Counts one recording of a group, and which gate refused it."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    fresh = insert(gate_tries).values(
        campaign=campaign, groups=_name(groups), operator=operator or "", count=1
    )
    keys = ["campaign", "groups", "operator"]
    more = {"count": gate_tries.c.count + 1}
    connection.execute(fresh.on_conflict_do_update(index_elements=keys, set_=more))


def gate_losses(connection: Connection, campaign: str) -> list[GroupLoss]:
    """The losses of every group of a campaign, most first."""
    counts: dict[str, dict[str, int]] = {}
    query = select(gate_tries.c.groups, gate_tries.c.operator, gate_tries.c.count.label("tries"))
    for row in connection.execute(query.where(gate_tries.c.campaign == campaign)):
        counts.setdefault(row.groups, {})[row.operator] = row.tries
    tried = {name: sum(told.values()) for name, told in counts.items()}
    lost = {name: tried[name] - told.get("", 0) for name, told in counts.items()}
    every, all_lost = sum(tried.values()), sum(lost.values())
    found = [
        GroupLoss(
            group=orjson.loads(name),
            tried=tried[name],
            refused={gate: n for gate, n in sorted(told.items()) if gate},
            review=clearly_more(lost[name], tried[name], all_lost - lost[name], every - tried[name]),
        )
        for name, told in counts.items()
    ]
    return sorted(found, key=lambda one: -sum(one.refused.values()) / max(1, one.tried))


def loses_more(connection: Connection, campaign: str, groups: dict[str, str]) -> bool:
    """Whether a group's refusals by the gates go to a person."""
    mine = orjson.loads(_name(groups))
    return any(one.review for one in gate_losses(connection, campaign) if one.group == mine)


def clearly_more(lost: int, tried: int, others_lost: int, others_tried: int) -> bool:
    """Whether a group's share of losses is clearly above the others': their 95 % intervals do not meet.

    Intervals after Wilson (1927), doi:10.1080/01621459.1927.10502953.
    """
    if tried < LEAST_TRIES or others_tried < LEAST_TRIES:
        return False
    return _wilson(lost, tried)[0] > _wilson(others_lost, others_tried)[1]


def _wilson(count: int, total: int) -> tuple[float, float]:
    share, square = count / total, _Z * _Z
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = _Z / (1 + square / total) * sqrt(share * (1 - share) / total + square / (4 * total * total))
    return middle - half, middle + half


def _name(groups: dict[str, str]) -> str:
    text = orjson.dumps(groups, option=orjson.OPT_SORT_KEYS).decode()
    return text if len(text) <= 400 else "{}"
