"""Croissant 0.8, 1.0 and 1.1: data sets described in JSON-LD, with record sets, references and archives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.croissant_items import items_of, main_sets
from ingather.formats.croissant_model import parse_document
from ingather.formats.croissant_read import Reader
from ingather.formats.json_document import json_head, read_json
from ingather.formats.licence_files import licence_of_folder
from ingather.plan.licences import spdx_of
from ingather.sample import Item, Loss

tasks = (
    "classification", "tagging", "transcription", "translation", "regression", "ranking", "retrieval",
    "recommendation", "none",
)  # fmt: skip
_NAMES = ("croissant.json", "metadata.json", "croissant.jsonld", "metadata.jsonld")


class Config(FormatConfig):
    """Options of Croissant."""

    record_set: str | None = Field(
        None, description="only this record set; those that are no list of values when left out"
    )


def sniff(path: Path) -> Sniff | None:
    """Sure where croissant.json or metadata.json has distribution and record sets."""
    file = _document(path)
    if file is None:
        return None
    head = json_head(file, 1 << 20)
    if not head.startswith(b"{") or b"recordSet" not in head or b"mlcommons.org" not in head:
        return None
    return Sniff(0.93, f"{file.name} describes record sets and their files as Croissant does")


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every record: its medium as content, a field of type Label as label, of type Split as split.

    Keys are ``SET/KEY`` by the keys of the set, else numbers; all other fields stay in ``data``. Files are
    taken from beside the document and from its archives; what has to be fetched is a loss that says where
    to put it. Changed checksums are told.
    """
    file = _document(path)
    if file is None:
        return
    found = read_json(file, file.name)
    if isinstance(found, Loss):
        yield found
        return
    parsed = parse_document(found)
    if isinstance(parsed, str):
        yield Loss(file.name, parsed)
        return
    document, losses = parsed
    yield from losses
    root = file.parent
    named = [spdx for one in document.licences if (spdx := spdx_of(one))]
    beside = licence_of_folder(root)
    licence = named[0] if len(named) == len(document.licences) == 1 else beside.spdx if beside else None
    reader = Reader(document, root)
    sets = main_sets(document, config.record_set)
    if not sets:
        asked = f"'{config.record_set}'; it has: {', '.join(document.sets)}" if config.record_set else "any"
        yield Loss(file.name, f"has no record set {asked}")
    for chosen in sets:
        yield from items_of(reader, chosen, f"{chosen.name}/", licence)


def _document(path: Path) -> Path | None:
    if path.is_file():
        return path if path.suffix.lower() in (".json", ".jsonld") else None
    return next((path / name for name in _NAMES if (path / name).is_file()), None)
