"""How many of the planted faults cleaning found: the truth is in the origin of each synthetic sample."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from ingather.store.lookup import Lookup
from ingather.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Planted:
    """One sort of planted fault: how many there were, and how many of them were set aside or marked."""

    fault: str
    count: int
    found: int


def planted_faults(workspace: Workspace) -> tuple[list[Planted], int, int]:
    """By sort of fault, planted and found; then how many sound samples there are and how many were refused.

    Wrong words and floods are no faults of the sound: people who listen again find the first, the greatest
    share of a contributor holds the second.
    """
    verdicts = Lookup(workspace.verdicts, ["verdict"])
    planted: dict[str, list[int]] = {}
    good = refused = 0
    for batch in workspace.samples.scan(["id", "origin"], where="synthetic AND role = 'collect'"):
        told = verdicts.match(batch.column("id"))["verdict"].to_pylist()
        for origin, verdict in zip(batch.column("origin").to_pylist(), told, strict=True):
            fault = (orjson.loads(origin).get("evidence") or {}).get("planted")
            if not fault:
                good += 1
                refused += verdict == "quarantined"
            else:
                planted.setdefault(str(fault), []).append(verdict != "kept")
    rows = [Planted(fault, len(hits), sum(hits)) for fault, hits in sorted(planted.items())]
    return rows, good, refused
