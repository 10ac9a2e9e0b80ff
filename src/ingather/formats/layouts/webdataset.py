"""WebDataset: tar shards whose members with the same name before the first dot are one sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from pydantic import Field

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.folder_files import files_below, root_of
from ingather.formats.licence_files import licence_of_folder
from ingather.formats.tar_members import Member, read_members
from ingather.formats.webdataset_read import SUFFIXES, open_shard, read_shard, split_name
from ingather.formats.webdataset_write import write_shards
from ingather.sample import Item, Loss

tasks = (
    "classification", "tagging", "spans", "boxes", "polygons", "transcription", "translation", "regression",
    "ranking", "preference", "retrieval", "recommendation", "dialogue", "none",
)  # fmt: skip
archives = True
"""It reads archives as they are: they need not be unpacked."""


class Config(FormatConfig):
    """Options of WebDataset."""

    megabytes: int = Field(1000, ge=1, le=1_000_000, description="size of a written shard before the next")


def sniff(path: Path) -> Sniff | None:
    """Sure where the first members of a tar go together by name, with an ending each."""
    for file in _files(path)[:3]:
        try:
            with open_shard(file) as stream:
                members = [one for one in islice(read_members(stream), 40) if isinstance(one, Member)]
        except (OSError, EOFError):
            continue
        names = [split_name(one.name) for one in members]
        keys = list(dict.fromkeys(key for key, _ in names))
        flat = len({key.rpartition("/")[0] for key in keys}) <= max(1, len(keys) // 2)
        if not names or not all(ending for _, ending in names) or not flat:
            continue
        if len(keys) < len(names):
            return Sniff(0.94, f"members of {file.name} go together by their names before the first dot")
        return Sniff(0.55, f"{file.name} is a tar of files, each with a name of its own")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every sample of every shard: one medium as content, further ones as parts, ``.json`` as ``data``.

    ``.cls`` is the label, ``.txt`` the text (of a recording its transcript, beside a picture the part
    caption). Keys are the members' names before the first dot; the split is what a shard's name speaks of.
    What may be a pickle is never opened, and told.
    """
    root = root_of(path)
    licence = licence_of_folder(root)
    seen: set[str] = set()
    for file in _files(path):
        name = file.relative_to(root).as_posix()
        yield from read_shard(file, name, licence.spdx if licence else None, seen)


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes ``SPLIT-NUMBER.tar`` files below a new folder; nothing is lost.

    Each sample has its medium and parts under their endings, its text as ``.txt``, the rest as ``.json``.
    """
    return write_shards(items, path, config.megabytes * 1_000_000)


def _files(path: Path) -> list[Path]:
    return files_below(path, lambda name: name.lower().endswith(SUFFIXES))
