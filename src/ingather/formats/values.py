"""What the cells of a table mean: numbers as numbers, empty as null, everything as plain JSON."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import orjson

from ingather.sample import Json

MISSING_NUMBERS = frozenset({"NA", "N/A", "NaN", "nan", "NULL", "null", "None", "-", "."})
"""Words that stand for 'not known' in a column of numbers; elsewhere they are words like any other."""

_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d*|(?=\.\d))(?:\.\d*)?(?:[eE][+-]?\d+)?\Z", re.ASCII)
_SHARE_OF_NUMBERS = 0.9


def number(text: str) -> int | float | None:
    """The number a cell writes, or None; 007 is no number, for its zeros would be lost.

    >>> number("12"), number("2.50"), number("007"), number("1e3")
    (12, 2.5, None, 1000.0)
    """
    text = text.strip()
    if not _NUMBER.match(text):
        return None
    try:
        return int(text)
    except ValueError:
        value = float(text)
        return value if math.isfinite(value) else None


def number_columns(rows: Sequence[Mapping[str, Json]]) -> frozenset[str]:
    """Columns that hold numbers: nine in ten of their filled cells, and none that would lose its zeros."""
    filled: dict[str, int] = {}
    numbers: dict[str, int] = {}
    spoilt: set[str] = set()
    for row in rows:
        for column, cell in row.items():
            if not isinstance(cell, str) or not cell.strip() or cell.strip() in MISSING_NUMBERS:
                continue
            filled[column] = filled.get(column, 0) + 1
            if number(cell) is not None:
                numbers[column] = numbers.get(column, 0) + 1
            elif _loses_zeros(cell):
                spoilt.add(column)
    return frozenset(
        column
        for column, count in numbers.items()
        if count >= _SHARE_OF_NUMBERS * filled[column] and column not in spoilt
    )


def _loses_zeros(cell: str) -> bool:
    cell = cell.strip().lstrip("+-")
    return len(cell) > 1 and cell[0] == "0" and cell.isdigit()


def numeric_cell(cell: Json) -> Json:
    """A cell of a column of numbers: its number, null where it says so, else as it stands."""
    if not isinstance(cell, str):
        return cell
    value = number(cell)
    if value is not None:
        return value
    stripped = cell.strip()
    return None if not stripped or stripped in MISSING_NUMBERS else cell


def plain(value: Any) -> Json:
    """Anything a typed table may hold, as JSON: times in ISO 8601, bytes in base64, NaN as null."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return str(value)


def digest_row(cells: Mapping[str, Any]) -> bytes:
    """SHA-256 of a row's cells, in the order of its columns (sorted by name where they are typed)."""
    try:
        told = "\x1f".join(cells.values()).encode("utf-8", "surrogatepass")
    except TypeError:
        told = orjson.dumps(cells, default=_digest_of_bytes, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(told).digest()


def _digest_of_bytes(value: object) -> str:
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else str(value)
