"""Reads samples of WebDataset shards: members of a tar in a row that share the name before the first dot."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, cast

import orjson
import xxhash

from ingather.formats.item_rows import FILE, is_own_table, item_of_row, part_files_of
from ingather.formats.media_files import describe_media
from ingather.formats.media_types import BY_SUFFIX
from ingather.formats.split_names import split_of
from ingather.formats.tar_members import Flaw, read_members
from ingather.sample import Item, Loss, Part

SUFFIXES = (".tar", ".tar.gz", ".tgz")
_TEXTS = ("txt", "text", "transcript")
_CLASSES = ("cls", "cls2", "class")
_OF_SYSTEMS = ("/", ".DS_Store", "Thumbs.db")
_PICKLES = ("pyd", "pkl", "pickle", "pth", "pt", "ten")


@dataclass(slots=True)
class _Group:
    key: str = ""
    members: dict[str, bytes] = field(default_factory=dict)


def split_name(name: str) -> tuple[str, str]:
    """The key of a member and its ending: ``a/b.seg.png`` is ``a/b`` and ``seg.png``."""
    folder, slash, base = name.rpartition("/")
    stem, _, ending = base.partition(".")
    return f"{folder}{slash}{stem}", ending.lower()


@contextmanager
def open_shard(file: Path) -> Iterator[BinaryIO]:
    """The tar's bytes, unpacked where its name says that it is packed."""
    if file.name.lower().endswith((".gz", ".tgz")):
        with gzip.open(file, "rb") as packed:
            yield cast(BinaryIO, packed)
    else:
        with file.open("rb", buffering=1 << 18) as plain:
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(plain.fileno(), 0, 0, os.POSIX_FADV_SEQUENTIAL)
            yield plain


def read_shard(file: Path, name: str, licence: str | None, seen: set[str]) -> Iterator[Item | Loss]:
    """Every sample of a shard.

    Args:
        file: the tar.
        name: what it is called in what is told.
        licence: of the set, where it is known.
        seen: keys that came before; added to.
    """
    group = _Group()
    split = next((one for part in reversed(name.split("/")) if (one := split_of(part))), None)

    def done() -> Iterator[Item | Loss]:
        if group.members:
            key = group.key if group.key not in seen else f"{name}:{group.key}"
            item, losses = _item(key or name, group.members, f"{name}: {group.key}")
            seen.add(item.key)
            item.split, item.licence = item.split or split, item.licence or licence
            yield from losses
            yield item

    try:
        with open_shard(file) as stream:
            for member in read_members(stream):
                if isinstance(member, Flaw):
                    where = f"{name}: {member.name}" if member.name else f"{name}, byte {member.place}"
                    yield Loss(where, member.reason, 0 if "no end" in member.reason else 1)
                    continue
                if _passed_over(member.name):
                    continue
                key, ending = split_name(member.name)
                if key != group.key or ending in group.members:
                    yield from done()
                    group.key, group.members = key, {}
                group.members[ending] = member.content
    except (OSError, EOFError, zlib.error) as error:
        yield Loss(name, f"cannot be read any further: {error}")
    yield from done()


def _passed_over(name: str) -> bool:
    if not ("._" in name or name.endswith(_OF_SYSTEMS)):
        return False
    base = name.rpartition("/")[2]
    return not base or base.startswith("._") or base in _OF_SYSTEMS


def _item(key: str, members: dict[str, bytes], where: str) -> tuple[Item, list[Loss]]:
    losses: list[Loss] = []
    row: object = None
    if "json" in members:
        try:
            row = orjson.loads(members["json"])
        except orjson.JSONDecodeError as error:
            losses.append(Loss(f"{where}.json", f"is no JSON: {error}", 0))
    if isinstance(row, dict) and is_own_table(row):
        try:
            return _own(row, members), losses
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            losses.append(Loss(f"{where}.json", f"is no row as Ingather writes it: {error}", 0))
    item = Item(key, "text")
    item.stamp = _stamp(members)
    if isinstance(row, dict):
        item.data = row
    _media(item, members, losses, where)
    _words(item, members)
    if item.content is None and item.text is None:
        item.modality = "record"
        if item.data is None and not item.parts:
            item.fault = "it has no member that can be read"
    return item, losses


def _media(item: Item, members: dict[str, bytes], losses: list[Loss], where: str) -> None:
    parts: list[Part] = []
    for ending, content in members.items():
        if ending in ("json", *_TEXTS, *_CLASSES):
            continue
        last = ending.rpartition(".")[2]
        if last in _PICKLES:
            losses.append(Loss(f"{where}.{ending}", "may hold a pickle, which is never opened: left behind"))
            continue
        known = BY_SUFFIX.get(f".{last}")
        if known is not None and known[0] != "text" and item.content is None:
            describe_media(item, f"x.{last}", content)
            if item.modality == "text":
                item.modality, item.media_type = known
            continue
        text = content.decode("utf-8", "replace") if known is not None and known[0] == "text" else None
        if text is not None:
            parts.append(Part(ending, text=text))
        else:
            parts.append(Part(ending or "file", content=content, media_type=known[1] if known else None))
    item.parts = tuple(parts)


def _words(item: Item, members: dict[str, bytes]) -> None:
    """The text of a sample, which for a recording is its transcript and beside a picture a part."""
    cls = next((members[name] for name in _CLASSES if name in members), None)
    if cls is not None:
        item.label = cls.decode("utf-8", "replace").strip() or None
    for ending in _TEXTS:
        if ending not in members:
            continue
        text = members[ending].decode("utf-8", "replace")
        if item.content is None and item.text is None:
            item.text = text
        elif item.modality == "audio" and item.label is None:
            item.label = text.strip()
        else:
            item.parts = (*item.parts, Part("caption" if ending == "txt" else ending, text=text))


def _own(row: dict[str, object], members: dict[str, bytes]) -> Item:
    """The item that ``webdataset_write`` wrote; raises where the row is none."""
    item = item_of_row(row)
    ending = row.get(FILE)
    if isinstance(ending, str):
        item.content = members[ending]
    if "txt" in members:
        item.text = members["txt"].decode("utf-8", "replace")
    parts = list(item.parts)
    for place, name in part_files_of(row).items():
        parts[place] = replace(parts[place], content=members[name])
    item.parts = tuple(parts)
    item.stamp = item.stamp or _stamp(members)
    return item


def _stamp(members: dict[str, bytes]) -> str:
    digest = xxhash.xxh3_64()
    for ending, content in members.items():
        digest.update(ending.encode())
        digest.update(content)
    return digest.hexdigest()
