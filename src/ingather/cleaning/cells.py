"""What one cell of a record holds: a number, a yes or no, a date, words, a structure, or nothing."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Literal, TypeAlias

from ingather.formats.values import MISSING_NUMBERS, number
from ingather.sample import Json

Kind: TypeAlias = Literal["number", "boolean", "date", "text", "structure"]

_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?\Z", re.ASCII)
_OTHER_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?: \d{1,2}:\d{2}.*)?\Z", re.ASCII)


def kind_of(cell: Json) -> Kind | None:
    """The kind of a cell; None where it is empty.

    A number or a date that is written as text counts as what it is.
    """
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "boolean"
    if isinstance(cell, int | float):
        return "number"
    if isinstance(cell, str):
        return _kind_of_text(cell)
    return "structure"


def is_missing_word(cell: Json) -> bool:
    """Whether a cell says in a word, such as NA, that nothing is known: in columns of numbers and dates."""
    return isinstance(cell, str) and cell.strip() in MISSING_NUMBERS


def number_in(cell: Json) -> float | None:
    """The number that a cell holds, written as text or not; None where it holds none."""
    if isinstance(cell, str):
        cell = _number_in_text(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    return float(cell)


@lru_cache(maxsize=1 << 16)
def _number_in_text(text: str) -> int | float | None:
    return number(text)


@lru_cache(maxsize=1 << 16)
def _kind_of_text(text: str) -> Kind | None:
    if not text.strip():
        return None
    if number(text) is not None:
        return "number"
    return "date" if _is_date(text.strip()) else "text"


def _is_date(text: str) -> bool:
    if found := _ISO_DATE.match(text):
        year, month, day = map(int, found.groups())
        return _exists(year, month, day)
    if found := _OTHER_DATE.match(text):
        first, second, year = map(int, found.groups())
        return _exists(year or 2000, second, first) or _exists(year or 2000, first, second)
    return False


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
