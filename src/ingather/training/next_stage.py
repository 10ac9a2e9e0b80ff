"""The next stage: reads what the baseline answered, proposes the next round, raises quotas if asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson

from ingather.errors import InputError
from ingather.plan.model import Plan, SourceSpec
from ingather.plan.prices import price, spent
from ingather.plan.quotas import Counts, Tally, cell_key
from ingather.plan.revise import Revised, more_of, revise
from ingather.plugins import SOURCES, load
from ingather.sample import Json
from ingather.statistics.intervals import LEAST_CONTRIBUTORS
from ingather.store.counts import read_counts
from ingather.store.cursors import get_cursor, set_cursor
from ingather.store.release_log import list_releases
from ingather.store.workspace import Workspace
from ingather.training.answers import Answers
from ingather.training.bases import divide
from ingather.training.contract import Predictions
from ingather.training.examples import Labelled, load_examples
from ingather.training.losses import losses_of
from ingather.training.proposal import Proposal, propose
from ingather.training.slope import slope_of

_PLENTY = 1_000_000_000


@dataclass
class NextRound:
    """What to collect next, told.

    Attributes:
        goal_met: whether every group has met the goal; None where the plan names none.
        stop: why nothing is proposed; None where something is.
        basis: the answers it was decided from: cv, or decide for the half of the panel.
        rows: what to collect: by, samples, contributors, source, cost.
        expected: worst group afterwards, with its rough interval, in the plan's metric.
        stuck: groups that more samples will not help, and what to look at.
        pays: what choosing groups gains, in words.
        metric: the plan's metric.
    """

    goal_met: bool | None
    stop: str | None
    basis: str
    rows: list[dict[str, Any]]
    expected: dict[str, float] | None
    stuck: list[dict[str, Any]]
    pays: str
    metric: str
    proposal: Proposal | None = field(default=None, repr=False)

    def as_json(self) -> dict[str, Any]:
        """The shape that ``next --json`` prints."""
        return {
            "goal_met": bool(self.goal_met),
            "goal": self.goal_met is not None,
            "collect": self.rows,
            "expected": self.expected,
            "stuck": self.stuck,
            "stop": self.stop,
            "basis": self.basis,
            "metric": self.metric,
            "pays": self.pays,
        }


def next_round(workspace: Workspace, plan: Plan) -> NextRound:
    """Decides what to collect next from the answers of the last training.

    Raises:
        InputError: nothing was trained yet, or the plan has no quotas to decide between.
    """
    require_training(plan)
    trained: Any = get_cursor(workspace, "trained") if workspace.started else None
    releases = list_releases(workspace) if workspace.started else []
    if not trained or not releases:
        raise InputError(
            "There is nothing to decide from yet.",
            why="What to collect next follows from where the baseline errs.",
            fix="ingather run",
        )
    told = trained["told"]
    labelled = load_examples(workspace, plan, workspace.root / releases[-1]["path"], inputs=False)
    basis = "decide" if "decide" in told["by_basis"] else "cv"
    answers = _answers(workspace, labelled, basis)
    losses = losses_of(plan, told["metric"], told["lower_is_better"], answers)
    learned = labelled.take(divide(labelled).learn)
    counts = read_counts(workspace, plan)
    left = spent(plan, counts).left
    proposal = propose(
        plan,
        losses,
        learned.groups,
        learned.contributors,
        room=lambda cell: _PLENTY,
        price=lambda cell: _price(plan, cell),
        budget=float(left.amount) if left is not None else None,
        slope=slope_of(told.get("curve") or [], told["lower_is_better"], losses.scale, losses.best),
    )
    decided = _told(plan, proposal, basis, told["metric"], losses.metric_of)
    kept: Json = orjson.loads(orjson.dumps(decided.as_json(), option=orjson.OPT_SERIALIZE_NUMPY))
    with workspace.database.begin() as connection:
        set_cursor(connection, "proposed", kept)
    return decided


def require_training(plan: Plan) -> None:
    """Refuses a plan in which nothing can be decided.

    Raises:
        InputError: it trains nothing, or has no quotas by group.
    """
    if plan.train is None or plan.release is None:
        raise InputError(
            "The plan trains nothing.",
            why="What to collect next follows from where a baseline errs.",
            fix="ingather status   says what its quotas lack. To decide by errors, add to the plan: "
            "release: {} and train: {recipe: ..., metric: ...}",
            where=plan.path,
        )
    if not plan.targets.groups:
        raise InputError(
            "The plan has no groups to decide between.",
            why="next says which group needs more; a plan without quotas by group has only one.",
            fix="Add to the plan: targets: {groups: [{by: ATTRIBUTE, each: 100}]}",
            where=plan.path,
        )


def apply_round(workspace: Workspace, plan: Plan, round_: NextRound) -> Revised:
    """Raises the quotas of the plan by what is proposed, keeping its comments; returns the new text."""
    counts = read_counts(workspace, plan)
    wanted = [
        more_of(plan, counts, row["by"], row["samples"], _lacking(counts, row["by"])) for row in round_.rows
    ]
    return revise(plan, wanted)


def _lacking(counts: Counts, by: dict[str, str]) -> int:
    """The people that a group lacks to be judged; where it has them, more are welcome and not demanded."""
    return max(0, LEAST_CONTRIBUTORS - counts.cells.get(cell_key(by), Tally()).contributors)


def _answers(workspace: Workspace, labelled: Labelled, basis: str) -> Answers:
    rows: dict[str, dict[str, Any]] = {}
    for batch in workspace.predictions.scan(["id", "basis", "prediction"], where=f"basis = '{basis}'"):
        rows |= {row["id"]: row for row in batch.to_pylist()}
    at = np.array([n for n, one in enumerate(labelled.examples.ids) if one in rows], np.int64)
    part = labelled.take(at)
    values = [orjson.loads(rows[one]["prediction"]) for one in part.examples.ids]
    return Answers(
        part.examples.ids,
        part.examples.labels,
        Predictions(values),
        part.contributors,
        part.groups,
        basis,
        part.examples.beside,
    )


def _told(plan: Plan, proposal: Proposal, basis: str, metric: str, metric_of: Any) -> NextRound:
    rows: list[dict[str, Any]] = []
    for division, one in zip(proposal.divisions, proposal.allocations, strict=True):
        for cell, samples, people in zip(division.cells, one.samples, one.contributors, strict=True):
            if samples:
                source = source_for(plan, cell)
                cost = price(plan, source.name, cell, samples) if source else None
                rows.append(
                    {
                        "by": cell,
                        "samples": samples,
                        "contributors": people,
                        "source": source.name if source else None,
                        "cost": str(cost) if cost is not None else None,
                    }
                )
    rows.sort(key=lambda row: -row["samples"])
    expected = None
    if rows:
        worst = max(proposal.allocations, key=lambda one: one.expected)
        ends = sorted((metric_of(worst.expected_low), metric_of(worst.expected_high)))
        expected = {"worst_group": metric_of(worst.expected), "low": ends[0], "high": ends[1]}
    stuck = [{"by": by, "why": why} for by, why in proposal.stuck()]
    states = {group.state for division in proposal.divisions for group in division.groups}
    met = states == {"met"} if proposal.goal is not None else None
    return NextRound(met, proposal.stop, basis, rows, expected, stuck, proposal.pays, metric, proposal)


def source_for(plan: Plan, cell: dict[str, str]) -> SourceSpec | None:
    """The source that can be asked for more of a group: the first that asks; None where none can be."""
    for source in plan.sources:
        if source.role != "collect":
            continue
        module = load(SOURCES, source.kind)
        if not getattr(module, "asks", False):
            continue
        gives = getattr(module, "gives", None)
        if gives is None or gives(module.Config(**source.options), plan, cell):
            return source
    return None


def _price(plan: Plan, cell: dict[str, str]) -> float:
    source = source_for(plan, cell)
    found = price(plan, source.name, cell) if source is not None else None
    return float(found.amount) if found is not None else 0.0
