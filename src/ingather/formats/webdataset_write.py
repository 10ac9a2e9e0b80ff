"""Writes samples as WebDataset shards: tars whose members share a sample's key before the first dot."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import orjson

from ingather.formats.item_rows import flat_row
from ingather.formats.media_types import BY_SUFFIX
from ingather.formats.tar_members import end_bytes, member_blocks
from ingather.sample import Item, Json, Loss

_ENDINGS = {kind: suffix.lstrip(".") for suffix, (_, kind) in reversed(BY_SUFFIX.items())}
_BUFFER = 1 << 20
_AHEAD = 8 << 20
_UNFIT = re.compile(r"[^\w/-]+")


class Shards:
    """Writes members to ``SPLIT-NUMBER.tar`` files of bounded size.

    Args:
        folder: where the shards go; made here.
        most: bytes after which the next shard is begun.
    """

    def __init__(self, folder: Path, most: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._most = most
        self._open: dict[str, tuple[BinaryIO, int]] = {}
        self._numbers: dict[str, int] = {}

    def write(self, stem: str, members: list[tuple[str, bytes]]) -> None:
        """Writes the members of one sample to the shard of its split."""
        stream, size = self._open.get(stem) or (self._next(stem), 0)
        blocks = [block for name, content in members for block in member_blocks(name, content)]
        stream.writelines(blocks)
        before, size = size, size + sum(map(len, blocks))
        if before // _AHEAD != size // _AHEAD:
            _begin_flush(stream, size)
        if size >= self._most:
            stream.write(end_bytes())
            stream.close()
            self._open.pop(stem, None)
        else:
            self._open[stem] = (stream, size)

    def close(self) -> None:
        """Ends all shards."""
        for stream, _ in self._open.values():
            stream.write(end_bytes())
            stream.close()
        self._open.clear()

    def _next(self, stem: str) -> BinaryIO:
        number = self._numbers.get(stem, -1) + 1
        self._numbers[stem] = number
        return (self._folder / f"{stem}-{number:06d}.tar").open("wb", buffering=_BUFFER)


def write_shards(items: Iterable[Item], path: Path, most: int) -> list[Loss]:
    """Writes every item whole: media and text under their endings, everything else in ``KEY.json``."""
    shards = Shards(path, most)
    taken: dict[str, int] = {}
    losses: list[Loss] = []
    try:
        for item in items:
            try:
                stem = re.sub(r"[^A-Za-z0-9_]+", "-", item.split) if item.split else "data"
                shards.write(stem or "data", _members(item, _free(item.key, taken)))
            except OSError as error:
                if not isinstance(item.content, Path) or item.content.is_file():
                    raise
                losses.append(Loss(item.key, f"its file cannot be read: {error.strerror or error}"))
    finally:
        shards.close()
    return losses


def _members(item: Item, key: str) -> list[tuple[str, bytes]]:
    members: list[tuple[str, bytes]] = []
    file = None
    if item.content is not None:
        file = _ending(item.media_type, item.content)
        members.append((f"{key}.{file}", _bytes(item.content)))
    if item.text is not None:
        members.append((f"{key}.txt", item.text.encode("utf-8", "replace")))
    parts: dict[int, str] = {}
    for place, part in enumerate(item.parts):
        if part.content is not None:
            role = _UNFIT.sub("-", part.role).lower() or "part"
            parts[place] = f"{place}-{role}.{_ending(part.media_type, part.content)}"
            members.append((f"{key}.{parts[place]}", _bytes(part.content)))
    if isinstance(item.label, int) and not isinstance(item.label, bool):
        members.append((f"{key}.cls", str(item.label).encode()))
    row: dict[str, Json] = flat_row(item, file, parts)
    row.pop("text", None)
    members.append((f"{key}.json", orjson.dumps(row, option=orjson.OPT_NON_STR_KEYS)))
    return members


def _ending(media_type: str | None, content: bytes | Path) -> str:
    known = _ENDINGS.get(media_type or "")
    if known and known != "txt":
        return known
    suffix = content.suffix.lstrip(".").lower() if isinstance(content, Path) else ""
    return suffix if suffix and suffix not in ("json", "txt", "cls") else "bin"


def _bytes(content: bytes | Path) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()


def _free(key: str, taken: dict[str, int]) -> str:
    """A member's name before its ending: the key without its own ending and without dots, each once."""
    plain = key.replace("\\", "/").strip("/")
    folder, slash, base = plain.rpartition("/")
    stem, dot, ending = base.rpartition(".")
    if dot and f".{ending.lower()}" in BY_SUFFIX:
        base = stem
    free = base[:200] if base.isalnum() and not slash else _fit(f"{folder}{slash}{base}")
    count = taken.get(free, 0) + 1
    taken[free] = count
    return free if count == 1 else f"{free}-{count}-"


def _fit(name: str) -> str:
    return _UNFIT.sub("_", name.replace("..", "_"))[:200] or "_"


def _begin_flush(stream: BinaryIO, size: int) -> None:
    """Lets the disk begin with what was written while more is made; where a system cannot, it begins later.

    Linux answers this advice for pages that are not on the disk yet by sending them off, without waiting.
    """
    advise = getattr(os, "posix_fadvise", None)
    if advise is not None:
        advise(stream.fileno(), max(0, size - 2 * _AHEAD), 2 * _AHEAD, os.POSIX_FADV_DONTNEED)
