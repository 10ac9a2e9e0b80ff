"""Where a source's files lie: a folder, a glob, one file, an archive or a bucket, all seen as entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ingather.errors import OutsideError
from ingather.sources.archive import archive_entries, is_archive
from ingather.sources.listing import (
    Entry,
    file_entry,
    folder_entries,
    glob_entries,
    glob_root,
    is_glob,
    missing_path,
)
from ingather.sources.losses import Tally
from ingather.sources.objects import is_address, object_entries


@dataclass(frozen=True)
class Place:
    """A path of the plan, opened.

    Attributes:
        told: the path as the user wrote it.
        root: the folder that names are relative to, if it is on this disk.
        entries: lists the files, anew at each call.
        single: the one file, if it is one.
    """

    told: str
    root: Path | None
    entries: Callable[[], Iterator[Entry]]
    single: Entry | None = None

    def find(self, name: str) -> Entry | None:
        """The file of that name beside the others, or None.

        Raises:
            OSError: it is there and cannot be read.
        """
        if self.root is None:
            return self._by_name.get(name)
        path = self.root / name
        return file_entry(path, name) if path.is_file() else None

    @cached_property
    def _by_name(self) -> dict[str, Entry]:
        return {entry.name: entry for entry in self.entries()}


def open_place(asked: str, folder: Path, own: tuple[Path, ...], tally: Tally) -> Place:
    """Finds what a path means.

    Args:
        asked: the path, relative to ``folder`` or absolute, or an address such as s3://bucket/prefix.
        folder: the plan's folder.
        own: folders of Ingather's own that are never gone into.
        tally: told of what cannot be read.

    Raises:
        InputError: there is nothing at the path.
        OutsideError: it is there but may not be read.
    """
    if is_address(asked):
        return Place(asked, None, lambda: object_entries(asked))
    path = folder / Path(asked).expanduser()
    try:
        if path.is_file():
            return _one_file(asked, file_entry(path), tally)
        if path.is_dir():
            return Place(asked, path, lambda: folder_entries(path, tally, own))
    except PermissionError as error:
        raise OutsideError(
            f"'{asked}' may not be read: {error.strerror}.",
            why="The user that runs this has no right to it.",
            fix=f"Give it: chmod u+r {path}",
            where=str(path),
        ) from error
    if is_glob(asked):
        root, _ = glob_root(folder, asked)
        return Place(asked, root, lambda: glob_entries(folder, asked, tally, own))
    raise missing_path(path, asked)


def _one_file(asked: str, entry: Entry, tally: Tally) -> Place:
    assert entry.path is not None
    if not is_archive(entry.name):
        return Place(asked, entry.path.parent, lambda: iter((entry,)), entry)
    inside = list(archive_entries(entry, tally))
    return Place(asked, None, lambda: iter(inside), inside[0] if len(inside) == 1 else None)
