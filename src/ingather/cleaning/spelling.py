"""Spelling: how far two short texts are apart, and whether one is likely to be the other mistyped."""

from __future__ import annotations

import re

_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")
_NEGATIONS = ("un", "in", "im", "ir", "il", "dis", "non", "non-", "mis", "a", "anti")
_NOT = frozenset({"no", "non", "not", "never"})


def fold(text: str) -> str:
    """A text without what a hand or a form adds: case, and more than one space."""
    return " ".join(text.casefold().split())


def distance(left: str, right: str, most: int) -> int:
    """Letters inserted, deleted, changed or swapped with their neighbour; ``most + 1`` where it is more.

    Optimal string alignment (Damerau 1964), row by row, given up once no path can stay within ``most``.
    """
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    above = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        row = [i]
        for j, b in enumerate(right, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, above = above, row
    return min(above[-1], most + 1)


def is_mistyped(rare: str, common: str) -> bool:
    """Whether a rare value is a common one with a slip of the hand.

    Values that differ in a number (18-29, 18-59), in a negation (able, unable) or in very short words (I, II;
    ward a, ward b) are different on purpose.
    """
    a, b = fold(rare), fold(common)
    if a == b:
        return True
    if _NUMBERS.findall(a) != _NUMBERS.findall(b) or min(len(a), len(b)) < 3 or _on_purpose(a, b):
        return False
    most = 1 if max(len(a), len(b)) < 8 else 2
    return 0 < distance(a, b, most) <= most


def _on_purpose(a: str, b: str) -> bool:
    left, right = a.split(), b.split()
    if len(left) != len(right):
        return bool((set(left) ^ set(right)) & _NOT)
    differing = [
        sorted((one, other), key=len) for one, other in zip(left, right, strict=True) if one != other
    ]
    return any(
        len(shorter) < 3 or longer in [negation + shorter for negation in _NEGATIONS]
        for shorter, longer in differing
    )
