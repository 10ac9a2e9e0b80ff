"""What it costs: prices by source and group, what was spent, what is left of the budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ingather.plan.amounts import Money
from ingather.plan.cells import CROSS, TOTAL, by_of
from ingather.plan.model import Plan, SourceSpec
from ingather.plan.quotas import Counts


@dataclass(frozen=True, slots=True)
class Spending:
    """What was spent.

    Attributes:
        spent: one amount for each currency, in the order of the plan's sources.
        budget: what may be spent, None where the plan does not say.
        left: what is left of the budget (below 0 where it is overdrawn), None likewise.
        by_source: one amount for each source that has a price.
    """

    spent: tuple[Money, ...]
    budget: Money | None
    left: Money | None
    by_source: dict[str, Money]


def price(plan: Plan, source: str, by: Mapping[str, str], samples: float = 1) -> Money | None:
    """What so many samples of a group cost from a source; None where the source has no price for it.

    Args:
        plan: holds the prices.
        source: the source's name.
        by: the group; the price of its crossed values outranks that of one value, and that the source's.
        samples: how many.
    """
    spec = plan.source(source)
    rate = spec.costs.get(CROSS.join(by.values()))
    for value in by.values():
        rate = rate or spec.costs.get(value)
    rate = rate or spec.cost
    return rate.times(samples) if rate else None


def spent(plan: Plan, counts: Counts) -> Spending:
    """What the samples collected so far cost, quarantined ones too.

    Where a price differs by value, each value's samples have its own price; those of no such value have the
    source's.
    """
    by_source: dict[str, Money] = {}
    for source in plan.sources:
        cost = _spent_on(source, counts)
        if cost is not None:
            by_source[source.name] = cost
    total: dict[str, Money] = {}
    for money in by_source.values():
        total[money.currency] = total.get(money.currency, Money.zero(money.currency)).plus(money)
    budget = plan.targets.budget
    left = None
    if budget:
        used = total.get(budget.currency)
        left = Money(budget.amount - (used.amount if used else 0), budget.currency)
    return Spending(tuple(total.values()), budget, left, by_source)


def cheapest(plan: Plan) -> Money | None:
    """The lowest price of one sample; None where a source is free or prices have several currencies."""
    collecting = [source for source in plan.sources if source.role == "collect"]
    rates = [rate for s in collecting for rate in (*s.costs.values(), *([s.cost] if s.cost else []))]
    if not rates or any(s.cost is None and not s.costs for s in collecting):
        return None
    if len({rate.currency for rate in rates}) > 1:
        return None
    return min(rates, key=lambda rate: rate.amount)


def _spent_on(source: SourceSpec, counts: Counts) -> Money | None:
    tallies = counts.sources.get(source.name, {})
    rates = [*source.costs.values(), *([source.cost] if source.cost else [])]
    if not rates:
        return None
    total = tallies[TOTAL].samples if TOTAL in tallies else 0
    amount, priced = Money.zero(rates[0].currency), 0
    for key, tally in tallies.items():
        values = list(by_of(key).values())
        if len(values) == 1 and values[0] in source.costs:
            amount = amount.plus(source.costs[values[0]].times(tally.samples))
            priced += tally.samples
    if source.cost:
        amount = amount.plus(source.cost.times(max(0, total - priced)))
    return amount
