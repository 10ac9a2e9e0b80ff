"""Verdicts: bounds, faults, duplicates, parents, fairness, and decisions by hand above all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from sqlalchemy import select

from ingather.cleaning.against import find_contaminated, load_index
from ingather.cleaning.comparing import resolve, resolve_equal
from ingather.cleaning.contract import Bound
from ingather.cleaning.fairness import GroupLoss, losses_by_group
from ingather.cleaning.judging import Broken, judge
from ingather.cleaning.parts import judge_parts
from ingather.cleaning.steps import Ready
from ingather.plan.model import Plan
from ingather.plan.quotas import known_values
from ingather.store.database_schema import decisions
from ingather.store.lookup import Lookup
from ingather.store.packed_ids import id_numbers
from ingather.store.sample_schema import VERDICTS
from ingather.store.view import View
from ingather.store.workspace import Workspace

CERTAIN = ("collect", "parts", "against", "parent")
"""What needs no measuring: faults found at collection, empty parts, and what happened to a parent."""


@dataclass
class Judged:
    """What judging found.

    Attributes:
        losses: by filter and group.
        operators: rows in and out of every operator.
    """

    losses: list[GroupLoss] = field(default_factory=list)
    operators: list[dict[str, Any]] = field(default_factory=list)


def judge_all(workspace: Workspace, plan: Plan, steps: list[Ready]) -> Judged:
    """Judges every sample from what is stored and writes the verdicts that changed."""
    found = _Everything(workspace, plan, steps)
    columns = ("fault", "parent", "text") if found.index is not None else ("fault", "parent")
    for batch in View(workspace, plan, columns).batches(batch_size=20_000):
        found.add(batch.rows, batch.groups)
    if not found.ids:
        return Judged()
    found.mark_parts(workspace)
    found.mark_parents()
    losses = found.soften(steps)  # before copies are marked: what stays for review pushes out its copies
    found.mark_duplicates(workspace, steps)
    found.decide(workspace)
    found.write(workspace)
    return Judged(losses, found.funnel(steps))


class _Everything:
    """The state of judging: one small row a sample, strings only where something is wrong."""

    def __init__(self, workspace: Workspace, plan: Plan, steps: list[Ready]) -> None:
        self.plan = plan
        self.steps = steps
        columns = [step.column(bound.measure) for step in steps for bound in _all_bounds(step)]
        self.measures = Lookup(workspace.measures, list(dict.fromkeys(columns)))
        self.ids: list[pa.Array] = []
        self.numbers: list[NDArray[np.uint64]] = []
        self.parents: list[NDArray[np.uint64]] = []
        self.broken: dict[int, Broken] = {}
        self.copies: dict[int, int] = {}
        self.codes: dict[str, tuple[list[str], list[NDArray[np.int32]]]] = {
            name: (list(values), []) for name in plan.attributes if (values := known_values(plan, name))
        }
        self.n = 0
        self.index = load_index(workspace, plan)
        self.cleaned = Lookup(workspace.cleaned, ["text"]) if self.index is not None else None

    def add(self, rows: pa.Table, groups: Mapping[str, pa.Array]) -> None:
        ids = rows["id"].combine_chunks()
        pardoned = _pardoned(self.plan, rows["source"].to_pylist())
        for hit in judge(self.measures.match(ids), self.steps, pardoned):
            self.broken[self.n + hit.row] = hit
        faults = rows["fault"]
        for row in np.flatnonzero(faults.is_valid().to_numpy()).tolist():
            reason = faults[row].as_py()
            self.broken[self.n + row] = Broken(row, "collect", reason, "fault", reason, "none", "quarantined")
        if self.index is not None and self.cleaned is not None:
            texts = pc.coalesce(self.cleaned.match(ids)["text"], rows["text"]).combine_chunks()
            learnt = pc.not_equal(rows["role"], "evaluate").to_pylist()
            for hit in find_contaminated(ids.to_pylist(), texts, self.index):
                if learnt[hit.row]:
                    self.broken.setdefault(self.n + hit.row, hit)
        parents = np.zeros(len(ids), np.uint64)
        there = rows["parent"].is_valid().to_numpy()
        parents[there] = id_numbers(rows["parent"].drop_null())
        self.ids.append(ids)
        self.numbers.append(id_numbers(ids))
        self.parents.append(parents)
        panel = pc.equal(rows["role"], "evaluate").to_numpy()
        for name, (values, codes) in self.codes.items():
            own = _codes(self.plan, name, values, groups.get(name), len(ids))
            codes.append(np.where(panel, -1, own).astype(np.int32))
        self.n += len(ids)

    def mark_parts(self, workspace: Workspace) -> None:
        for samples, hits in judge_parts(workspace, self.plan):
            if hits:
                ranks = self._ranks(id_numbers(samples.take(pa.array([hit.row for hit in hits]))))
                for rank, hit in zip(ranks.tolist(), hits, strict=True):
                    known = self.broken.get(rank)
                    if rank >= 0 and (known is None or (known.to, hit.to) == ("review", "quarantined")):
                        self.broken[rank] = replace(hit, row=rank)

    def mark_parents(self) -> None:
        parents = np.concatenate(self.parents)
        children = np.flatnonzero(parents)
        if not len(children):
            return
        ranks = self._ranks(parents[children])
        for child, parent in zip(children.tolist(), ranks.tolist(), strict=True):
            above = self.broken.get(parent)
            if above is not None and child not in self.broken and above.to == "quarantined":
                self.broken[child] = Broken(
                    child, "parent", f"What it was cut from: {above.reason}", above.measure, above.value,
                    above.threshold, above.to,
                )  # fmt: skip

    def mark_duplicates(self, workspace: Workspace, steps: list[Ready]) -> None:
        good = np.ones(self.n, bool)
        good[[row for row, hit in self.broken.items() if hit.to == "quarantined"]] = False
        for step in steps:
            if not step.is_deduplicator:
                continue
            pairs = workspace.duplicates.read(
                ["left", "right", "similarity"], where=f"operator = '{step.name}'"
            )
            one, other = self._ranks(id_numbers(pairs["left"])), self._ranks(id_numbers(pairs["right"]))
            there = (one >= 0) & (other >= 0) & ~self._of_one_family(one, other)
            similar = pairs["similarity"].to_numpy()[there]
            first, second = np.minimum(one, other)[there], np.maximum(one, other)[there]
            best = dict(zip(zip(first.tolist(), second.tolist(), strict=True), similar.tolist(), strict=True))
            reason = step.module.reason(step.config)
            threshold = f"{getattr(step.config, 'threshold', 1.0):.4g}"
            settle = resolve if hasattr(step.module, "same") else resolve_equal
            for row, of in settle(first, second, good).items():
                good[row] = False
                self.copies[row] = of
                value = f"{best.get((of, row), 1.0):.4g}"
                self.broken[row] = Broken(
                    row, step.name, reason, "similarity", value, threshold, "quarantined"
                )

    def _of_one_family(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which pairs are a sample and what it was cut from: alike, and no copies."""
        numbers, parents = np.concatenate(self.numbers), np.concatenate(self.parents)
        family: NDArray[np.bool_] = (parents[one] == numbers[other]) | (parents[other] == numbers[one])
        return family

    def soften(self, steps: list[Ready]) -> list[GroupLoss]:
        """Where a filter takes clearly more of one group, its verdicts on that group go to review."""
        filters = [step.name for step in steps if step.bounds and not getattr(step.module, "certain", False)]
        place = {name: number for number, name in enumerate(filters)}
        rejecting = np.full(self.n, -1, np.int16)
        for row, hit in self.broken.items():
            if hit.to == "quarantined" and hit.operator in place:
                rejecting[row] = place[hit.operator]
        groups = {name: (values, np.concatenate(codes)) for name, (values, codes) in self.codes.items()}
        losses = losses_by_group(filters, rejecting, groups)
        for loss in losses:
            if loss.unfair:
                values, codes = groups[loss.attribute]
                hit_rows = (codes == values.index(loss.value)) & (rejecting == place[loss.operator])
                for row in np.flatnonzero(hit_rows).tolist():
                    hit = self.broken[row]
                    self.broken[row] = Broken(
                        row, hit.operator, hit.reason, hit.measure, hit.value, hit.threshold, "review"
                    )
        return losses

    def decide(self, workspace: Workspace) -> None:
        with workspace.database.connect() as connection:
            rows = connection.execute(select(decisions.c.sample, decisions.c.verdict, decisions.c.why)).all()
        self.by_hand: dict[int, str] = {}
        if not rows:
            return
        ranks = self._ranks(id_numbers(pa.array([row.sample for row in rows], pa.string())))
        for rank, row in zip(ranks.tolist(), rows, strict=True):
            if rank >= 0:
                self.by_hand[rank] = row.verdict
                if row.verdict == "quarantined" and rank not in self.broken:
                    self.broken[rank] = Broken(rank, "by hand", row.why, "", "", "", "quarantined")

    def write(self, workspace: Workspace) -> None:
        old = Lookup(workspace.verdicts, VERDICTS.names[1:])
        start = 0
        for ids in self.ids:
            rows = range(start, start + len(ids))
            new = self._verdicts(ids, rows)
            before = old.match(ids)
            changed = np.zeros(len(ids), bool)
            for name in VERDICTS.names[1:]:
                same = pc.equal(pc.fill_null(before[name], "\0"), pc.fill_null(new[name], "\0"))
                changed |= ~same.to_numpy()
            workspace.verdicts.upsert(new.filter(pa.array(changed)))
            start += len(ids)
        workspace.verdicts.compact()

    def funnel(self, steps: list[Ready]) -> list[dict[str, Any]]:
        """Rows in and out of every operator, in order."""
        lost: dict[str, int] = {}
        held: dict[str, int] = {}
        for hit in self.broken.values():
            counted = lost if hit.to == "quarantined" else held
            counted[hit.operator] = counted.get(hit.operator, 0) + 1
        left = self.n
        told = []
        for name in ("collect", "parts", "against", *(step.name for step in steps), "parent"):
            if name in CERTAIN and not lost.get(name):
                continue
            out = left - lost.get(name, 0)
            told.append({"operator": name, "in": left, "out": out, "review": held.get(name, 0)})
            left = out
        return told

    def _verdicts(self, ids: pa.Array, rows: range) -> pa.Table:
        hits = [self.broken.get(row) for row in rows]
        originals = self._all_ids()
        verdicts = [
            self.by_hand.get(row, hit.to if hit else "kept") for row, hit in zip(rows, hits, strict=True)
        ]
        return pa.table(
            {
                "id": ids,
                "verdict": verdicts,
                "operator": [hit.operator if hit else None for hit in hits],
                "reason": [hit.reason if hit else None for hit in hits],
                "measure": [hit.measure if hit else None for hit in hits],
                "value": [hit.value if hit else None for hit in hits],
                "threshold": [hit.threshold if hit else None for hit in hits],
                "duplicate_of": [
                    originals[self.copies[row]].as_py() if row in self.copies else None for row in rows
                ],
                "by": ["hand" if row in self.by_hand else "rule" for row in rows],
            },
            schema=VERDICTS,
        )

    def _all_ids(self) -> pa.ChunkedArray:
        return pa.chunked_array(self.ids)

    def _ranks(self, numbers: NDArray[np.uint64]) -> NDArray[np.int64]:
        everything = np.concatenate(self.numbers)
        order = np.argsort(everything, kind="stable")
        place = np.minimum(np.searchsorted(everything, numbers, sorter=order), len(everything) - 1)
        ranks = order[place]
        found: NDArray[np.int64] = np.where(everything[ranks] == numbers, ranks, -1)
        return found


def _all_bounds(step: Ready) -> list[Bound]:
    bounds: list[Bound] = []
    waiting: list[Bound | None] = list(step.bounds)
    while waiting:
        bound = waiting.pop()
        if bound is not None:
            bounds.append(bound)
            waiting.append(bound.when)
    return bounds


def _codes(plan: Plan, name: str, values: list[str], column: pa.Array | None, n: int) -> NDArray[np.int32]:
    if column is None:
        return np.full(n, -1, np.int32)
    if plan.attributes[name].bins and pa.types.is_floating(column.type):
        from ingather.plan.counting import bin_of

        return bin_of(plan, name, column.to_numpy(zero_copy_only=False))
    index = pc.index_in(column.cast(pa.string()), pa.array(values, pa.string()))
    codes: NDArray[np.int32] = pc.fill_null(index, -1).to_numpy(zero_copy_only=False)
    return codes


def _pardoned(plan: Plan, sources: list[str]) -> dict[str, NDArray[np.bool_]]:
    """By operator, the rows of sources for whose findings somebody answers (``rights.vouched``)."""
    named = {name for one in plan.rights.vouched for name in one.operators}
    return {name: np.array([plan.vouches(name, source) for source in sources], bool) for name in named}
