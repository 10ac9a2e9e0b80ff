"""Release: cut an immutable dataset with splits, card and manifest."""

from __future__ import annotations

import typer

from ingather.cli.output import emit, progress
from ingather.cli.settings import current, workspace
from ingather.cli.stages import tell_stages


def command(
    strict: bool = typer.Option(
        False, "--strict", help="Refuse if anything must be left out for its rights."
    ),
) -> None:
    """Cuts a release of what is kept and lawful; the same content again is the same release."""
    from ingather.pipeline import run_stages

    with progress() as shown:
        outcome = run_stages(workspace(), ("release",), strict=strict, progress=shown)
    if current().json:
        emit({"run": outcome.run, "stages": [outcome.results[0].as_json()], **outcome.results[0].details})
        return
    if outcome.stopped is not None:
        outcome.results[0].notes += [outcome.stopped.message, outcome.stopped.why, outcome.stopped.fix]
        tell_stages(outcome.results, outcome.run, then="ingather check")
        return
    then = "ingather train" if outcome.plan.train is not None else "ingather status"
    tell_stages(outcome.results, outcome.run, then=then)
