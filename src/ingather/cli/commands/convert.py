"""Convert: from one dataset layout to another."""

from __future__ import annotations

from pathlib import Path

import typer

from ingather.cli.output import emit, say
from ingather.cli.settings import current
from ingather.errors import InputError


def command(
    source: str = typer.Argument(help="FORMAT:PATH to read, such as voc:cells/"),
    target: str = typer.Argument(help="FORMAT:PATH to write, such as coco:out/; it must not be there yet."),
) -> None:
    """Reads one layout and writes another; what the target cannot carry is told."""
    from ingather.formats.convert import convert

    done = convert(*_parts(source), *_parts(target))
    if current().json:
        emit(
            {
                "items": done.items,
                "losses": [{"where": x.where, "reason": x.reason, "count": x.count} for x in done.losses],
            }
        )
        return
    for loss in done.losses[:20]:
        say(f"{loss.where}: {loss.reason}")
    if len(done.losses) > 20:
        say(f"and {len(done.losses) - 20} more (--json lists them)")
    but = ", but for what is told above" if done.losses else ""
    say(f"{done.items:,} items written to {_parts(target)[1]}{but}")


def _parts(said: str) -> tuple[str, Path]:
    name, mark, path = said.partition(":")
    if not mark or not path or not name:
        raise InputError(
            f"'{said}' is not FORMAT:PATH.",
            why="Both the layout and the place must be known.",
            fix="Write it like voc:data/cells or coco:out.",
        )
    return name, Path(path)
