"""ARFF: Weka's tables, whose columns are declared with their types and values before the rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from ingather.formats.arff_read import read_relation
from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.folder_files import files_below, root_of
from ingather.formats.json_document import json_head
from ingather.formats.licence_files import licence_of_folder
from ingather.sample import Item, Loss

tasks = ("classification", "regression", "none")


class Config(FormatConfig):
    """Options of ARFF."""

    label: str | None = Field(
        None, description="the attribute that is the label; one named class, label or target when left out"
    )


def sniff(path: Path) -> Sniff | None:
    """Sure where a file declares a relation and attributes."""
    for file in _files(path)[:10]:
        head = json_head(file).lower()
        if b"@relation" in head and b"@attribute" in head:
            return Sniff(0.96, f"{file.name} declares a relation and its attributes")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every row as a record: numbers as numbers, ``?`` as nothing, sparse rows filled.

    Keys are ``FILE#number``; a weight of a row goes to ``evidence``. Rows that break their declaration are
    kept with their fault.
    """
    root = root_of(path)
    licence = licence_of_folder(root)
    for file in _files(path):
        name = file.relative_to(root).as_posix()
        yield from read_relation(file, name, config.label, licence.spdx if licence else None)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return files_below(path, lambda name: name.lower().endswith(".arff"))
