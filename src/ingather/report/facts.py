"""What the report tells, read from the store at once; the sections only put it into words and marks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from ingather.plan.model import Plan
from ingather.plan.prices import Spending, spent
from ingather.plan.quotas import TOTAL, Counts, Row, coverage
from ingather.report.films import Shown, read_films
from ingather.report.tallies import SourceTally, tally_sources
from ingather.store.counts import read_counts
from ingather.store.cursors import get_cursor
from ingather.store.database_schema import losses, plan_revisions
from ingather.store.release_log import list_releases
from ingather.store.runs import last_summary
from ingather.store.workspace import Workspace


@dataclass(frozen=True)
class Facts:
    """Everything that the report tells.

    Attributes:
        plan: the plan in force.
        revision: its number, 0 where nothing was run yet.
        states: samples collected, kept, quarantined, review, waiting.
        people: contributors of what is kept, over all sources.
        rows: coverage, one for each quota.
        unknown: samples whose value is unknown, by attribute.
        spending: what was spent.
        sources: what became of every source's samples.
        lost: what sources could not bring: how many, by source and reason.
        operators: rows in and out of every operator.
        fairness: what every filter rejects, by group; None where nothing was judged yet.
        cleaned: what the last cleaning told.
        annotated: what settling of votes told.
        trained: what the last training told.
        proposed: what to collect next, as ``next`` last told it.
        releases: oldest first.
        films: contact sheets of some, where the plan is one of films.
    """

    plan: Plan
    revision: int
    states: dict[str, int]
    people: int
    rows: tuple[Row, ...]
    unknown: dict[str, int]
    spending: Spending
    sources: dict[str, SourceTally]
    lost: dict[str, dict[str, int]]
    operators: list[dict[str, Any]]
    fairness: list[dict[str, Any]] | None
    cleaned: dict[str, Any]
    annotated: dict[str, Any]
    trained: dict[str, Any] | None
    proposed: dict[str, Any] | None
    releases: list[dict[str, Any]]
    films: tuple[Shown, ...] = ()

    @property
    def release(self) -> dict[str, Any] | None:
        """The newest release."""
        return self.releases[-1] if self.releases else None

    @property
    def kept(self) -> int:
        """Samples that are kept; those marked for review too."""
        return self.states.get("kept", 0) + self.states.get("review", 0)

    @property
    def knows_people(self) -> bool:
        """Whether it is known of any sample who gave it."""
        return self.people > 0


def read_facts(workspace: Workspace, plan: Plan) -> Facts:
    """Reads the store once; a workspace in which nothing was run yet has facts of nothing."""
    if not workspace.started:
        return _facts(plan, Counts(), 0, {}, {}, {}, {}, [], tally_sources(workspace, plan))
    cursors = {
        name: get_cursor(workspace, name)
        for name in ("counts", "operators", "fairness", "annotated", "trained", "proposed")
    }
    facts = _facts(
        plan,
        read_counts(workspace, plan),
        _revision(workspace),
        cursors,
        _lost(workspace),
        last_summary(workspace, "clean") or {},
        last_summary(workspace, "annotate") or {},
        list_releases(workspace),
        tally_sources(workspace, plan),
    )
    return replace(facts, films=read_films(workspace, plan))


def _facts(
    plan: Plan,
    counts: Counts,
    revision: int,
    cursors: dict[str, Any],
    lost: dict[str, dict[str, int]],
    cleaned: dict[str, Any],
    annotated: dict[str, Any],
    releases: list[dict[str, Any]],
    sources: dict[str, SourceTally],
) -> Facts:
    trained = (cursors.get("trained") or {}).get("told")
    proposed = cursors.get("proposed")
    if trained is not None and releases and trained.get("release") != releases[-1]["release"]:
        proposed = None  # it was decided from answers about an older release
    return Facts(
        plan=plan,
        revision=revision,
        states=cursors.get("counts") or {},
        people=_people(counts),
        rows=tuple(coverage(plan, counts)),
        unknown={name: count for name, count in counts.unknown.items() if count},
        spending=spent(plan, counts),
        sources=sources,
        lost=lost,
        operators=cursors.get("operators") or [],
        fairness=cursors.get("fairness"),
        cleaned=cleaned,
        annotated=annotated,
        trained=trained,
        proposed=proposed or None,
        releases=releases,
    )


def _people(counts: Counts) -> int:
    """Distinct contributors of the sources that collect, and those of panels beside them."""
    tally = counts.cells.get(TOTAL)
    return tally.contributors if tally else 0


def _revision(workspace: Workspace) -> int:
    with workspace.database.connect() as connection:
        return int(connection.execute(select(func.max(plan_revisions.c.number))).scalar() or 0)


def _lost(workspace: Workspace) -> dict[str, dict[str, int]]:
    """What sources could not bring; where exactly stays inside, since places are names of files."""
    found: dict[str, dict[str, int]] = {}
    with workspace.database.connect() as connection:
        for row in connection.execute(
            select(losses.c.source, losses.c.reason, func.sum(losses.c.count))
            .group_by(losses.c.source, losses.c.reason)
            .order_by(losses.c.source, func.sum(losses.c.count).desc(), losses.c.reason)
        ):
            found.setdefault(row[0], {})[row[1]] = int(row[2])
    return found


def divisions(rows: tuple[Row, ...]) -> dict[tuple[str, ...], list[Row]]:
    """Quotas by what they divide, in the plan's order; of several for one group the greatest wish counts."""
    found: dict[tuple[str, ...], dict[tuple[str, ...], Row]] = {}
    for row in rows:
        if row.kind == "contributor-share":
            continue
        cells = found.setdefault(tuple(row.by), {})
        key = (*row.by.values(), "share" if row.kind == "share" else "")
        before = cells.get(key, row)
        cells[key] = replace(
            max(row, before, key=lambda one: one.target),
            gap=max(row.gap, before.gap),
            contributors_target=max(row.contributors_target, before.contributors_target),
        )
    return {names: list(cells.values()) for names, cells in found.items()}
