"""How often each row was met before, at eight bytes a row: what keeps equal rows of a table apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Occurrences:
    """Counts earlier occurrences of 64-bit hashes, in sorted runs that double in size.

    Two different rows with the same 64 bits only make the later one count from two: its key still is its
    own, for the whole hash stands in it.
    """

    def __init__(self) -> None:
        self._runs: list[NDArray[np.uint64]] = []

    def count(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """How often each of n hashes came before its place, in this call and all earlier ones; shape (n,)."""
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        before = np.arange(len(ordered)) - np.searchsorted(ordered, ordered, side="left")
        for run in self._runs:
            before += np.searchsorted(run, ordered, side="right") - np.searchsorted(run, ordered, side="left")
        self._add(ordered)
        counts = np.empty(len(hashes), dtype=np.int64)
        counts[order] = before
        return counts

    def _add(self, ordered: NDArray[np.uint64]) -> None:
        self._runs.append(ordered)
        while len(self._runs) > 1 and len(self._runs[-2]) <= 2 * len(self._runs[-1]):
            last = self._runs.pop()
            self._runs[-1] = np.sort(np.concatenate([self._runs[-1], last]), kind="stable")
