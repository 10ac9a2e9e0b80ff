"""Annotate: settle votes into labels."""

from __future__ import annotations

from ingather.cli.output import progress
from ingather.cli.settings import workspace
from ingather.cli.stages import tell_stages
from ingather.errors import InputError


def command() -> None:
    """Reads the plan's vote files and settles one label a sample; every vote is kept beside it."""
    from ingather.pipeline import run_stages
    from ingather.plan.read import read_plan

    place = workspace()
    if read_plan(place.plan_path).annotate is None:
        raise InputError(
            "The plan has no annotate section.",
            why="Labels stay as the sources give them.",
            fix="Add to the plan: annotate: {votes: votes.csv, method: dawid-skene}",
            where=str(place.plan_path),
        )
    with progress() as shown:
        outcome = run_stages(place, ("annotate",), progress=shown)
    tell_stages(outcome.results, outcome.run, then="ingather release")
