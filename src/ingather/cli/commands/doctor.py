"""Doctor: find and mend what a crash left wrong."""

from __future__ import annotations

from dataclasses import asdict

import typer

from ingather.cli.output import emit, next_step, say
from ingather.cli.settings import current, workspace


def command(
    repair: bool = typer.Option(False, "--repair", help="Mend what can be mended."),
    digest: bool = typer.Option(False, "--digest", help="Print the logical digest instead."),
) -> None:
    """Compares blobs, samples and journal; refuses while a run is under way."""
    from ingather.store.leases import hold

    place = workspace()
    if digest:
        from ingather.store.digest import digest as digest_of

        told = digest_of(place)
        if current().json:
            emit(told)
        else:
            for name, value in told.items():
                say(f"{name:14} {value}")
        return
    from ingather.store.doctor import examine

    with hold(place.database, "run"):
        complaints = examine(place, repair=repair)
    if current().json:
        emit({"ok": all(one.mended for one in complaints), "complaints": [asdict(one) for one in complaints]})
        return
    for one in complaints:
        say(f"{one.count:,} {one.what}{': mended' if one.mended else ''}  ({', '.join(one.some[:3])})")
    if not complaints:
        say("Everything is in order.")
    next_step("ingather doctor --repair" if any(not one.mended for one in complaints) else "ingather run")
