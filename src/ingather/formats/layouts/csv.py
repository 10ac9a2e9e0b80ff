"""CSV: one row an item, media as loose files beside it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.item_rows import ATTRIBUTE, RESERVED, dump
from ingather.formats.table_layout import read_items, spool_items, table_files, target_file, written_whole
from ingather.formats.values import number
from ingather.sample import Item, Json, Loss

tasks = ("classification", "regression", "transcription", "translation", "ranking", "recommendation", "none")

_SUFFIXES = (".csv", ".tsv", ".tab")


class Config(FormatConfig):
    """CSV has no options here: others' columns are named in the plan's source."""


def sniff(path: Path) -> Sniff | None:
    """Half sure of a CSV file or a folder of them: what its columns mean, it does not say."""
    files = table_files(path, (".csv",))
    if not files:
        return None
    with files[0].open("rb") as stream:
        own = stream.readline(1 << 16).startswith(b"key,modality")
    why = "its columns are those that Ingather writes" if own else f"{files[0].name} is a CSV table"
    return Sniff(0.9 if own else 0.5 if path.is_file() else 0.4, why)


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every row of the file, whatever its name, or of the tables in the folder and its ``data`` folder.

    What stands between cells is found out: TSV and files with semicolons are read as well.
    """
    return read_items(path, [path] if path.is_file() else table_files(path, _SUFFIXES), "csv")


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes ``path`` (or ``data.csv`` in it) and ``media/`` beside it.

    CSV knows only words: numbers in words, truth values, nothing against an empty word and nested values
    are told where they will not come back the same.
    """
    file = target_file(path, ".csv")
    spool = spool_items(items, file.parent, media=True)
    blurred: Counter[str] = Counter()
    columns = ["key", "modality", *(name for name in spool.columns if name not in ("key", "modality"))]
    try:
        with written_whole(file) as draft, draft.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(columns)
            for row in spool.rows():
                writer.writerow([_cell(name, row.get(name), name in row, blurred) for name in columns])
    finally:
        spool.close()
    return [Loss(file.name, reason, count) for reason, count in blurred.items()]


def _cell(column: str, value: Json, there: bool, blurred: Counter[str]) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, str):
        free = column not in RESERVED or column.startswith(ATTRIBUTE)
        if value == "" and column != "text":
            blurred["an empty word comes back as nothing"] += 1
        elif free and number(value) is not None:
            blurred["a number written as a word comes back as a number"] += 1
        return value
    if isinstance(value, bool):
        if column not in RESERVED:
            blurred["true and false come back as words"] += 1
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    blurred["nested values come back as their JSON text"] += 1
    return dump(value)
