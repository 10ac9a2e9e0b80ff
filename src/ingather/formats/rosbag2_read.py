"""Finds and reads ROS 2 bags: folders with metadata.yaml, and SQLite files that lie alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ingather.formats.bag_read import BagOptions, read_bag
from ingather.formats.bag_records import MCAP_MAGIC, SQLITE_MAGIC, read_db3, read_mcap, unpacking
from ingather.formats.picture_files import safe_relative
from ingather.sample import Item, Loss

METADATA = "metadata.yaml"
_TOP = "rosbag2_bagfile_information"
_LARGEST = 16 << 20
_SUFFIXES = (".db3", ".mcap")


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag.

    Attributes:
        name: its folder, or its file where that lies alone, relative to what was searched.
        files: its files, in order.
        told: what it names and is not there, or cannot be used.
        packed: whether every message is packed by itself (zstd).
    """

    name: str
    files: tuple[Path, ...]
    told: tuple[Loss, ...] = ()
    packed: bool = False


def find_bags(path: Path) -> list[Bag]:
    """The bags at or below a path."""
    if path.is_file():
        return [Bag(path.name, (path,))] if path.suffix.lower() == ".db3" else []
    if not path.is_dir():
        return []
    bags = []
    used: set[Path] = set()
    for metadata in sorted(path.rglob(METADATA)):
        bag = _described(metadata, path)
        if bag is not None:
            bags.append(bag)
            used |= set(bag.files)
    loose = sorted(one for one in path.rglob("*.db3") if one.is_file() and one not in used)
    return bags + [Bag(one.relative_to(path).as_posix(), (one,)) for one in loose]


def is_bag_file(file: Path) -> bool:
    """Whether a file is MCAP, or SQLite with tables of topics and messages."""
    try:
        with file.open("rb") as opened:
            head = opened.read(16)
        if head[:8] == MCAP_MAGIC:
            return True
        if head != SQLITE_MAGIC:
            return False
        place = quote(str(file.absolute()))
        with closing(sqlite3.connect(f"file:{place}?mode=ro&immutable=1", uri=True)) as connection:
            asked = (
                "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('topics', 'messages')"
            )
            return bool(connection.execute(asked).fetchone()[0] == 2)
    except (OSError, sqlite3.Error):
        return False


def read_bags(path: Path, options: BagOptions) -> Iterator[Item | Loss]:
    """Every bag at or below a path as one item."""
    for bag in find_bags(path):
        yield from bag.told
        if not bag.files:
            continue
        reader = read_mcap if bag.files[0].suffix.lower() == ".mcap" else read_db3
        yield from read_bag(list(bag.files), bag.name, unpacking(reader) if bag.packed else reader, options)


def _described(metadata: Path, root: Path) -> Bag | None:
    """The bag that a metadata.yaml is of; None where it is of something else."""
    folder = metadata.parent
    name = folder.relative_to(root).as_posix() if folder != root else folder.name
    where = metadata.relative_to(root).as_posix()
    told = _parsed(metadata)
    if isinstance(told, str):
        return Bag(name, _beside(folder), (Loss(where, told, 0),)) if _beside(folder) else None
    facts = told.get(_TOP) if isinstance(told, dict) else None
    if not isinstance(facts, dict):
        return None
    files: list[Path] = []
    losses: list[Loss] = []
    listed = facts.get("relative_file_paths")
    for one in listed if isinstance(listed, list) else []:
        plain = safe_relative(str(one))
        if plain is None:
            losses.append(Loss(where, f"'{str(one)[:80]}' leads out of the bag"))
        elif plain.suffix not in _SUFFIXES:
            losses.append(Loss(where, f"{plain} is packed as a whole: unpack it first"))
        elif not (folder / plain).is_file():
            losses.append(Loss(where, f"{plain} is not there"))
        else:
            files.append(folder / plain)
    if not files and not losses:
        files = list(_beside(folder))
    kinds = {file.suffix for file in files}
    if len(kinds) > 1:
        losses.append(Loss(where, "it names files of two kinds: only the first kind is read"))
        files = [file for file in files if file.suffix == files[0].suffix]
    packed = str(facts.get("compression_mode") or "").upper() == "MESSAGE"
    if packed and str(facts.get("compression_format")) != "zstd":
        told = f"its messages are packed by '{str(facts.get('compression_format'))[:20]}', which is not known"
        return Bag(name, (), (*losses, Loss(where, told)))
    return Bag(name, tuple(files), tuple(losses), packed)


def _beside(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(one for one in folder.iterdir() if one.suffix.lower() in _SUFFIXES))


def _parsed(metadata: Path) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        if metadata.stat().st_size > _LARGEST:
            return "it is larger than such a file can be"
        return YAML(typ="safe", pure=True).load(metadata.read_bytes())
    except (YAMLError, OSError, ValueError, RecursionError, TypeError, AttributeError, LookupError) as error:
        return f"it is no YAML: {(str(error).splitlines() or [type(error).__name__])[0][:100]}"
