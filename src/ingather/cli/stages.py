"""How the result of stages is told, as JSON and in words."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from ingather.cli.output import emit, next_step, say, table
from ingather.cli.settings import current

if TYPE_CHECKING:
    from pathlib import Path

    from ingather.errors import IngatherError
    from ingather.store.runs import StageResult


def tell_stages(
    results: list[StageResult],
    run_id: str,
    *,
    then: str,
    report: Path | None = None,
    stopped: IngatherError | None = None,
) -> None:
    """Prints what stages did and what to type next.

    Args:
        results: one for each stage.
        run_id: of the run.
        then: the command to type next.
        report: where the report lies.
        stopped: why it ended early; it is told after what was done, in the JSON document under ``error``.

    Raises:
        IngatherError: ``stopped``, for a person.
        Exit: with the code of ``stopped``, with --json.
    """
    if current().json:
        emit(
            {
                "run": run_id,
                "stages": [result.as_json() for result in results],
                **({"report": str(report)} if report else {}),
                **({"error": stopped.as_json()} if stopped else {}),
            }
        )
        if stopped is not None:
            raise typer.Exit(stopped.exit_code)
        return
    rows = [
        [
            result.stage,
            f"{result.taken:,}",
            f"{result.new:,}",
            f"{result.changed:,}",
            f"{result.gone:,}",
            f"{result.kept:,}" if result.stage != "collect" else "",
            f"{result.quarantined:,}" if result.stage != "collect" else "",
            f"{result.seconds:.1f}",
        ]
        for result in results
    ]
    table(
        ["stage", "in", "new", "changed", "gone", "kept", "quarantined", "seconds"],
        rows,
        right=range(1, 8),
    )
    for result in results:
        for note in result.notes:
            say(f"  {note}")
    if report is not None:
        say(f"\nThe report lies in {report}")
    if stopped is not None:
        sys.stdout.write("\n")
        sys.stdout.flush()
        raise stopped
    next_step(then)
