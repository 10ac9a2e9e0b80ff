"""Reasons that differ only in their numbers, told as one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

_NUMBER = re.compile(r"(\d+(?:[.,]\d+)*)")


def merged(reasons: Mapping[tuple[str, str], int]) -> Counter[tuple[str, str]]:
    """Counts of an operator's reasons, with one entry where only numbers within the words differ.

    A number that all of them share stays; one that varies is written as an ellipsis: "blurred (0.71, at most
    0.7)" and "blurred (0.74, at most 0.7)" are both "blurred (…, at most 0.7)".

    Args:
        reasons: how many, by operator and reason.
    """
    alike: dict[tuple[str, ...], list[tuple[list[str], int]]] = {}
    for (operator, reason), number in reasons.items():
        pieces = _NUMBER.split(reason)
        alike.setdefault((operator, *pieces[::2]), []).append((pieces, number))
    found: Counter[tuple[str, str]] = Counter()
    for key, members in alike.items():
        columns = zip(*(pieces for pieces, _ in members), strict=True)
        words = "".join(column[0] if len(set(column)) == 1 else "…" for column in columns)
        found[(key[0], words)] += sum(number for _, number in members)
    return found
