"""Collect: bring samples in from the plan's sources."""

from __future__ import annotations

import typer

from ingather.cli.output import progress
from ingather.cli.settings import workspace
from ingather.cli.stages import tell_stages


def command(
    source: list[str] = typer.Option([], "--source", help="Only this source; may be given several times."),
) -> None:
    """Asks every source of the plan; what is known and unchanged is not read again."""
    from ingather.pipeline import run_stages

    with progress() as shown:
        outcome = run_stages(workspace(), ("collect",), only=tuple(source), progress=shown)
    tell_stages(outcome.results, outcome.run, then="ingather clean")
