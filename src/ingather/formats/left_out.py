"""What a written layout has no place for: counted item by item, and told in one line a kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from ingather.sample import Item, Loss

_WORDS = {
    "text": "text beside the medium",
    "content": "media",
    "data": "further fields",
    "parts": "further parts",
    "parent": "what it was cut from",
    "segment": "where it was cut",
    "session": "the session",
    "label": "labels",
    "split": "the split",
    "attributes": "attributes",
    "contributor": "the contributor",
    "licence": "the licence",
    "consent": "the consent",
    "uri": "where it was found",
    "at": "the time",
    "evidence": "the evidence of its origin",
    "synthetic": "that a machine made it",
    "fault": "why it is unfit",
}


class LeftOut:
    """Counts what a layout does not carry.

    Args:
        layout: the layout's name in what is told.
        carried: the fields of an item that it carries; ``key`` where names come back as they were.
    """

    def __init__(self, layout: str, carried: Collection[str]) -> None:
        self._layout = layout
        self._missing = tuple((name, words) for name, words in _WORDS.items() if name not in carried)
        self._counts: Counter[str] = Counter()
        self._names = "key" in carried
        self.losses: list[Loss] = []
        """Items that could not be written at all, and what was odd."""

    def see(self, item: Item) -> None:
        """Counts what of one written item is not carried."""
        for name, words in self._missing:
            if getattr(item, name) not in (None, "", {}, (), False, []):
                self._counts[words] += 1
        if not self._names:
            self._counts["names of samples"] += 1

    def count(self, what: str, times: int = 1) -> None:
        """Counts something else that is not carried."""
        self._counts[what] += times

    def refuse(self, item: Item, reason: str) -> None:
        """Tells an item that is not written."""
        self.losses.append(Loss(item.key, reason))

    def told(self, where: str) -> list[Loss]:
        """All of it, as losses."""
        unsaid = [
            Loss(where, f"{self._layout} does not carry {what}", count)
            for what, count in sorted(self._counts.items())
            if count
        ]
        return [*self.losses, *unsaid]
