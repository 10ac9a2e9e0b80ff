"""Clean: measure, compare and judge what was collected."""

from __future__ import annotations

from ingather.cli.output import progress, table
from ingather.cli.settings import workspace
from ingather.cli.stages import tell_stages


def command() -> None:
    """Measures what is new, judges everything by the plan's limits; nothing is deleted."""
    from ingather.pipeline import run_stages

    with progress() as shown:
        outcome = run_stages(workspace(), ("clean",), progress=shown)
    rows = outcome.results[-1].details["operators"]
    table(
        ["operator", "in", "out", "set aside", "to review"],
        [[row["operator"], row["in"], row["out"], row["in"] - row["out"], row["review"]] for row in rows],
        right=range(1, 5),
    )
    tell_stages(outcome.results, outcome.run, then="ingather samples --quarantined")
