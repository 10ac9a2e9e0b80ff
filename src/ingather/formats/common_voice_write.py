"""Writes recordings with sentences as Common Voice has them: tables of clips beside a folder ``clips``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from ingather.formats.left_out import LeftOut
from ingather.formats.media_files import MediaFolder
from ingather.sample import Item, Loss

COLUMNS = ("client_id", "path", "sentence_id", "sentence", "sentence_domain", "up_votes", "down_votes", "age",
           "gender", "accents", "variant", "locale", "segment")  # fmt: skip
ATTRIBUTES = frozenset(COLUMNS[4:])
_TABLES = {"train": "train", "validation": "dev", "test": "test"}
_CARRIED = frozenset({"key", "content", "label", "contributor", "split", "attributes", "evidence"})
_BREAKS = re.compile(r"[\t\r\n\0]+")


def write_clips(items: Iterable[Item], path: Path) -> list[Loss]:
    """Writes ``clips/``, ``validated.tsv`` with every clip, and train.tsv, dev.tsv and test.tsv by split."""
    path.mkdir(parents=True, exist_ok=True)
    out = LeftOut("Common Voice", _CARRIED)
    media = MediaFolder(path, "clips")
    without = 0
    with ExitStack() as stack:
        tables: dict[str, TextIO] = {}

        def table(name: str) -> TextIO:
            if name not in tables:
                opened = (path / f"{name}.tsv").open("w", encoding="utf-8", newline="\n")
                tables[name] = stack.enter_context(opened)
                tables[name].write("\t".join(COLUMNS) + "\n")
            return tables[name]

        for item in items:
            if item.modality != "audio" or item.content is None:
                out.refuse(item, "it is no recording")
                continue
            if item.label is not None and not isinstance(item.label, str):
                out.refuse(item, "its label is no sentence")
                continue
            out.see(item)
            place = media.put(item.key, item.content, item.media_type)
            if place != item.key:
                out.count("keys: clips are named by their files")
            line = "\t".join(_cells(item, place.partition("/")[2], out)) + "\n"
            table("validated").write(line)
            if item.split in _TABLES:
                table(_TABLES[item.split or ""]).write(line)
            elif item.split:
                out.count(f"the split {item.split}")
            else:
                without += 1
        if without and len(tables) > 1:
            out.count("clips without a split beside others: they stand in validated.tsv alone", without)
    return out.told(path.name)


def _cells(item: Item, name: str, out: LeftOut) -> list[str]:
    told = {
        "client_id": item.contributor or "",
        "path": name,
        "sentence_id": str(item.evidence.get("sentence_id") or ""),
        "sentence": str(item.label or ""),
    }
    further = len(item.evidence.keys() - {"sentence_id"})
    if further:
        out.count("further evidence of origin", further)
    for attribute, value in item.attributes.items():
        column = "accents" if attribute == "accent" else attribute
        if column not in ATTRIBUTES:
            out.count("attributes that it has no column for")
        elif value is not None:
            told[column] = f"{value:g}" if isinstance(value, float) else str(value)
    cells = [told.get(column, "") for column in COLUMNS]
    plain = [_BREAKS.sub(" ", cell) for cell in cells]
    if plain != cells:
        out.count("tabs and line breaks: spaces stand there")
    return plain
