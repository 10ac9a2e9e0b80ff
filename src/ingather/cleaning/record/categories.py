"""Categories: rare values that look like a common value of their column, mistyped.

Only a doubt: such a record goes to review, with the value that seems to be meant.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa
from pydantic import Field

from ingather.cleaning.cells import kind_of
from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.cleaning.spelling import is_mistyped

if TYPE_CHECKING:
    from ingather.media.record import RecordBatch

reads = "record"
measures = {"mistyped": pa.int32(), "meant": pa.string()}

_TOO_MANY = 1_000
_LONGEST = 80


class Config(OperatorConfig):
    """What is a category, and what is rare."""

    most_values: int = Field(
        100, ge=2, le=_TOO_MANY, description="common values that a column of categories has"
    )
    rare_share: float = Field(
        0.01, gt=0, lt=1, description="share of the records that a mistyped value may have"
    )
    times: float = Field(10.0, gt=1, description="how much commoner the value is that it is mistaken for")
    max_mistyped: int = limit(0, ge=0, description="mistyped values that a record may have")


def learn(batch: RecordBatch, config: Config, state: dict[str, Any] | None) -> dict[str, Any]:
    """Counts the values of every column of words: ``{column: {value: records}}``.

    Columns with more than a thousand different values are free text and are only remembered as that.
    """
    counts: dict[str, dict[str, int] | None] = dict(state or {})
    for row in batch.rows:
        for name, cell in (row or {}).items():
            if not isinstance(cell, str) or kind_of(cell) != "text":
                continue
            known = counts.setdefault(name, {})
            if known is None:
                continue
            known[cell[:_LONGEST]] = known.get(cell[:_LONGEST], 0) + 1
            if len(known) > _TOO_MANY:
                counts[name] = None
    return counts


def measure(batch: RecordBatch, config: Config, state: dict[str, Any] | None = None) -> dict[str, pa.Array]:
    """How many values of every record look mistyped, and what seems to be meant."""
    meant = _meant(orjson.dumps(state or {}, option=orjson.OPT_SORT_KEYS), config)
    counts: list[int | None] = []
    told: list[str | None] = []
    for row in batch.rows:
        found = []
        for name, values in meant.items():
            cell = (row or {}).get(name)
            if isinstance(cell, str) and cell in values:
                found.append(f"{name}: {cell!r} may be {values[cell]!r}")
        counts.append(len(found) if row is not None else None)
        told.append("; ".join(found) or None)
    return {"mistyped": pa.array(counts, pa.int32()), "meant": pa.array(told, pa.string())}


def bounds(config: Config) -> tuple[Bound, ...]:
    """Mistyped values are looked at by a person."""
    return (
        Bound(
            "mistyped",
            "{value} values look like a mistyped common one: see 'meant'.",
            high=config.max_mistyped,
            to="review",
            field="max_mistyped",
        ),
    )


@lru_cache(maxsize=4)
def _meant(state: bytes, config: Config) -> dict[str, dict[str, str]]:
    """By column, every mistyped value and the common value it seems to be."""
    return {
        name: found
        for name, counts in orjson.loads(state).items()
        if counts is not None and (found := _mistyped(counts, config))
    }


def _mistyped(counts: dict[str, int], config: Config) -> dict[str, str]:
    total = sum(counts.values())
    rare = max(2.0, config.rare_share * total)
    common = {value for value, count in counts.items() if count > rare}
    if not common or len(common) > config.most_values:
        return {}
    found: dict[str, str] = {}
    for value in counts.keys() - common:
        often = config.times * counts[value]
        likely = [other for other in common if counts[other] >= often and is_mistyped(value, other)]
        if likely:
            found[value] = max(likely, key=lambda other: (counts[other], other))
    return found
