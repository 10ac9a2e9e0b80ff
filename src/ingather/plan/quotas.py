"""Quotas and coverage: what the plan wants of every group, what there is, and the gap between them.

Pure functions of the plan and of counts; nothing here reads a store.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Literal, TypeAlias

from ingather.plan.cells import CROSS, TOTAL, Cell, by_of, cell_key, cells, dimensions, known_values
from ingather.plan.counting import Coded, cells_of, unknown_of
from ingather.plan.model import Plan

__all__ = [
    "CROSS",
    "TOTAL",
    "Cell",
    "Coded",
    "Counts",
    "Gap",
    "Row",
    "Tally",
    "by_of",
    "cell_key",
    "cells",
    "cells_of",
    "coverage",
    "dimensions",
    "gaps",
    "known_values",
    "tallied",
    "unknown_of",
]

RowKind: TypeAlias = Literal["total", "each", "only", "share", "contributors", "contributor-share"]


@dataclass(frozen=True, slots=True)
class Gap:
    """What one quota still lacks.

    Attributes:
        by: attribute and value for each crossed attribute; empty for the total.
        missing: how much is missing, in the plan's unit.
        contributors: how many more people it needs.
    """

    by: dict[str, str]
    missing: float
    contributors: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """What one cell has.

    Attributes:
        collected: amount ever taken in, in the plan's unit (people, where the unit is contributors).
        kept: amount of it that is not quarantined.
        contributors: distinct people in what is kept.
        samples: number of samples taken in, for prices; equals ``collected`` where the unit is samples.
    """

    collected: float = 0.0
    kept: float = 0.0
    contributors: int = 0
    samples: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """What there is, as far as quotas ask.

    Attributes:
        cells: by ``cell_key``, over all sources that collect (those that only evaluate fill no quota).
        unknown: samples without a value, by attribute or by crossed attributes joined with ' × '.
        sources: by source's name, then by ``cell_key``; evaluating sources too.
        largest: kept amount of the contributor who gave most.
        above: kept amount beyond ``max_share_per_contributor``, left out of releases.
    """

    cells: Mapping[str, Tally] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, Tally]] = field(default_factory=dict)
    largest: float = 0.0
    above: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of coverage.

    Attributes:
        by: the group; empty for the total and for the greatest share of one contributor.
        target: amount wanted, in the plan's unit (a share 0 to 1 for kind contributor-share).
        collected: amount taken in.
        kept: amount not quarantined (the greatest share so far, for kind contributor-share).
        gap: amount still missing (amount left out of releases, for kind contributor-share).
        contributors_target: people wanted.
        contributors: people there are.
        unknown: samples that may belong here, their value being unknown.
        kind: sort of quota.
    """

    by: dict[str, str]
    target: float
    collected: float
    kept: float
    gap: float
    contributors_target: int
    contributors: int
    unknown: int
    kind: RowKind


def tallied(
    plan: Plan,
    rows: Iterable[tuple[str, str, Tally]],
    *,
    contributors: Mapping[str, int] | None = None,
    unknown: Mapping[str, int] | None = None,
    largest: float = 0.0,
    above: float = 0.0,
) -> Counts:
    """Counts from rows of (cell key, source, tally).

    Args:
        plan: says which sources only evaluate; these fill no quota.
        rows: amounts by cell and source; amounts add up over sources.
        contributors: distinct people by cell key, who do not add up over sources; without it they are added.
        unknown: as in Counts.
        largest: as in Counts.
        above: as in Counts.
    """
    evaluating = {source.name for source in plan.sources if source.role == "evaluate"}
    by_source: dict[str, dict[str, Tally]] = {}
    everywhere: dict[str, Tally] = {}
    for key, source, tally in rows:
        by_source.setdefault(source, {})[key] = tally
        if source not in evaluating:
            everywhere[key] = _sum(everywhere.get(key, Tally()), tally)
    if contributors is not None:
        everywhere = {
            key: Tally(t.collected, t.kept, contributors.get(key, 0), t.samples)
            for key, t in everywhere.items()
        }
    return Counts(everywhere, unknown or {}, by_source, largest, above)


def coverage(plan: Plan, counts: Counts) -> list[Row]:
    """Every quota with its target, what there is and what is missing; a group with nothing stands at 0.

    The target of a share is that share of the total wanted, or of what is kept where that is more; a share
    within its tolerance has no gap.
    """
    total = counts.cells.get(TOTAL, Tally())
    base = max(plan.targets.total or 0.0, _kept(plan, total))
    rows = [_row(plan, cell, counts, base) for cell in cells(plan)]
    if plan.targets.max_share_per_contributor < 1:
        share = counts.largest / total.kept if total.kept else 0.0
        cap = plan.targets.max_share_per_contributor
        rows.append(
            Row({}, cap, total.collected, share, counts.above, 0, total.contributors, 0, "contributor-share")
        )
    return rows


def gaps(plan: Plan, counts: Counts, *, among: Collection[str] = ()) -> tuple[Gap, ...]:
    """What is still missing, in the plan's order, each cell once.

    Args:
        plan: whose quotas count.
        counts: what there is.
        among: cell keys to keep; all where empty.
    """
    missing: dict[str, Gap] = {}
    for row in coverage(plan, counts):
        people = max(0, row.contributors_target - row.contributors)
        key = cell_key(row.by)
        if row.kind == "contributor-share" or (row.gap <= 0 and not people) or (among and key not in among):
            continue
        before = missing.get(key, Gap(row.by, 0.0))
        missing[key] = Gap(row.by, max(before.missing, row.gap), max(before.contributors, people))
    return tuple(missing.values())


def _row(plan: Plan, cell: Cell, counts: Counts, base: float) -> Row:
    tally = counts.cells.get(cell.key, Tally())
    people = plan.targets.unit == "contributors"
    kept = _kept(plan, tally)
    target = cell.share * base if cell.kind == "share" else cell.target
    least = (cell.share - cell.tolerance) * base if cell.kind == "share" else cell.target
    gap = 0.0 if kept >= least - 1e-9 else _whole(plan, target - kept)
    unknown = counts.unknown.get(CROSS.join(cell.by))
    if unknown is None:
        unknown = max((counts.unknown.get(name, 0) for name in cell.by), default=0)
    return Row(
        by=cell.by,
        target=_whole(plan, target),
        collected=max(tally.collected, kept) if people else tally.collected,
        kept=kept,
        gap=gap,
        contributors_target=cell.contributors,
        contributors=tally.contributors,
        unknown=unknown,
        kind=cell.kind,
    )


def _kept(plan: Plan, tally: Tally) -> float:
    return float(tally.contributors) if plan.targets.unit == "contributors" else tally.kept


def _whole(plan: Plan, amount: float) -> float:
    """Amounts of things that come whole, rounded up."""
    return round(amount, 6) if plan.targets.unit == "hours" else float(ceil(amount - 1e-9))


def _sum(left: Tally, right: Tally) -> Tally:
    return Tally(
        left.collected + right.collected,
        left.kept + right.kept,
        left.contributors + right.contributors,
        left.samples + right.samples,
    )
