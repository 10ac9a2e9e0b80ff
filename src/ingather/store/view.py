"""Samples as the later stages see them: attributes with what was measured, settled labels, verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ingather.plan.clock import CLOCK_MEASURES
from ingather.plan.counting import UNIT_MEASURES
from ingather.store.clock import clock_values
from ingather.store.lookup import Lookup
from ingather.store.workspace import Workspace

if TYPE_CHECKING:
    from ingather.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Batch:
    """Some samples, in the order in which they were collected.

    Attributes:
        rows: the columns asked for; always ``id``, ``source``, ``role``, ``contributor``, ``label``.
        groups: by attribute name, and ``label``, ``source``, ``language``: the value of every sample.
        verdicts: kept, quarantined, review, or null where not cleaned yet.
        amounts: in the plan's unit, float64; hours and tokens are 0 before cleaning has measured them.
    """

    rows: pa.Table
    groups: dict[str, pa.Array]
    verdicts: pa.Array
    amounts: pa.Array


_ALWAYS = ["id", "source", "role", "contributor", "label"]


class View:
    """A pass over all samples with everything joined; made anew after something was written."""

    def __init__(self, workspace: Workspace, plan: Plan, columns: tuple[str, ...] = ()) -> None:
        self.workspace = workspace
        self.plan = plan
        there = set(workspace.samples.columns)
        self._attributes = [name for name in plan.attributes if f"attr_{name}" in there]
        self._columns = list(
            dict.fromkeys([*_ALWAYS, *columns, *(f"attr_{name}" for name in self._attributes)])
        )
        self._clocks = {
            name: attribute.source
            for name, attribute in plan.attributes.items()
            if attribute.source in CLOCK_MEASURES and attribute.bins
        }
        if self._clocks and "made_at" not in self._columns:
            self._columns.append("made_at")
        self._measured = self._measured_columns()
        asked = UNIT_MEASURES.get(plan.targets.unit, ())
        self._unit = next((found for name in asked if (found := self._find_measure(name))), None)
        self._weighed = bool(asked)
        wanted = list(dict.fromkeys([*self._measured.values(), *([self._unit] if self._unit else [])]))
        self._measures = Lookup(workspace.measures, wanted) if wanted else None
        self._labels = Lookup(workspace.labels, ["label"]) if workspace.labels.exists else None
        self._verdicts = Lookup(workspace.verdicts, ["verdict"])

    def batches(self, *, where: str | None = None, batch_size: int = 50_000) -> Iterator[Batch]:
        """All samples that match an SQL condition, in order."""
        for batch in self.workspace.samples.scan(self._columns, where=where, batch_size=batch_size):
            yield self._join(pa.Table.from_batches([batch]))

    def _join(self, rows: pa.Table) -> Batch:
        ids = rows["id"].combine_chunks()
        measures = self._measures.match(ids) if self._measures else None
        if self._labels is not None:
            settled = self._labels.match(ids)["label"]
            rows = rows.set_column(
                rows.schema.get_field_index("label"), "label", pc.coalesce(settled, rows["label"])
            )
        groups = {name: rows[f"attr_{name}"].combine_chunks() for name in self._attributes}
        for name, column in self._measured.items():
            assert measures is not None
            told = measures[column].combine_chunks()
            if name == "language" and name not in self.plan.attributes:
                groups[name] = told
                continue
            told = told.cast(pa.float64() if self.plan.attributes[name].bins else pa.string())
            groups[name] = pc.coalesce(groups[name], told) if name in groups else told
        for name, clock in self._clocks.items():
            times = rows["made_at"].combine_chunks()
            told = clock_values(clock, times, self.plan.attributes[name].zone)
            groups[name] = pc.coalesce(groups[name], told) if name in groups else told
        groups |= {"label": rows["label"].combine_chunks(), "source": rows["source"].combine_chunks()}
        amounts = pa.array([0.0 if self._weighed else 1.0] * len(rows))
        if self._unit and measures is not None:
            amounts = pc.fill_null(measures[self._unit].combine_chunks().cast(pa.float64()), 0.0)
            if self.plan.targets.unit == "hours":
                amounts = pc.divide(amounts, 3600.0)
        return Batch(rows, groups, self._verdicts.match(ids)["verdict"].combine_chunks(), amounts)

    def _measured_columns(self) -> dict[str, str]:
        found = {}
        for name, attribute in self.plan.attributes.items():
            if (
                attribute.source
                and name not in self._clocks
                and (column := self._find_measure(attribute.source))
            ):
                found[name] = column
        if len(self.plan.languages) > 1 and (column := self._find_measure("language")):
            found.setdefault("language", column)
        return found

    def _find_measure(self, name: str) -> str | None:
        """The column of ``OPERATOR.MEASURE``, of a measure of that name, or of an operator's only measure."""
        if not name or not self.workspace.measures.exists:
            return None
        plain = name.replace("-", "_").replace(".", "__")
        columns = self.workspace.measures.columns
        if plain in columns:
            return plain
        exact = [column for column in columns if column.endswith(f"__{plain}")]
        own = [column for column in columns if column.startswith(f"{plain}__")]
        return next(iter(exact or own), None)
