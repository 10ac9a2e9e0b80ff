"""Ledger: what was taken from which domain of the web, and what a public summary asks of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ingather.cli.output import emit, say, table
from ingather.cli.settings import current, workspace

if TYPE_CHECKING:
    from ingather.sources.signals.ledger import DomainRow


def command(
    out: Path | None = typer.Option(None, "--out", help="Write all rows into this CSV file."),
    small: bool = typer.Option(
        False, "--small", help="The provider is a small or medium enterprise: fewer domains need be named."
    ),
) -> None:
    """Tells pages, bytes, first and last fetch and agents by registrable domain, and the EU's summary."""
    from ingather.plan.read import read_plan
    from ingather.sources.signals.ledger import read_ledger, summary

    place = workspace()
    rows = read_ledger(place, read_plan(place.plan_path))
    told = summary(rows, small)
    if out is not None:
        _write(out, [row.as_json() for row in rows])
    if current().json:
        emit({"domains": [row.as_json() for row in rows], "summary": told})
        return
    if not rows:
        say("Nothing was taken from the web yet.")
        return
    table(
        ["domain", "pages", "bytes", "samples", "first", "last", "agents"],
        [_cells(one) for one in rows[:50]],
        right=(1, 2, 3),
    )
    if len(rows) > 50:
        say(f"... and {len(rows) - 50:,} more (--out FILE.csv writes all)")
    named = told["top_domains"]
    assert isinstance(named, list)
    share = f"the top {told['top_share']:.0%} by size"
    say(f"The public summary names {len(named):,} of {len(rows):,} domains, {share}.")


def _cells(row: DomainRow) -> list[str]:
    counts = [f"{row.pages:,}", f"{row.bytes:,}", f"{row.samples:,}"]
    return [row.domain, *counts, row.first[:10], row.last[:10], ", ".join(sorted(row.agents))]


def _write(out: Path, rows: Sequence[Mapping[str, object]]) -> None:
    import csv

    from ingather.errors import OutsideError

    try:
        with open(out, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(
                ["domain", "pages", "bytes", "samples", "sample_bytes", "first", "last", "agents"]
            )
            for row in rows:
                agents = row["agents"]
                assert isinstance(agents, list)
                writer.writerow(
                    [*(value for name, value in row.items() if name != "agents"), "; ".join(agents)]
                )
    except OSError as error:
        raise OutsideError(f"{out} cannot be written: {error.strerror}.", fix="Name another file.") from error
