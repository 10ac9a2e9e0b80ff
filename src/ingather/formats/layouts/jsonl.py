"""JSON Lines: one object an item, media as loose files beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.item_rows import LABEL, LABEL_JSON, STRUCTURES, load
from ingather.formats.table_layout import read_items, spool_items, table_files, target_file, written_whole
from ingather.sample import Item, Loss

tasks = (
    "classification", "tagging", "spans", "boxes", "polygons", "transcription", "translation", "regression",
    "ranking", "preference", "retrieval", "recommendation", "dialogue", "none",
)  # fmt: skip
_SUFFIXES = (".jsonl", ".ndjson")


class Config(FormatConfig):
    """JSON Lines has no options here: others' columns are named in the plan's source."""


def sniff(path: Path) -> Sniff | None:
    """Sure where a line has the columns that Ingather writes, else half sure of the file's name."""
    files = table_files(path, _SUFFIXES)
    if not files:
        return None
    with files[0].open("rb") as stream:
        line = stream.readline(1 << 20)
    try:
        first = orjson.loads(line) if line.strip() else {}
    except orjson.JSONDecodeError:
        first = None
    if not isinstance(first, dict):
        return Sniff(0.1, f"{files[0].name} is named so, but its first line is no JSON object")
    if {"key", "modality"} <= first.keys():
        return Sniff(0.9, "its fields are those that Ingather writes")
    return Sniff(0.5 if path.is_file() else 0.4, f"{files[0].name} has a JSON object on each line")


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every line of the file, or of the JSONL files in the folder and its ``data`` folder."""
    return read_items(path, table_files(path, _SUFFIXES), "jsonl")


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes ``path`` (or ``data.jsonl`` in it) and ``media/`` beside it; nothing is lost."""
    file = target_file(path, ".jsonl")
    spool = spool_items(items, file.parent, media=True)
    try:
        with written_whole(file) as draft, draft.open("wb") as stream:
            for row in spool.rows():
                if LABEL_JSON in row:
                    row[LABEL] = load(row.pop(LABEL_JSON))
                row.update({name: load(row[name]) for name in STRUCTURES if name in row})
                stream.write(orjson.dumps(row) + b"\n")
    finally:
        spool.close()
    return []
