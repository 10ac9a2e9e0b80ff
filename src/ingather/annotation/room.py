"""What the quotas still have room for: amounts in, one number out, for something of given groups.

A cell has room while what is kept, accepted and reserved is below its target. What its finer cells still
lack is set aside for them, so that a sample of a full group cannot use up the room of the total that the
other groups need.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf

from ingather.plan.cells import Cell, by_of, cell_key, cells
from ingather.plan.model import Plan
from ingather.store.reservations import cells_in

_LITTLE = 1e-6


@dataclass
class Room:
    """The room of every cell of a plan, kept up while places are handed out.

    Attributes:
        plan: whose quotas count.
        missing: by cell key, target less what is kept, accepted and reserved, in the plan's unit; at least 0.
    """

    plan: Plan
    missing: dict[str, float]
    _sums: dict[tuple[str, tuple[str, ...]], float] = field(default_factory=dict)
    _by: dict[str, dict[str, str]] = field(default_factory=dict)

    def spare(self, groups: Mapping[str, str]) -> float:
        """How much of something of these groups is still wanted; 0 where its groups are full."""
        if not self.missing:
            return inf if not cells(self.plan) else 0.0
        inside = [key for key in cells_in(self.plan, groups) if key in self.missing]
        return max((self._free(key, inside) for key in inside), default=0.0)

    def take(self, groups: Mapping[str, str], amount: float) -> None:
        """Counts a place as taken."""
        for key in cells_in(self.plan, groups):
            if key in self.missing:
                self.missing[key] = max(0.0, self.missing[key] - amount)
        self._sums.clear()

    def _free(self, key: str, inside: list[str]) -> float:
        if self.missing[key] <= _LITTLE:
            return 0.0
        aside = 0.0
        own = self._groups(key)
        for shape in {tuple(sorted(self._groups(one))) for one in self.missing}:
            if len(shape) <= len(own) or not set(own) <= set(shape):
                continue
            mine = next((one for one in inside if tuple(sorted(self._groups(one))) == shape), None)
            aside = max(aside, self._sum(key, shape) - (self.missing[mine] if mine else 0.0))
        free = self.missing[key] - aside
        return free if free > _LITTLE else 0.0

    def _sum(self, key: str, shape: tuple[str, ...]) -> float:
        known = self._sums.get((key, shape))
        if known is None:
            own = self._groups(key).items()
            known = sum(
                amount
                for one, amount in self.missing.items()
                if tuple(sorted(self._groups(one))) == shape and own <= self._groups(one).items()
            )
            self._sums[key, shape] = known
        return known

    def _groups(self, key: str) -> dict[str, str]:
        found = self._by.get(key)
        if found is None:
            found = self._by[key] = by_of(key)
        return found


def room_of(plan: Plan, taken: Mapping[str, float]) -> Room:
    """The room of a plan's cells, given what is kept, accepted and reserved in each (by cell key)."""
    wanted = targets_of(plan)
    return Room(plan, {key: max(0.0, target - taken.get(key, 0.0)) for key, target in wanted.items()})


def targets_of(plan: Plan) -> dict[str, float]:
    """The amount that is wanted of each cell, shares as amounts of the total."""
    every = cells(plan)
    base = plan.targets.total or _largest_dimension(every)
    told: dict[str, float] = {}
    for cell in every:
        target = cell.share * base if cell.kind == "share" else cell.target
        if target > 0:
            key = cell_key(cell.by)
            told[key] = max(told.get(key, 0.0), target)
    return told


def _largest_dimension(every: Iterable[Cell]) -> float:
    sums: dict[tuple[str, ...], float] = {}
    for cell in every:
        shape = tuple(sorted(cell.by))
        sums[shape] = sums.get(shape, 0.0) + cell.target
    return max(sums.values(), default=0.0)
