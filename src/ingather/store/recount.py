"""Counting every quota anew from the tables, batch by batch, written in one transaction."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import delete, insert

from ingather.plan.model import Plan
from ingather.plan.quotas import TOTAL, cells_of, unknown_of
from ingather.sample import Json
from ingather.store.counts import EVERYWHERE, counts_of
from ingather.store.cursors import drop_cursors, set_cursor
from ingather.store.database_schema import quota_counts
from ingather.store.people import Amounts, People, person_numbers
from ingather.store.reservations import lock_counts, mark_carried, places_held
from ingather.store.status_document import NAME, stamped, status_document
from ingather.store.view import Batch, View
from ingather.store.workspace import Workspace


def recount(workspace: Workspace, plan: Plan) -> dict[str, int]:
    """Counts every cell anew from the tables and writes the counts in one transaction.

    Returns:
        How many samples are collected, kept, quarantined, in review and not yet cleaned.
    """
    tally = _Counting(plan)
    if workspace.samples.exists:
        for batch in View(workspace, plan).batches(where="role != 'carrier'"):
            tally.add(batch)
    with workspace.database.begin() as connection:
        lock_counts(connection)
        connection.execute(delete(quota_counts))  # counts by another plan no longer say what there is
        mark_carried(connection)
        drop_cursors(connection, "counts:")
        drop_cursors(connection, NAME)
        rows = with_places(tally.rows(plan.hash), plan.hash, places_held(connection, plan))
        connection.execute(insert(quota_counts), rows)
        extra = tally.extra(plan)
        set_cursor(connection, f"counts:{plan.hash}", extra)
        set_cursor(connection, "counts", dict(tally.states))
        document = status_document(plan, counts_of(plan, rows, extra), tally.states)
        set_cursor(connection, NAME + plan.hash, stamped(document))
    return tally.states


def with_places(
    rows: list[dict[str, Any]], revision: str, held: dict[tuple[str, str], tuple[float, float]]
) -> list[dict[str, Any]]:
    """Rows of counts with the places that people hold, by cell and source."""
    there = {(row["cell"], row["source"]): row for row in rows}
    for (cell, source), (reserved, accepted) in held.items():
        row = there.get((cell, source))
        if row is None:
            row = {"revision": revision, "cell": cell, "source": source, "samples": 0, "contributors": 0}
            row |= {"collected": 0.0, "kept": 0.0}
            rows.append(row)
        row["reserved"], row["accepted"] = reserved, accepted
    return rows


class _Counting:
    """Amounts and people by cell and source, folded batch by batch."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.sources = [source.name for source in plan.sources]
        self.evaluating = {source.name for source in plan.sources if source.role == "evaluate"}
        self.collected: dict[tuple[str, str], float] = {}
        self.kept: dict[tuple[str, str], float] = {}
        self.samples: dict[tuple[str, str], int] = {}
        self.people: dict[tuple[str, str], People] = {}
        self.given = Amounts()
        self.unknown: dict[str, int] = {}
        self.states = {"collected": 0, "kept": 0, "quarantined": 0, "review": 0, "waiting": 0}

    def add(self, batch: Batch) -> None:
        n = batch.rows.num_rows
        verdicts = pc.fill_null(batch.verdicts, "waiting")
        good = pc.not_equal(verdicts, "quarantined").to_numpy(zero_copy_only=False)
        self.states["collected"] += n
        for entry in pc.value_counts(verdicts).to_pylist():
            self.states[entry["values"]] += entry["counts"]
        amounts = batch.amounts.to_numpy(zero_copy_only=False)
        encoded = batch.rows["source"].combine_chunks().dictionary_encode()
        names = encoded.dictionary.to_pylist()
        source = encoded.indices.to_numpy(zero_copy_only=False)
        person = batch.rows["contributor"].combine_chunks().dictionary_encode()
        numbers = np.append(person_numbers(person.dictionary.to_pylist()), np.uint64(0))
        who = pc.fill_null(person.indices, -1).to_numpy(zero_copy_only=False)
        collecting = np.array([name not in self.evaluating for name in names], bool)[source]
        counted = (who >= 0) & collecting
        self.given.add(numbers[who[counted]], (amounts * good)[counted])
        for coded in cells_of(self.plan, batch.groups, n):
            index = coded.codes.astype(np.int64) * len(names) + source[coded.rows]
            size = len(coded.keys) * len(names)
            everything = np.bincount(index, amounts[coded.rows], size)
            kept = np.bincount(index, amounts[coded.rows] * good[coded.rows], size)
            number = np.bincount(index, minlength=size)
            for place in np.flatnonzero(number).tolist():
                key = (coded.keys[place // len(names)], names[place % len(names)])
                self.collected[key] = self.collected.get(key, 0.0) + float(everything[place])
                self.kept[key] = self.kept.get(key, 0.0) + float(kept[place])
                self.samples[key] = self.samples.get(key, 0) + int(number[place])
            known = (who[coded.rows] >= 0) & good[coded.rows]
            cells, people = index[known], numbers[who[coded.rows][known]]
            order = np.argsort(cells, kind="stable")
            ends = np.flatnonzero(np.diff(cells[order])) + 1
            for rows in np.split(order, ends) if len(order) else []:
                place = int(cells[rows[0]])
                key = (coded.keys[place // len(names)], names[place % len(names)])
                self.people.setdefault(key, People()).add(people[rows])
        mask = pa.array(collecting)
        groups = {name: values.filter(mask) for name, values in batch.groups.items()}
        for name, count in unknown_of(self.plan, groups, int(collecting.sum())).items():
            self.unknown[name] = self.unknown.get(name, 0) + int(count)

    def rows(self, revision: str) -> list[dict[str, Any]]:
        told = [
            {
                "revision": revision,
                "cell": cell,
                "source": source,
                "collected": amount,
                "kept": self.kept.get((cell, source), 0.0),
                "samples": self.samples[(cell, source)],
                "reserved": 0.0,
                "accepted": 0.0,
                "contributors": len(self.people.get((cell, source), People()).numbers()),
            }
            for (cell, source), amount in self.collected.items()
        ]
        everywhere: dict[str, People] = {}
        for (cell, source), people in self.people.items():
            if source not in self.evaluating:
                everywhere.setdefault(cell, People()).add(people.numbers())
        told += [
            {
                "revision": revision,
                "cell": cell,
                "source": EVERYWHERE,
                "collected": 0.0,
                "kept": 0.0,
                "samples": 0,
                "reserved": 0.0,
                "accepted": 0.0,
                "contributors": len(people.numbers()),
            }
            for cell, people in everywhere.items()
        ]
        if not told:
            told = [
                {
                    "revision": revision,
                    "cell": TOTAL,
                    "source": EVERYWHERE,
                    "collected": 0.0,
                    "kept": 0.0,
                    "samples": 0,
                    "reserved": 0.0,
                    "accepted": 0.0,
                    "contributors": 0,
                }
            ]
        return told

    def extra(self, plan: Plan) -> dict[str, Json]:
        kept = sum(
            amount
            for (cell, source), amount in self.kept.items()
            if cell == TOTAL and source not in self.evaluating
        )
        cap = plan.targets.max_share_per_contributor * kept
        given = self.given.given()
        return {
            "unknown": dict(self.unknown),
            "largest": float(given.max(initial=0.0)),
            "above": float(np.maximum(0.0, given - cap).sum()),
        }
