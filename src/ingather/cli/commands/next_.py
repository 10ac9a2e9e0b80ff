"""Next: what to collect next, from whom, to what effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ingather.cli.output import emit, next_step, say, table
from ingather.cli.settings import current, workspace

if TYPE_CHECKING:
    from ingather.training.next_stage import NextRound


def command(
    apply: bool = typer.Option(False, "--apply", help="Raise the quotas of the plan, keeping its comments."),
) -> None:
    """Decides from out-of-fold answers, or from the half of the panel set aside; a test only reports."""
    from ingather.cycles import apply as write
    from ingather.plan.read import read_plan
    from ingather.training.next_stage import next_round

    place = workspace()
    plan = read_plan(place.plan_path)
    told = next_round(place, plan)
    changes = write(place, plan, told).changes if apply and told.rows else ()
    if current().json:
        emit({**told.as_json(), **({"changes": list(changes)} if apply else {})})
        return
    print_next(told)
    for change in changes:
        say(f"  plan: {change}")
    if told.rows and not apply:
        next_step("ingather next --apply")
    else:
        next_step("ingather run" if changes else "ingather status")


def print_next(told: NextRound) -> None:
    """Prints a proposal for a person."""
    from ingather.cycles import REASONS

    if told.stop is not None:
        say(f"Nothing to collect: {REASONS[told.stop]}.")
    table(
        ["collect", "samples", "people", "from", "cost"],
        [
            [
                ", ".join(f"{name} {value}" for name, value in row["by"].items()),
                row["samples"],
                row["contributors"],
                row["source"] or "outside: no source of the plan can be asked",
                row["cost"] or "",
            ]
            for row in told.rows
        ],
        right=(1, 2, 4),
    )
    if told.expected is not None:
        expected = told.expected
        say(
            f"  expected {told.metric} of the worst group: {expected['worst_group']:.3g} "
            f"(roughly {expected['low']:.3g} to {expected['high']:.3g}); {told.pays}"
        )
    basis = "the half of the panel set aside for it" if told.basis == "decide" else "out-of-fold answers"
    say(f"  decided from {basis}; the test was not looked at")
    for one in told.stuck:
        say(f"  {', '.join(f'{k} {v}' for k, v in one['by'].items())}: {one['why']}")
