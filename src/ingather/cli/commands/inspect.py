"""Inspect: one sample's whole thread, from where it came to where it went."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from ingather.cli.output import emit, next_step, say
from ingather.cli.settings import current, workspace


def command(
    sample: str = typer.Argument(help="An id, the beginning of one, or a key of the source."),
) -> None:
    """Tells where a sample is from, under what, its measures and verdicts, its labels, its releases."""
    from ingather.store.sample_list import thread_of

    told = thread_of(workspace(), sample)
    if told.get("modality") == "video" and told.get("blob"):
        told |= _film(workspace().blobs.path(told["blob"]))
    if current().json:
        emit(told)
        return
    for name, value in told.items():
        if value not in (None, [], {}, ""):
            _print(name, value, 0)
    next_step("ingather samples")


def _film(path: Path) -> dict[str, str]:
    """Where a film lies, and in words what is in it, or what is wrong with it."""
    from ingather.media.video import open_film

    film, fault = open_film(path)
    return {"file": str(path), "film": film.in_words() if film is not None else str(fault)}


def _print(name: str, value: Any, depth: int) -> None:
    pad = "  " * depth
    if isinstance(value, dict):
        say(f"{pad}{name}:")
        for inner, one in value.items():
            if one is not None:
                _print(inner, one, depth + 1)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        say(f"{pad}{name}:")
        for one in value:
            say(f"{pad}  - " + ", ".join(f"{k} {v}" for k, v in one.items()))
    elif isinstance(value, float):
        say(f"{pad}{name}: {value:.6g}")
    else:
        say(f"{pad}{name}: {value}")
