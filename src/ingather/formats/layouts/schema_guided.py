"""Schema-guided dialogues (SGD, MultiWOZ 2.2): dialogues with services, acts, intents and slots in JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.folder_files import files_below, root_of
from ingather.formats.json_document import json_head
from ingather.formats.licence_files import licence_of_folder
from ingather.formats.schema_guided_read import read_dialogues
from ingather.sample import Item, Loss

tasks = ("dialogue", "classification", "spans")


class Config(FormatConfig):
    """Options of schema-guided dialogues."""

    take: Literal["dialogues", "intents", "slots"] = Field(
        "dialogues",
        description="whole dialogues, the user's turns with their intents, or turns with places of slots",
    )


def sniff(path: Path) -> Sniff | None:
    """Sure where a JSON file begins with dialogues that have services and turns."""
    for file in _files(path)[:20]:
        if _is_dialogues(file):
            return Sniff(0.96, f"{file.name} holds dialogues with services, turns and frames")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every dialogue with its turns in ``data``; each turn has speaker, text, act, intent, slots and places.

    Keys are dialogue ids below the path of their file's folder; the split is what a folder or file is called;
    the attribute ``services`` says what a dialogue is about. With ``take: intents`` or ``slots`` every turn
    is an item of its own, ``KEY/turn``, of the same session.
    """
    root = root_of(path)
    licence = licence_of_folder(root)
    seen: set[str] = set()
    for file in _files(path):
        if path.is_dir() and not _is_dialogues(file):
            if not _is_schema(file):
                name = file.relative_to(root).as_posix()
                yield Loss(name, "is neither dialogues nor their schema: it is not read")
            continue
        yield from read_dialogues(file, root, licence.spdx if licence else None, config.take, seen)


def _files(path: Path) -> list[Path]:
    return files_below(path, lambda name: name.lower().endswith(".json"))


def _is_dialogues(file: Path) -> bool:
    head = json_head(file)
    return head.startswith(b"[") and all(name in head for name in (b'"dialogue_id"', b'"turns"', b'"frames"'))


def _is_schema(file: Path) -> bool:
    return b'"service_name"' in json_head(file, 4096)
