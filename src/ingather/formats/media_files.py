"""Loose media beside a written table: each item's bytes as one file with a free name, found again safely."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ingather.formats.media_types import BY_SUFFIX, HEAD, media_type_of
from ingather.formats.picture_files import safe_relative
from ingather.sample import Item, Loss

FOLDER = "media"
_SUFFIX = {kind: suffix for suffix, (_, kind) in reversed(BY_SUFFIX.items())}


class MediaFolder:
    """Writes media into a folder under names that are free.

    Args:
        root: the folder of the table.
        folder: the folder below it that files go to.
    """

    def __init__(self, root: Path, folder: str = FOLDER) -> None:
        self._root = root
        self._folder = folder
        self._taken: set[str] = set()

    def put(self, name: str, content: bytes | Path, media_type: str | None) -> str:
        """Copies bytes or a file, and says where to, relative to the root."""
        plain = PurePosixPath(name.replace("\\", "/")).name.replace("\0", "") or "item"
        suffix = PurePosixPath(plain).suffix.lower()
        if suffix not in BY_SUFFIX:
            suffix = _SUFFIX.get(media_type or "", "") or (
                content.suffix if isinstance(content, Path) else ""
            )
            plain += suffix
        free, number = plain, 1
        while free.lower() in self._taken:
            number += 1
            free = f"{plain[: len(plain) - len(suffix)]}-{number}{suffix}"
        self._taken.add(free.lower())
        target = self._root / self._folder / free
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            target.write_bytes(content)
        else:
            shutil.copyfile(content, target)
        return f"{self._folder}/{free}"

    def put_item(self, item: Item) -> tuple[str | None, dict[int, str]]:
        """Writes an item's bytes and those of its parts; says where each went."""
        file = None if item.content is None else self.put(item.key, item.content, item.media_type)
        parts = {
            place: self.put(f"{item.key}-{part.role}-{part.order}", part.content, part.media_type)
            for place, part in enumerate(item.parts)
            if part.content is not None
        }
        return file, parts


def attach(item: Item, root: Path, file: str | None, part_files: dict[int, str]) -> list[Loss]:
    """Puts the files that a row names back onto its item; what is not there or leads out is told."""
    losses: list[Loss] = []
    if file:
        found = find_below(root, file)
        if isinstance(found, Path):
            item.content = found
        else:
            losses.append(Loss(item.key, found))
    parts = list(item.parts)
    for place, name in part_files.items():
        found = find_below(root, name)
        if isinstance(found, Path):
            parts[place] = replace(parts[place], content=found)
        else:
            losses.append(Loss(f"{item.key}, part {place}", found))
    item.parts = tuple(parts)
    return losses


def find_below(root: Path, name: str) -> Path | str:
    """The file of that name below a folder, or why there is none."""
    plain = safe_relative(name)
    if plain is None:
        return f"its file '{name}' leads out of the data set's folder: it is not read"
    path = root / plain
    if not path.is_file():
        return f"its file '{name}' is not there"
    if not path.resolve().is_relative_to(root.resolve()):
        return f"its file '{name}' leads out of the data set's folder: it is not read"
    return path


def describe_media(item: Item, name: str, content: bytes | Path) -> None:
    """Sets bytes, media type and modality of an item by the bytes themselves, else by the name."""
    item.content = content
    if isinstance(content, Path):
        with content.open("rb") as stream:
            head = stream.read(HEAD)
    else:
        head = content[:HEAD]
    known = media_type_of(head) or BY_SUFFIX.get(PurePosixPath(name).suffix.lower())
    if known is not None:
        item.modality, item.media_type = known
