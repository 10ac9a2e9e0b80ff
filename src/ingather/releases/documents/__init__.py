"""The documents of a release: card, data sheet, Croissant, tables; each a pure function of the facts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingather.releases.documents.card import card
from ingather.releases.documents.croissant import croissant
from ingather.releases.documents.datasheet import datasheet
from ingather.releases.documents.licence import licence_text
from ingather.releases.documents.tables import (
    coverage_table,
    groups_table,
    left_out_table,
    quality_table,
    rejections_table,
    rights_table,
)
from ingather.releases.facts import Facts


def tombstones(facts: Facts) -> str:
    """Marks of what was taken back; a release that was just cut has none."""
    return "[]\n"


DOCUMENTS: dict[str, Callable[[Facts], str]] = {
    "README.md": card,
    "LICENSE.md": licence_text,
    "datasheet.md": datasheet,
    "croissant.json": croissant,
    "tables/coverage.csv": coverage_table,
    "tables/groups.csv": groups_table,
    "tables/quality.csv": quality_table,
    "tables/rights.csv": rights_table,
    "tables/rejections.csv": rejections_table,
    "tables/left_out.csv": left_out_table,
    "tombstones.json": tombstones,
}
"""File name and the function that writes its text."""


def write_documents(folder: Path, facts: Facts) -> None:
    """Writes every document of a release."""
    for name, text in DOCUMENTS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(facts), encoding="utf-8", newline="\n")
