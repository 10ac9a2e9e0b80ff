"""Check the plan: every mistake and warning at once."""

from __future__ import annotations

import typer

from ingather.cli.findings import findings_json, print_findings
from ingather.cli.output import emit, next_step, say
from ingather.cli.settings import current, workspace
from ingather.errors import NotMet, PlanError


def command(
    strict: bool = typer.Option(False, "--strict", help="Refuse a plan with warnings (exit 1)."),
) -> None:
    """Reads the plan and checks it whole; nothing is run or touched."""
    from ingather.plan.read import check_plan

    checked = check_plan(workspace().plan_path)
    if checked.plan is None:
        raise PlanError(checked.mistakes, checked.warnings)
    if current().json:
        emit({"ok": not (strict and checked.warnings), **findings_json((), checked.warnings)})
    else:
        print_findings((), checked.warnings)
        count = len(checked.warnings)
        warned = f", with {count} warning{'s' if count > 1 else ''}." if count else "."
        say(f"The plan '{checked.plan.name}' is sound{warned}")
    if strict and checked.warnings:
        if current().json:
            raise typer.Exit(1)
        raise NotMet(f"The plan has {len(checked.warnings)} warnings.", fix="Mend what is listed above.")
    next_step("ingather run")
