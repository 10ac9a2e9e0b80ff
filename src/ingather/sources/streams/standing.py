"""How far each stream of a workspace is, from its spool alone."""

from __future__ import annotations

from pathlib import Path

from ingather.sources.streams.spool import Spool

COUNTS = ("messages", "malformed", "seen", "samples", "bytes")


def streams_of(folder: Path) -> list[dict[str, str | int | float]]:
    """One entry a stream, by name.

    Each has ``source``, ``waiting`` (messages on disk of which no sample is stored), and over all runs
    ``messages``, ``malformed`` ones, segments ``seen``, of which so many became ``samples``, of so many
    ``hours`` and ``bytes`` of payload.

    Args:
        folder: where the spools lie; need not be there.
    """
    told: list[dict[str, str | int | float]] = []
    for path in sorted(folder.glob("*.spool")):
        spool = Spool(path)
        try:
            totals = spool.totals()
            counts = {name: int(totals.get(name, 0)) for name in COUNTS}
            hours = round(totals.get("hours", 0.0), 6)
            told.append({"source": path.stem, "waiting": spool.waiting(), **counts, "hours": hours})
        finally:
            spool.close()
    return told
