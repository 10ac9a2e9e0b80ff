"""Collect: bring samples in from the plan's sources."""

from __future__ import annotations

import typer

from ingather.cli.output import emit, next_step, progress, say
from ingather.cli.settings import current, workspace
from ingather.cli.stages import tell_stages


def command(
    source: list[str] = typer.Option([], "--source", help="Only this source; may be given several times."),
    dry_run: bool = typer.Option(
        False, "--dry-run", help="Only tell layouts, items, labels, licences and what would be left behind."
    ),
    watch: bool = typer.Option(False, "--watch", help="Streams go on until Ctrl-C; what came is kept."),
    explain: str | None = typer.Option(
        None, "--explain", help="Ask for one address as the crawl would, and tell what becomes of it."
    ),
) -> None:
    """Asks every source of the plan; what is known and unchanged is not read again."""
    if explain is not None:
        from ingather.cli.explaining import tell_explained

        tell_explained(explain, tuple(source))
        return
    if dry_run:
        _preview(tuple(source))
        return
    from ingather.pipeline import run_stages

    with progress() as shown:
        outcome = run_stages(workspace(), ("collect",), only=tuple(source), watch=watch, progress=shown)
    tell_stages(outcome.results, outcome.run, then="ingather clean")


def _preview(only: tuple[str, ...]) -> None:
    from ingather.plan.read import read_plan
    from ingather.sources.preview import preview

    place = workspace()
    found = preview(place, read_plan(place.plan_path), only)
    if current().json:
        emit({"sources": [one.as_json() for one in found]})
        return
    for one in found:
        say(f"{one.source}: {one.layout}")
        if one.refused:
            say(f"  {one.refused}")
        say(f"  {one.items:,} items, {one.unfit:,} of them unfit, {one.lost:,} left behind")
        for what, counts in (("labels", one.labels), ("licences", one.licences), ("splits", one.splits)):
            if counts:
                said = ", ".join(f"{name} ({count:,})" for name, count in counts.most_common(8))
                say(f"  {what}: {said}{', ...' if len(counts) > 8 else ''}")
        for loss in one.losses[:5]:
            say(f"  {loss.where}: {loss.reason}")
    next_step("ingather collect")
