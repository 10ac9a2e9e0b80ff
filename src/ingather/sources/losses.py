"""Losses of one kind told once, with their number and the first few names."""

from __future__ import annotations

from collections.abc import Iterator

from ingather.sample import Loss

_SHOWN = 5
_MOST_REASONS = 200
_MORE = "further reasons like those told"


class Tally:
    """Counts what could not be taken, by reason.

    A reason counted with ``lost=False`` is only told: its losses have ``count`` 0.
    """

    def __init__(self) -> None:
        self._places: dict[tuple[str, bool], list[str]] = {}
        self._counts: dict[tuple[str, bool], int] = {}

    def add(self, where: str, reason: str, *, lost: bool = True) -> None:
        """Counts one more thing for this reason."""
        kind = (reason, lost)
        if kind not in self._counts and len(self._counts) >= _MOST_REASONS:
            kind = (_MORE, lost)
        places = self._places.setdefault(kind, [])
        if len(places) < _SHOWN:
            places.append(where)
        self._counts[kind] = self._counts.get(kind, 0) + 1

    def count(self, reason: str) -> int:
        """How often a reason was counted as a loss."""
        return self._counts.get((reason, True), 0)

    def in_short(self, most: int = 3) -> str:
        """The first reasons with their places, as one sentence; empty where nothing was counted."""
        told = [f"{loss.where}: {loss.reason}" for loss in self.losses()]
        more = f"; and {len(told) - most:,} more" if len(told) > most else ""
        return f"{'; '.join(told[:most])}{more}." if told else ""

    def losses(self) -> Iterator[Loss]:
        """One loss for each reason, in the order they were first met."""
        for (reason, lost), places in self._places.items():
            count = self._counts[reason, lost]
            more = f" and {count - len(places):,} more" if count > len(places) else ""
            yield Loss(", ".join(places) + more, reason, count if lost else 0)
