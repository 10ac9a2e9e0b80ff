"""The whole way in order: a plan's stages, each run under the workspace's lease, each resumable."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from ingather.engine.progress import SILENT, Progress
from ingather.errors import InputError
from ingather.plan.model import Plan
from ingather.plan.read import read_plan
from ingather.store.leases import hold
from ingather.store.revisions import keep_revision
from ingather.store.runs import StageResult
from ingather.store.workspace import Workspace

STAGES = {
    "collect": "ingather.sources.stage:collect",
    "clean": "ingather.cleaning.stage:clean",
    "annotate": "ingather.annotation.stage:annotate",
    "release": "ingather.releases.stage:release",
    "train": "ingather.training.stage:train",
}
"""Every stage in order and the function that runs it."""

SECTIONS = {"annotate": "annotate", "release": "release", "train": "train"}
"""Stages that are skipped where the plan has no such section."""

REPORTED = frozenset({"release", "train"})
"""Stages after which the report is written anew; after a whole run it always is."""


@dataclass
class Outcome:
    """What a run did.

    Attributes:
        run: its id.
        plan: the plan it ran under.
        results: one for each stage.
        report: where the report lies; None where no stage changes what it tells.
        stopped: why the stages after a release that holds nothing were not run, and the way back.
    """

    run: str
    plan: Plan
    results: list[StageResult] = field(default_factory=list)
    report: Path | None = None
    stopped: InputError | None = None


def run_stages(
    workspace: Workspace,
    stages: tuple[str, ...] | None,
    *,
    only: tuple[str, ...] = (),
    strict: bool = False,
    watch: bool = False,
    progress: Progress = SILENT,
) -> Outcome:
    """Runs stages, all of the plan's where none are named.

    Args:
        workspace: where.
        stages: names from ``STAGES``, in order.
        only: names of sources, for collect.
        strict: refuse a plan with warnings.
        watch: streams are collected until somebody stops them.
        progress: told how far it is.

    Raises:
        PlanError: the plan has mistakes; nothing is touched.
        WorkspaceBusy: another run holds the workspace.
    """
    plan = read_plan(workspace.plan_path, strict=strict)
    names = stages if stages is not None else tuple(name for name in STAGES if wanted(plan, name))
    outcome = Outcome(secrets.token_hex(8), plan)
    with hold(workspace.database, "run"):
        keep_revision(workspace, plan)
        for name in names:
            more: dict[str, Any] = {"only": only, "watch": watch} if name == "collect" else {}
            first: list[str] = []
            if name == "release":
                more["strict"] = strict
                from ingather.sources.signals.rechecking import recheck

                first = recheck(workspace, plan).as_notes()
            outcome.results.append(_stage(name)(workspace, plan, progress=progress, **more))
            outcome.results[-1].notes[:0] = first
            nothing = outcome.results[-1].details.get("nothing")
            if nothing is not None:
                outcome.stopped = InputError(**nothing)
                break
        if "train" in names and outcome.stopped is None and plan.train is not None and plan.targets.groups:
            from ingather.training.next_stage import next_round

            next_round(workspace, plan)  # kept, so that the report can say what to collect next
        if stages is None or REPORTED.intersection(names):
            from ingather.report.stage import report

            outcome.report = report(workspace, plan)
    return outcome


def wanted(plan: Plan, stage: str) -> bool:
    """Whether a plan asks for a stage."""
    section = SECTIONS.get(stage)
    return section is None or getattr(plan, section) is not None


def _stage(name: str) -> Callable[..., StageResult]:
    module, _, function = STAGES[name].partition(":")
    found: Callable[..., StageResult] = getattr(import_module(module), function)
    return found
