"""The documents of a release: card, data sheet, Croissant, tables; each a pure function of the facts."""

from __future__ import annotations

from pathlib import Path

from ingather.releases.documents.card import card
from ingather.releases.facts import Facts

DOCUMENTS = {"README.md": card}
"""File name and the function that writes its text."""


def write_documents(folder: Path, facts: Facts) -> None:
    """Writes every document of a release."""
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text(facts), encoding="utf-8")
