"""HIPAA fields: a record with a filled column that names, numbers or places a person is set aside.

The eighteen kinds of 45 CFR 164.514(b)(2)(i), by the column's name, and those that have a form by what
stands in a cell, whatever its column is called: e-mail, telephone and social security numbers, streets, web
and network addresses. Ages above 89 count; so does a day, a year does not. Numbers that a study gave (id,
patient_id, case) are no identifiers here: name the column as ``contributor``, or leave it out by
``fields``. A column that says it is made up (fake_, hashed_, pseudonym) is passed over. By default all of it
is looked for where the plan is about health or its attributes are of people, elsewhere only columns whose
names leave no doubt: a social security number, a medical record number, a patient's name.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pydantic import Field

from ingather.cleaning.contract import Bound, OperatorConfig
from ingather.cleaning.personal_patterns import CELLS, COLUMNS, DATE, NOT_REAL, column_words
from ingather.plan.health import is_about_health

if TYPE_CHECKING:
    from ingather.media.record import RecordBatch
    from ingather.plan.model import Plan
    from ingather.sample import Json

reads = "record"
measures = {"personal": pa.string()}
remedy = (
    "Leave out the columns that tell of patients (fields: [...] of the source names those to keep); "
    "who has looked and answers for them writes under rights 'vouched: [{by: NAME, for: [hipaa-fields]}]'"
)
"""The way on, told where nothing is left to release."""
_DATES = ("a birth date", "a date of care")
_OLDEST = 89
_SUREST = re.compile(
    r"\b(?:ssn|social security|mrn|medical record|patients? (?:full |first |last )?names?)\b"
)
_DAY = re.compile(DATE, re.I)
_AGE = re.compile(r"\bage\b(?! ?(?:group|band|range|class|bracket|cat))")
_YES = frozenset({"0", "1", "yes", "no", "true", "false", "y", "n", "none", "unknown", "na", "n/a", "-"})


class Config(OperatorConfig):
    """What is looked for."""

    fine: tuple[str, ...] = Field((), description="columns that only look like it: they are not asked")
    surest: bool = Field(False, description="only columns whose names leave no doubt, such as ssn")


def defaults(plan: Plan) -> dict[str, Any]:
    """All of it where a plan asks for it, is about health or about people, else what leaves no doubt."""
    of_people = any(one.of == "contributor" for one in plan.attributes.values())
    return {"surest": plan.clean is None and not (is_about_health(plan) or of_people)}


def measure(batch: RecordBatch, config: Config) -> dict[str, pa.Array]:
    """What every record tells of a person: ``kind (column)`` joined by commas, or ``none``; null unread."""
    told = [None if row is None else ", ".join(_found(row, config)) or "none" for row in batch.rows]
    return {"personal": pa.array(told, pa.string())}


def bounds(config: Config) -> tuple[Bound, ...]:
    """Whatever names, numbers or places a person is quarantined, with the kind and the column."""
    reason = "The record tells of a person: {value}."
    return (Bound("personal", reason, allowed=("none",), field="fine"),)


def _found(row: dict[str, Json], config: Config) -> list[str]:
    found: list[str] = []
    for name, cell in row.items():
        if cell is None or cell == "" or isinstance(cell, bool) or name in config.fine:
            continue
        if config.surest and not _is_surest(name):
            continue
        kind = _by_name(name, cell) or (_by_form(cell) if isinstance(cell, str) else None)
        if kind:
            found.append(f"{kind} ({name})")
    return found


def _by_name(name: str, cell: Json) -> str | None:
    kind, is_age = _column(name)
    if is_age:
        return "an age above 89" if _number(cell) > _OLDEST else None
    if kind is None or str(cell).strip().lower() in _YES:
        return None
    if kind in _DATES:
        return kind if _DAY.search(str(cell)) else None
    if kind == "a postal code":
        return kind if len(str(cell).strip()) > 3 else None
    if isinstance(cell, float) and not cell.is_integer() and kind != "an address":
        return None  # a measure that happens to be called so
    return kind


@cache
def _is_surest(name: str) -> bool:
    return bool(_SUREST.search(column_words(name)))


@cache
def _column(name: str) -> tuple[str | None, bool]:
    """The kind of identifier that a column is meant for, and whether it is an age."""
    words = column_words(name)
    if NOT_REAL.search(words):
        return None, False
    kind = next((kind for kind, pattern in COLUMNS if pattern.search(words)), None)
    return kind, kind is None and bool(_AGE.search(words))


def _by_form(cell: str) -> str | None:
    if len(cell) < 7:
        return None
    return next((kind for kind, pattern in CELLS if pattern.search(cell)), None)


def _number(cell: Json) -> float:
    if isinstance(cell, int | float):
        return float(cell)
    try:
        return float(str(cell))
    except ValueError:
        return 0.0
