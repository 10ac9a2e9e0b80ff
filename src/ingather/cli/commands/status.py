"""Status: coverage of every quota, counts, releases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ingather.cli.coverage import print_coverage
from ingather.cli.output import emit, next_step, say
from ingather.cli.settings import current, workspace


def command() -> None:
    """Reads the counts, not the samples, so it answers at once at any size."""
    from ingather.status import status_of

    place = workspace()
    told: dict[str, Any] = status_of(place)
    if streams := _streams(place.folder / "streams"):
        told["streams"] = streams
    if current().json:
        emit(told)
        return
    samples = told["samples"]
    say(
        f"{samples['collected']:,} samples collected, {samples['kept']:,} kept, "
        f"{samples['quarantined']:,} quarantined"
        + (f", {samples['review']:,} of the kept marked for review" if samples["review"] else "")
        + (f", {samples['waiting']:,} not yet cleaned" if samples["waiting"] else "")
    )
    print_coverage(told)
    for one in streams:
        say(
            f"stream {one['source']}: {one['messages']:,} messages in {one['seen']:,} segments, "
            f"{one['samples']:,} of them taken; {one['malformed']:,} malformed, {one['waiting']:,} waiting"
        )
    next_step("ingather run" if samples["waiting"] or not samples["collected"] else "ingather samples")


def _streams(folder: Path) -> list[dict[str, str | int | float]]:
    if not folder.is_dir():
        return []
    from ingather.sources.streams.standing import streams_of

    return streams_of(folder)
