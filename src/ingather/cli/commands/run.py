"""Run all stages in order; what is done already is not done again."""

from __future__ import annotations

import typer

from ingather.cli.output import emit, next_step, progress, say
from ingather.cli.settings import current, workspace
from ingather.cli.stages import tell_stages


def command(
    cycles: int = typer.Option(1, "--cycles", min=1, help="Go round so often, with what next proposes."),
    strict: bool = typer.Option(
        False, "--strict", help="Refuse a plan with warnings; a missed goal is exit 1."
    ),
) -> None:
    """Collects, cleans, settles labels, cuts a release and trains, as far as the plan has these sections."""
    if cycles > 1:
        _rounds(cycles, strict)
        return
    from ingather.pipeline import run_stages

    with progress() as shown:
        outcome = run_stages(workspace(), None, strict=strict, progress=shown)
    decides = outcome.plan.train is not None and outcome.plan.targets.groups
    then = "ingather next" if decides else "ingather status"
    tell_stages(outcome.results, outcome.run, then=then, report=outcome.report, stopped=outcome.stopped)


def _rounds(count: int, strict: bool) -> None:
    from ingather.cli.commands.next_ import print_next
    from ingather.cycles import run_cycles
    from ingather.plan.read import read_plan
    from ingather.training.next_stage import require_training

    place = workspace()
    require_training(read_plan(place.plan_path, strict=strict))
    with progress() as shown:
        done = run_cycles(place, count, strict=strict, progress=shown)
    last = done.outcomes[-1]
    if current().json:
        stages = [one.as_json() for one in last.results]
        emit(
            {
                "run": last.run,
                "stages": stages,
                "cycles": done.as_json(),
                "stop": done.stop,
                "waiting": done.waiting,
                "report": str(last.report),
            }
        )
        return
    for number, outcome in enumerate(done.outcomes):
        say(f"round {number + 1}")
        for result in outcome.results:
            for note in result.notes:
                say(f"  {note}")
        if number < len(done.nexts):
            print_next(done.nexts[number])
    say(f"\nIt ended after {len(done.outcomes)} of {count} rounds: {done.why}.")
    say(f"The report lies in {last.report}")
    next_step("ingather status")
