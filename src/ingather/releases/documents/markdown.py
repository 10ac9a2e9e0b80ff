"""Markdown that holds whatever the data says: tables, shares with intervals, counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MOST_ROWS = 30
"""A table in a text has no more rows; the rest is in the tables beside it."""


def cell(value: object) -> str:
    """A value as it stands in a table: on one line, and nothing in it taken for markup."""
    words = " ".join(str(value).split())
    for mark in ("\\", "|", "`", "*", "_", "<", "[", "]"):
        words = words.replace(mark, "\\" + mark)
    return words


def table(head: Sequence[str], rows: Iterable[Sequence[object]], more: str = "") -> str:
    """A table; numbers to the right. What is above ``MOST_ROWS`` is only counted.

    Args:
        head: names of the columns.
        rows: the rows; integers get thousands separators.
        more: where the rows are that are not shown.
    """
    told = [list(row) for row in rows]
    right = [bool(told) and all(isinstance(row[i], int | float) for row in told) for i in range(len(head))]
    lines = [
        f"| {' | '.join(head)} |",
        f"| {' | '.join('---:' if flag else '---' for flag in right)} |",
        *(f"| {' | '.join(_shown(value) for value in row)} |" for row in told[:MOST_ROWS]),
    ]
    if len(told) > MOST_ROWS:
        lines += ["", f"And {len(told) - MOST_ROWS:,} further rows{f', in `{more}`' if more else ''}."]
    return "\n".join(lines)


def bullets(lines: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"- {line}" for line in lines)


def percent(share: float | None) -> str:
    """A share from 0 to 1 as a percentage."""
    if share is None or share != share:
        return "unknown"
    return f"{100 * share:.3g} %"


def interval(share: float | None, low: float | None, high: float | None) -> str:
    """A share with its interval: ``19 % (12 to 28)``."""
    if share is None or low is None or high is None:
        return "unknown"
    return f"{percent(share)} ({100 * low:.3g} to {100 * high:.3g})"


def count(n: int, one: str, many: str = "") -> str:
    """A number with its thing: ``1 sample``, ``2,000 samples``."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}" if value != int(value) else f"{int(value):,}"
    return cell(value)
