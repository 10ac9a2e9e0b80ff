"""The cells of a plan: every group that has a quota, one attribute or several crossed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal, TypeAlias

from ingather.plan.model import Group, Plan

Kind: TypeAlias = Literal["total", "each", "only", "share", "contributors"]
CROSS = " × "
TOTAL = "{}"
RESERVED = ("label", "language", "source")
"""What a group may be by besides the plan's attributes."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One group of samples that a quota speaks of.

    Attributes:
        by: attribute and value for each crossed attribute, in the plan's order; empty for the total.
        kind: which sort of quota it is.
        target: how much is wanted, in the plan's unit; 0 for shares and where only people are counted.
        share: wanted share of all, 0 to 1, for shares only.
        tolerance: how far the share may be off.
        contributors: the least number of people.
        quota: place of its group in ``targets.groups``, -1 for the total.
    """

    by: dict[str, str]
    kind: Kind
    target: float = 0.0
    share: float = 0.0
    tolerance: float = 0.0
    contributors: int = 0
    quota: int = -1

    @property
    def key(self) -> str:
        """The name under which it is counted."""
        return cell_key(self.by)


def cell_key(by: Mapping[str, str]) -> str:
    """The name of a group in tables: canonical JSON with sorted keys, ``{}`` for all samples."""
    return json.dumps(dict(by), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def by_of(key: str) -> dict[str, str]:
    """The group that ``cell_key`` named."""
    return dict(json.loads(key))


def known_values(plan: Plan, name: str) -> tuple[str, ...]:
    """The closed list of values of an attribute, ``label``, ``language`` or ``source``; empty where open."""
    if name == "label":
        return plan.task.labels
    if name == "language":
        return plan.languages
    if name == "source":
        return tuple(source.name for source in plan.sources)
    attribute = plan.attributes.get(name)
    return attribute.known_values if attribute else ()


def cells(plan: Plan) -> tuple[Cell, ...]:
    """Every cell that has a quota, in the plan's order, the total first where there is one.

    A group of several sorts (``each`` with ``only``) yields each cell once: ``only`` outranks ``each``.
    """
    targets = plan.targets
    total = (Cell({}, "total", target=targets.total),) if targets.total else ()
    return total + tuple(
        cell for place, group in enumerate(targets.groups) for cell in _cells_of_group(plan, group, place)
    )


def dimensions(plan: Plan) -> tuple[tuple[str, ...], ...]:
    """What samples are counted by: every group's attributes, and those by whose values a price differs."""
    wanted = [group.by for group in plan.targets.groups]
    for source in plan.sources:
        for value in source.costs:
            wanted += [(name,) for name in _owners(plan, value)]
    distinct = {tuple(sorted(by)): by for by in reversed(wanted)}
    return tuple(by for by in dict.fromkeys(wanted) if distinct[tuple(sorted(by))] == by)


def _owners(plan: Plan, value: str) -> list[str]:
    names = (*plan.attributes, *RESERVED)
    return [name for name in names if value in known_values(plan, name)][:1]


def _cells_of_group(plan: Plan, group: Group, place: int) -> Iterator[Cell]:
    for values in product(*(known_values(plan, name) for name in group.by)):
        by = dict(zip(group.by, values, strict=True))
        name = CROSS.join(values)
        people = group.contributors
        if name in group.only:
            yield Cell(by, "only", target=group.only[name], contributors=people, quota=place)
        elif name in group.shares:
            share = group.shares[name]
            yield Cell(by, "share", share=share, tolerance=group.tolerance, contributors=people, quota=place)
        elif group.each is not None:
            yield Cell(by, "each", target=group.each, contributors=people, quota=place)
        elif people and not group.only:
            yield Cell(by, "contributors", contributors=people, quota=place)
