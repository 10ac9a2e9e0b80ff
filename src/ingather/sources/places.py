"""Where a source's files lie: a folder, a glob, one file, an archive or a bucket, all seen as entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingather.errors import OutsideError
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


def open_place(asked: str, folder: Path, cache: Path, tally: Tally) -> Place:
    """Finds what a path means.

    Args:
        asked: the path, relative to ``folder`` or absolute, or an address such as s3://bucket/prefix.
        folder: the plan's folder.
        cache: never gone into.
        tally: told of what cannot be read.

    Raises:
        InputError: there is nothing at the path.
        OutsideError: it is there but may not be read.
    """
    path = folder / Path(asked).expanduser()
    try:
        if path.is_file():
            entry = file_entry(path)
            return Place(asked, path.parent, lambda: iter((entry,)), entry)
        if path.is_dir():
            return Place(asked, path, lambda: folder_entries(path, tally, (cache,)))
    except PermissionError as error:
        raise OutsideError(
            f"'{asked}' may not be read: {error.strerror}.",
            why="The user that runs this has no right to it.",
            fix=f"Give it: chmod u+r {path}",
            where=str(path),
        ) from error
    if is_glob(asked):
        root, _ = glob_root(folder, asked)
        return Place(asked, root, lambda: glob_entries(folder, asked, tally, (cache,)))
    raise missing_path(path, asked)
