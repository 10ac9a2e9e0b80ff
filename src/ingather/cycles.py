"""Going round: run, decide what to collect next, collect it, run again, until there is a reason to stop."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

from ingather.engine.progress import SILENT, Progress
from ingather.errors import InputError
from ingather.pipeline import Outcome, run_stages
from ingather.plan.model import Plan
from ingather.plan.read import read_plan
from ingather.plan.revise import Revised
from ingather.store.leases import hold
from ingather.store.revisions import keep_revision
from ingather.store.workspace import Workspace
from ingather.training.next_stage import NextRound, apply_round, next_round

LEAST_GAIN = 0.002
"""A round that is not expected to move the worst group by more than this ends the way."""

REASONS = {
    "goal_met": "the goal is met",
    "stuck": "more samples are not expected to help the groups that are left",
    "dry": "no source can give more",
    "budget_spent": "the budget is spent",
    "no_errors": "no group shows an error that more samples could lower",
    "no_gain": "no gain is expected from another round",
    "cycles": "as many rounds were made as were asked for",
    "waiting": "people have not yet given what was asked of them",
    "no_quotas": "the plan has no groups to decide between",
}


@dataclass
class Cycles:
    """What the rounds did.

    Attributes:
        outcomes: one for each round.
        nexts: what was proposed after each.
        stop: why it ended, a key of ``REASONS``.
        waiting: what people were asked for and have not given: ``source``, ``by`` of each group with its
            ``samples``, and how many ``came``.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    nexts: list[NextRound] = field(default_factory=list)
    stop: str = "cycles"
    waiting: list[dict[str, Any]] = field(default_factory=list)

    @property
    def why(self) -> str:
        """Why it ended, in words."""
        if not self.waiting:
            return REASONS[self.stop]
        told = []
        for one in self.waiting:
            groups = "; ".join(
                f"{row['samples']:,} of "
                + (", ".join(f"{k} {v}" for k, v in row["by"].items()) or "any kind")
                for row in one["groups"]
            )
            told.append(
                f"waiting for {one['wanted']:,} samples of {one['source']} ({groups}), {one['came']:,} came"
            )
        return "; ".join(told)

    def as_json(self) -> list[dict[str, Any]]:
        """The ``cycles`` of ``run --json``."""
        told = []
        for number, outcome in enumerate(self.outcomes):
            trained = next((one.details for one in outcome.results if one.stage == "train"), {})
            proposal = self.nexts[number].as_json() if number < len(self.nexts) else None
            told.append({"train": trained, "next": proposal})
        return told


def run_cycles(
    workspace: Workspace, count: int, *, strict: bool = False, progress: Progress = SILENT
) -> Cycles:
    """Goes round at most ``count`` times.

    A round that nobody fills, since no source of the plan can be asked, ends the way as dry.
    """
    cycles = Cycles()
    for number in range(count):
        outcome = run_stages(workspace, None, strict=strict, progress=progress)
        if outcome.stopped is not None:
            raise outcome.stopped
        collected = next(one for one in outcome.results if one.stage == "collect")
        cycles.outcomes.append(outcome)
        proposal = next_round(workspace, outcome.plan)
        cycles.nexts.append(proposal)
        if number:
            cycles.waiting = _waited_for(outcome.plan, cycles.nexts[number - 1], collected.details["sources"])
        if cycles.waiting:
            cycles.stop = "waiting"
            break
        if number and not collected.new:
            cycles.stop = "dry"
            break
        reason = _why_stop(outcome, proposal)
        if reason is not None:
            cycles.stop = reason
            break
        if number + 1 < count:
            apply(workspace, outcome.plan, proposal)
    return cycles


def apply(workspace: Workspace, plan: Plan, proposal: NextRound) -> Revised:
    """Writes a proposal into the plan, keeping its comments, as a new revision with the reason.

    Raises:
        WorkspaceBusy: a run holds the workspace; its plan is not changed under it.
        InputError: the plan was edited since the proposal was made; the edit stays as it is.
    """
    with hold(workspace.database, "run"):
        if read_plan(workspace.plan_path).hash != plan.hash:
            raise InputError(
                "The plan was edited while it was being worked on.",
                why="The proposal follows from the plan as it was; written now, it would undo the edit.",
                fix="ingather run   then: ingather next --apply",
                where=str(workspace.plan_path),
            )
        revised = apply_round(workspace, plan, proposal)
        if revised.changes:
            write_plan(workspace, revised.text)
            why = "next: " + "; ".join(revised.changes)
            keep_revision(workspace, read_plan(workspace.plan_path), why)
    return revised


def write_plan(workspace: Workspace, text: str) -> None:
    """Replaces plan.yaml so that a crash leaves either the old text or the new one."""
    fresh = workspace.plan_path.with_suffix(".yaml.new")
    with open(fresh, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, workspace.plan_path)


def _waited_for(plan: Plan, asked: NextRound, sources: dict[str, Any]) -> list[dict[str, Any]]:
    """What the last round asked of people that did not come; a source of people answers when they do."""
    waiting = []
    for source in plan.sources:
        rows = [row for row in asked.rows if row["source"] == source.name]
        wanted = sum(int(row["samples"]) for row in rows)
        came = int(sources.get(source.name, {}).get("new", 0))
        if source.kind == "voice" and came < wanted:
            groups = [{"by": row["by"], "samples": row["samples"]} for row in rows]
            waiting.append({"source": source.name, "wanted": wanted, "came": came, "groups": groups})
    return waiting


def _why_stop(outcome: Outcome, proposal: NextRound) -> str | None:
    trained = next(one.details for one in outcome.results if one.stage == "train")
    if trained.get("goal_met"):
        return "goal_met"
    if proposal.stop is not None:
        return proposal.stop
    if not any(row["source"] for row in proposal.rows):
        return "dry"
    worst = trained["by_basis"].get(proposal.basis, trained)["worst_group"]
    if worst is not None and worst["value"] is not None and proposal.expected is not None:
        gain = abs(proposal.expected["worst_group"] - worst["value"])
        if gain < LEAST_GAIN * max(1.0, abs(worst["value"])):
            return "no_gain"
    return None
