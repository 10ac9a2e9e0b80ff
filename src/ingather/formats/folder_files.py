"""The files of a folder that may belong to a layout: sorted, without hidden ones, bounded in depth."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path


def files_below(path: Path, fits: Callable[[str], bool], depth: int = 3) -> list[Path]:
    """The path itself if it is a file whose name fits, else every such file of the folder, sorted.

    Args:
        path: a file or a folder.
        fits: whether a file name is one that is looked for.
        depth: how many folders deep to look; links to folders are not followed.
    """
    if path.is_file():
        return [path] if fits(path.name) else []
    return list(_walk(path, fits, depth)) if path.is_dir() else []


def _walk(folder: Path, fits: Callable[[str], bool], depth: int) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_file() and fits(entry.name):
            yield Path(entry.path)
        elif depth > 1 and entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), fits, depth - 1)


def root_of(path: Path) -> Path:
    """The folder that keys are relative to."""
    return path if path.is_dir() else path.parent
