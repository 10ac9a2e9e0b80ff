"""What to collect next, from out-of-fold answers: by quota, how many more, from whom, to what effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ingather.plan.model import Plan
from ingather.plan.quotas import known_values
from ingather.statistics.allocation import Allocation, default_batch, how_much_it_pays, why_stuck
from ingather.statistics.divisions import allocate_divisions
from ingather.statistics.forecast import Slope
from ingather.statistics.group_errors import GroupError, group_errors
from ingather.training.losses import Losses


@dataclass(frozen=True, slots=True)
class Division:
    """One quota of the plan as a way to divide the samples.

    Attributes:
        by: its attributes.
        cells: value by attribute, one for each group.
        groups: what is known of each.
    """

    by: tuple[str, ...]
    cells: tuple[dict[str, str], ...]
    groups: tuple[GroupError, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to collect next.

    Attributes:
        divisions: the quotas with what is known of their groups.
        allocations: one for each division.
        batch: samples asked for in all.
        goal: the loss to reach in every group, None where the plan names none.
        pays: what choosing groups gains over equal shares, in words.
    """

    divisions: tuple[Division, ...]
    allocations: tuple[Allocation, ...]
    batch: int
    goal: float | None
    pays: str

    @property
    def stop(self) -> str | None:
        """Why nothing is to be collected; None where something is."""
        if any(one.stop is None for one in self.allocations):
            return None
        reasons = [one.stop for one in self.allocations if one.stop is not None]
        for reason in ("budget_spent", "dry", "stuck", "no_errors", "goal_met"):
            if reason in reasons:
                return reason
        return "goal_met" if self.divisions else "no_quotas"

    def stuck(self) -> list[tuple[dict[str, str], str]]:
        """Groups that more samples are not likely to help, and what to look at instead."""
        return [
            (division.cells[number], why_stuck(division.groups[number]))
            for division, one in zip(self.divisions, self.allocations, strict=True)
            for number in one.stuck
        ]


Room = Callable[[dict[str, str]], int]
"""The most that the plan's sources can still give of a group."""
Price = Callable[[dict[str, str]], float]
"""What one sample of a group costs; 0 where no price is known."""


def propose(
    plan: Plan,
    losses: Losses,
    learned: Mapping[str, Sequence[str | None]],
    learned_people: NDArray[np.int64],
    *,
    room: Room,
    price: Price,
    budget: float | None,
    slope: Slope | None = None,
) -> Proposal:
    """Shares the next round out among the plan's quotas.

    Errors are those of the answers, which no test ever enters; how much there is of each group is counted in
    what the model learned from, since a panel is balanced and says nothing of that.

    Args:
        plan: its quotas, goal and size of a round.
        losses: of out-of-fold answers, or of those of the half of a panel that decides.
        learned: groups of the samples that were learned from, n values by attribute.
        learned_people: their contributors' codes, -1 where unknown.
        room: what sources can still give.
        price: of one sample.
        budget: money left, None for no limit.
        slope: of the learning curve.
    """
    wanted = plan.train.goal.worst_group if plan.train else None
    goal = None if wanted is None else float(np.clip(losses.loss_of(wanted), 0.0, 1.0))
    divisions = [_division(plan, by, losses, learned, learned_people, goal, slope) for by in _quotas(plan)]
    batch = _batch(plan, len(learned_people))
    allocations = allocate_divisions(
        [one.groups for one in divisions],
        batch,
        caps=[[room(cell) for cell in one.cells] for one in divisions],
        prices=[[price(cell) for cell in one.cells] for one in divisions],
        budget=budget,
        slope=slope,
    )
    spread = max((one.spread for one in allocations), default=1.0)
    return Proposal(tuple(divisions), tuple(allocations), batch, goal, how_much_it_pays(spread))


def _quotas(plan: Plan) -> list[tuple[str, ...]]:
    """The quotas whose groups have known values; the label alone only where nothing else is asked for."""
    all_by = list(dict.fromkeys(tuple(group.by) for group in plan.targets.groups))
    known = [by for by in all_by if all(known_values(plan, name) for name in by)]
    others = [by for by in known if by != ("label",)]
    return others or known


def _division(
    plan: Plan,
    by: tuple[str, ...],
    losses: Losses,
    learned: Mapping[str, Sequence[str | None]],
    learned_people: NDArray[np.int64],
    goal: float | None,
    slope: Slope | None,
) -> Division:
    cells = [dict(zip(by, values, strict=True)) for values in product(*(known_values(plan, n) for n in by))]
    judged = _codes(by, cells, losses.answers.groups, len(losses.answers))
    found = group_errors(losses.values, judged, losses.answers.contributors, len(cells), goal, slope)
    have = _codes(by, cells, learned, len(learned_people))
    groups = []
    for number, one in enumerate(found):
        rows = have == number
        people = np.unique(learned_people[rows & (learned_people >= 0)])
        unknown = int((rows & (learned_people < 0)).sum())
        groups.append(replace(one, n=int(rows.sum()), contributors=len(people) + unknown))
    return Division(by, tuple(cells), tuple(groups))


def _codes(
    by: tuple[str, ...],
    cells: Sequence[Mapping[str, str]],
    columns: Mapping[str, Sequence[str | None]],
    n: int,
) -> NDArray[np.int64]:
    place = {tuple(cell[name] for name in by): number for number, cell in enumerate(cells)}
    if any(name not in columns for name in by):
        return np.full(n, -1, np.int64)
    rows = zip(*(columns[name] for name in by), strict=True)
    return np.array([place.get(row, -1) for row in rows], np.int64)


def _batch(plan: Plan, there: int) -> int:
    if plan.train is not None and plan.train.batch is not None:
        return plan.train.batch
    asked = sum(
        (group.each or 0) * int(np.prod([max(1, len(known_values(plan, name))) for name in group.by]))
        for group in plan.targets.groups
    )
    return default_batch(max(plan.targets.total or 0, asked, there))
