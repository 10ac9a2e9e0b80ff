"""What became of every source's samples: kept, set aside and why, and under which licence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pyarrow as pa

from ingather.plan.model import Plan
from ingather.store.lookup import Lookup
from ingather.store.workspace import Workspace


@dataclass
class SourceTally:
    """What one source brought and what became of it, in samples.

    Attributes:
        got: samples taken in.
        kept: neither set aside nor waiting; those marked for review too.
        review: marked for review, which stay kept.
        waiting: not cleaned yet.
        aside: how many were set aside, by operator and reason.
        licences: how many of those that are kept, by licence.
    """

    got: int = 0
    kept: int = 0
    review: int = 0
    waiting: int = 0
    aside: Counter[tuple[str, str]] = field(default_factory=Counter)
    licences: Counter[str | None] = field(default_factory=Counter)

    @property
    def set_aside(self) -> int:
        """How many were set aside."""
        return self.aside.total()


def tally_sources(workspace: Workspace, plan: Plan) -> dict[str, SourceTally]:
    """One pass over the samples; every source of the plan is there, also those that brought nothing."""
    found = {source.name: SourceTally() for source in plan.sources}
    if not workspace.started or not workspace.samples.exists:
        return found
    verdicts = workspace.verdicts.read(["id", "verdict", "operator", "reason"], where="verdict != 'kept'")
    judged = Lookup(workspace.verdicts, [])
    for batch in workspace.samples.scan(
        ["id", "source", "licence"], where="role != 'carrier'", batch_size=100_000
    ):
        there = pa.array(judged.find(batch.column("id")) >= 0)
        rows = pa.Table.from_batches([batch]).append_column("judged", there)
        rows = rows.join(verdicts, "id") if verdicts.num_rows else _bare(rows)
        keys = ["source", "licence", "judged", "verdict", "operator", "reason"]
        for row in rows.group_by(keys).aggregate([("id", "count")]).to_pylist():
            _add(found.setdefault(row["source"], SourceTally()), row)
    return found


def _bare(rows: pa.Table) -> pa.Table:
    for name in ("verdict", "operator", "reason"):
        rows = rows.append_column(name, pa.nulls(len(rows), pa.string()))
    return rows


def _add(tally: SourceTally, row: dict[str, object]) -> None:
    number = int(str(row["id_count"]))
    tally.got += number
    if not row["judged"]:
        tally.waiting += number
        return
    if row["verdict"] == "quarantined":
        tally.aside[(str(row["operator"] or "by hand"), str(row["reason"] or "taken out by hand"))] += number
        return
    tally.kept += number
    tally.review += number if row["verdict"] == "review" else 0
    licence = row["licence"]
    tally.licences[str(licence) if licence is not None else None] += number
