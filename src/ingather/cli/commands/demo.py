"""Demo: the whole story at the terminal, with synthetic voices."""

from __future__ import annotations

import time
from pathlib import Path

import typer

from ingather.cli.output import emit, next_step, progress, say
from ingather.cli.settings import current


def command(
    seed: int = typer.Option(None, "--seed", help="Other speakers, faults and lots."),
    out: Path = typer.Option(Path("demo"), "--out", help="Where its workspace is made."),
) -> None:
    """A skewed collection, planted faults, the gap between accents, what to collect next, the gap closed."""
    from ingather.demo.story import tell

    began = time.monotonic()
    with progress() as shown:
        told = tell(out, seed=seed, say=say, progress=shown)
    if current().json:
        emit(told.as_json())
        return
    say(
        f"\nIt took {time.monotonic() - began:.0f} s. Release and report lie in {out}, the control beside it."
    )
    next_step(f"ingather -C {out} status")
