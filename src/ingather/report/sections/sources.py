"""Sources side by side: what each brought, what was kept of it, why not the rest, and its price."""

from __future__ import annotations

from ingather.plan.model import SourceSpec
from ingather.report.facts import Facts
from ingather.report.markup import Markup, bdi, h, items, joined, plain_table
from ingather.report.reasons import merged
from ingather.report.tallies import SourceTally
from ingather.report.wording import count, percent, price_of, several

NAME = "sources"
TITLE = "Sources, side by side"
_MOST = 6
"""Reasons that are listed for a source; the rest are counted together."""


def body(facts: Facts) -> Markup:
    """A row for every source, then why the rest was not kept, and what it costs."""
    specs = {source.name: source for source in facts.plan.sources}
    rows = [_row(facts, specs.get(name), name, tally) for name, tally in facts.sources.items()]
    columns = ["Source", "Kind", "Got", "Kept", "Set aside", "For review", "Cost of a kept one"]
    parts: list[object] = [plain_table("Sources", columns, rows, right=(2, 3, 4, 5, 6))]
    parts += [_why(name, tally) for name, tally in facts.sources.items() if tally.aside]
    parts += [_lost(name, reasons) for name, reasons in facts.lost.items() if reasons]
    parts.append(_spent(facts))
    return joined(parts)


def _row(facts: Facts, spec: SourceSpec | None, name: str, tally: SourceTally) -> list[object]:
    kind = spec.kind if spec else "no longer in the plan"
    judging = h(' <span class="soft">(only judges)</span>') if spec and spec.role == "evaluate" else ""
    paid = facts.spending.by_source.get(name)
    cost: object = "no price in the plan"
    if paid is not None:
        cost = price_of(paid, tally.kept) if tally.kept else "nothing kept yet"
    share = h(' <span class="soft">({})</span>', percent(tally.kept / tally.got)) if tally.got else ""
    return [
        bdi(name),
        h("{}{}", kind, judging),
        count(tally.got),
        h("{}{}", count(tally.kept), share),
        count(tally.set_aside),
        count(tally.review),
        cost,
    ]


def _why(name: str, tally: SourceTally) -> Markup:
    order = sorted(merged(tally.aside).items(), key=lambda one: (-one[1], one[0]))
    told: list[object] = [
        h('{}: {} <span class="soft">({})</span>', count(number), reason, operator)
        for (operator, reason), number in order[:_MOST]
    ]
    if len(order) > _MOST:
        told.append(f"{count(sum(number for _, number in order[_MOST:]))}: further reasons")
    return h("<h3>Set aside of {}</h3>{}", bdi(name), items(told))


def _lost(name: str, reasons: dict[str, int]) -> Markup:
    told: list[object] = [
        f"{count(number)}: {reason}" if number else reason  # at 0 nothing is lost, only told
        for reason, number in list(reasons.items())[:_MOST]
    ]
    if len(reasons) > _MOST:
        told.append(f"{several(len(reasons) - _MOST, 'further reason')}")
    return h("<h3>What {} could not bring</h3>{}", bdi(name), items(told))


def _spent(facts: Facts) -> Markup:
    spending = facts.spending
    if not spending.spent and spending.budget is None:
        return Markup("")
    total = " and ".join(str(money) for money in spending.spent) or "nothing"
    budget = f" of {spending.budget}; {spending.left} are left" if spending.budget is not None else ""
    return h("<p>Spent so far: {}{}. What was set aside is paid for too.</p>", total, budget)
