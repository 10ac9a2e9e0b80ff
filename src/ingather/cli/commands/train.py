"""Train: fit the baseline and judge it by group."""

from __future__ import annotations

from typing import Any

import typer

from ingather.cli.output import emit, progress, table
from ingather.cli.settings import current, workspace
from ingather.cli.stages import tell_stages


def command(
    strict: bool = typer.Option(False, "--strict", help="Exit 1 where the plan's goal is not met."),
) -> None:
    """Fits the plan's recipe on the newest release; figures come with intervals and what they rest on."""
    from ingather.pipeline import run_stages

    with progress() as shown:
        outcome = run_stages(workspace(), ("train",), strict=strict, progress=shown)
    told = outcome.results[0].details
    if current().json:
        emit({"run": outcome.run, "stages": [_short(outcome.results[0].as_json(), told)], **told})
        return
    table(
        ["group", told["metric"], "interval", "samples", "people", ""],
        [_row(one) for one in told["groups"]],
        right=(1, 3, 4),
    )
    then = "ingather next" if outcome.plan.targets.groups else "ingather status"
    tell_stages(outcome.results, outcome.run, then=then)


def _short(document: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in told}


def _row(one: dict[str, Any]) -> list[Any]:
    by = ", ".join(f"{k} {v if v is not None else 'unknown'}" for k, v in one["by"].items())
    if one["value"] is None:
        return [by, "", "", one["n"], one["contributors"], "nothing to judge"]
    return [
        by,
        f"{one['value']:.3f}",
        f"{one['low']:.3f} to {one['high']:.3f}",
        one["n"],
        one["contributors"],
        "" if one["judged"] else "too few to judge",
    ]
