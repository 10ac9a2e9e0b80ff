"""Judging: bounds against stored measures, over whole columns; nothing is measured here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingather.cleaning.contract import Bound
from ingather.cleaning.steps import Ready


@dataclass(frozen=True, slots=True)
class Broken:
    """One sample that breaks one bound.

    Attributes:
        row: its row in what was judged.
        operator: the filter.
        reason: words for who gave it, filled in.
        measure: the measure's name.
        value: what was measured, as text.
        threshold: what was asked, as text.
        to: quarantined or review.
    """

    row: int
    operator: str
    reason: str
    measure: str
    value: str
    threshold: str
    to: str


def judge(
    measures: pa.Table, steps: list[Ready], pardoned: Mapping[str, NDArray[np.bool_]] | None = None
) -> list[Broken]:
    """Every sample's first broken bound, in the order of the steps, quarantine before review.

    Args:
        measures: one row a sample, with the steps' columns; null is not judged.
        steps: the operators.
        pardoned: by operator, the rows in which it may find what it will: somebody answers for them.
    """
    first: dict[int, Broken] = {}
    for step in steps:
        for bound in step.bounds:
            column = measures[step.column(bound.measure)]
            broken = breaks(measures, step, bound)
            if pardoned and step.name in pardoned:
                broken &= ~pardoned[step.name]
            for row in np.flatnonzero(broken).tolist():
                known = first.get(row)
                if known is None or (known.to == "review" and bound.to == "quarantined"):
                    first[row] = _broken(row, step.name, bound, column[row].as_py())
    return [first[row] for row in sorted(first)]


def breaks(measures: pa.Table, step: Ready, bound: Bound) -> NDArray[np.bool_]:
    """For each row, whether it breaks the bound."""
    column = measures[step.column(bound.measure)]
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if bound.allowed is not None:
        inside = pc.is_in(column, value_set=pa.array(bound.allowed, column.type))
        broken = ~_plain(inside, False) & _plain(pc.is_valid(column), False)
    else:
        # In the measure's own precision: a share stored as float32 .3 is not more than a limit of .3.
        exact = column if pa.types.is_float32(column.type) else column.cast(pa.float64())
        numbers = exact.to_numpy(zero_copy_only=False)
        with np.errstate(invalid="ignore"):
            broken = np.zeros(len(numbers), bool)
            if bound.low is not None:
                broken |= numbers < bound.low
            if bound.high is not None:
                broken |= numbers > bound.high
    if bound.when is not None:
        broken &= ~breaks(measures, step, bound.when)
    return broken


def _plain(mask: pa.Array, empty: bool) -> NDArray[np.bool_]:
    filled: NDArray[np.bool_] = pc.fill_null(mask, empty).to_numpy(zero_copy_only=False)
    return filled


def _broken(row: int, operator: str, bound: Bound, value: object) -> Broken:
    threshold: object = bound.allowed
    if bound.allowed is None:
        number = float(value)  # type: ignore[arg-type]
        threshold = bound.low if bound.low is not None and number < bound.low else bound.high
    told_value, told_threshold = _told(value), _told(threshold)
    reason = bound.reason.replace("{value}", told_value).replace("{threshold}", told_threshold)
    reason = reason.replace("{s}", "" if told_value == "1" else "s")
    return Broken(row, operator, reason, bound.measure, told_value, told_threshold, bound.to)


def _told(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)
