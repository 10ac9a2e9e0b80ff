"""Schema: print the JSON Schema of the plan, for editors."""

from __future__ import annotations

from ingather.cli.output import emit


def command() -> None:
    """Prints the JSON Schema of plan.yaml; an editor completes and checks with it."""
    from ingather.plan.schema import plan_schema

    emit(plan_schema())
