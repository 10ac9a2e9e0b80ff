"""Run all stages in order; what is done already is not done again."""

from __future__ import annotations

import typer

from ingather.cli.output import progress
from ingather.cli.settings import workspace
from ingather.cli.stages import tell_stages


def command(
    strict: bool = typer.Option(
        False, "--strict", help="Refuse a plan with warnings; a missed goal is exit 1."
    ),
) -> None:
    """Collects, cleans, settles labels, cuts a release and trains, as far as the plan has these sections."""
    from ingather.pipeline import run_stages

    with progress() as shown:
        outcome = run_stages(workspace(), None, strict=strict, progress=shown)
    tell_stages(outcome.results, outcome.run, then="ingather status")
