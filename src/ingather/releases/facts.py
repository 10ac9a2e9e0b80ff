"""What a release's documents tell: counts, coverage, rights, rejections, measured once when it is cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingather.plan.model import Plan
from ingather.plan.quotas import Row, coverage
from ingather.releases.content import Content
from ingather.releases.selection import Selection
from ingather.releases.splitting import Assigned
from ingather.store.counts import read_counts
from ingather.store.cursors import get_cursor
from ingather.store.lookup import Lookup
from ingather.store.workspace import Workspace


@dataclass(frozen=True)
class Facts:
    """Everything that the card, the data sheet and the tables of a release say.

    Attributes:
        plan: the plan it was cut under.
        release: its name.
        splits: samples by split.
        schema: columns of its shards.
        features: by column, the Hugging Face feature.
        labels: samples by label, by split.
        groups: by attribute, samples by value, by split; unknown is "unknown".
        contributors: how many people gave what is in it.
        licences: samples by licence.
        sources: by source: samples in it, kind, licence, synthetic.
        left_out: samples by reason.
        coverage: every quota.
        operators: rows in and out of every operator.
        rejections: what every filter rejects, by group.
        blanked: samples with a value blanked for privacy.
    """

    plan: Plan
    release: str
    splits: dict[str, int]
    schema: pa.Schema
    labels: dict[str, dict[str, int]]
    groups: dict[str, dict[str, dict[str, int]]]
    contributors: int
    licences: dict[str, int]
    sources: dict[str, dict[str, Any]]
    left_out: dict[str, int]
    coverage: list[Row]
    operators: list[dict[str, Any]]
    rejections: list[dict[str, Any]]
    blanked: int


def gather_facts(
    workspace: Workspace,
    plan: Plan,
    release: str,
    names: list[str],
    chosen: Selection,
    assigned: Assigned,
    content: Content,
    blanked: int,
) -> Facts:
    """Counts what is in a release."""
    inside = assigned.splits >= 0
    split = pa.array([names[one] if one >= 0 else None for one in assigned.splits], pa.string())
    rows = (
        Lookup(workspace.samples, ["licence", "source", "synthetic"])
        .match(chosen.ids)
        .filter(pa.array(inside))
    )
    operators: Any = get_cursor(workspace, "operators") or []
    rejections: Any = get_cursor(workspace, "fairness") or []
    return Facts(
        plan=plan,
        release=release,
        splits={name: int((assigned.splits == number).sum()) for number, name in enumerate(names)},
        schema=content.schema,
        labels=_table(chosen.labels, split),
        groups={name: _table(values, split) for name, values in content.attributes.items()},
        contributors=len(pc.unique(chosen.contributors.filter(pa.array(inside)).drop_null())),
        licences=_count(rows["licence"]),
        sources={
            source.name: {
                "kind": source.kind,
                "role": source.role,
                "licence": source.licence,
                "samples": _count(rows["source"]).get(source.name, 0),
                "synthetic": source.kind == "synthetic",
            }
            for source in plan.sources
        },
        left_out=dict(chosen.left_out),
        coverage=coverage(plan, read_counts(workspace, plan)),
        operators=operators,
        rejections=rejections,
        blanked=blanked,
    )


def _table(values: pa.Array, split: pa.Array) -> dict[str, dict[str, int]]:
    words = pc.fill_null(values.cast(pa.string()), "unknown")
    grouped = (
        pa.table({"value": words, "split": split}).group_by(["value", "split"]).aggregate([([], "count_all")])
    )
    told: dict[str, dict[str, int]] = {}
    for value, name, count in zip(
        *(grouped[c].to_pylist() for c in ("value", "split", "count_all")), strict=True
    ):
        if name is not None:
            told.setdefault(value.strip('"'), {})[name] = count
    return dict(sorted(told.items()))


def _count(values: pa.ChunkedArray) -> dict[str, int]:
    counted = pc.value_counts(pc.fill_null(values, "unknown")).to_pylist()
    return {entry["values"]: entry["counts"] for entry in sorted(counted, key=lambda e: str(e["values"]))}
