"""How a stage says where it is; what draws it is the caller's."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told by a stage while it works."""

    def begin(self, what: str, total: int | None) -> None:
        """Something countable begins; total is None where nobody knows it."""

    def advance(self, count: int) -> None:
        """So many more are done."""


class Silent:
    """Says nothing."""

    def begin(self, what: str, total: int | None) -> None:
        """Says nothing."""

    def advance(self, count: int) -> None:
        """Says nothing."""


SILENT = Silent()
