"""The questions of the data sheet by section; each with what plan and ledger answer, or None for a person.

The questions follow Gebru and others, "Datasheets for Datasets" (Communications of the ACM 64(12), 2021), in
words of our own. An answer of no words is left to a person too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ingather.releases.facts import Facts

Question: TypeAlias = tuple[str, Callable[[Facts], str] | None]
