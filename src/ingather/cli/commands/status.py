"""Status: coverage of every quota, counts, releases."""

from __future__ import annotations

from typing import Any

from ingather.cli.coverage import print_coverage
from ingather.cli.output import emit, next_step, say
from ingather.cli.settings import current, workspace


def command() -> None:
    """Reads the counts, not the samples, so it answers at once at any size."""
    from ingather.status import status_of

    told: dict[str, Any] = status_of(workspace())
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
    next_step("ingather run" if samples["waiting"] or not samples["collected"] else "ingather samples")
