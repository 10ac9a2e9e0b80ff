"""Where the pictures of a data set lie: each folder listed once, nothing outside of the root found."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from ingather.formats.picture_files import safe_relative

_UNUSUAL = re.compile(r"[^A-Za-z0-9._-]")


class PictureFolders:
    """Folders in which a name written in a data set may stand, the likeliest first.

    Args:
        places: the folders, below the root.
        root: the folder that found names are relative to; a link that leads out of it is not followed.
    """

    def __init__(self, places: Sequence[Path], root: Path) -> None:
        self._root = root
        self._real_root = root.resolve()
        self._places = [_below(place, root) for place in places]
        self._listed: dict[str, frozenset[str]] = {}

    def find(self, name: str) -> str | None:
        """The path of a file below the root, with slashes; None where it is not there or lies outside."""
        plain = plain_name(name)
        if plain is None:
            return None
        head, slash, tail = plain.rpartition("/")
        for number, place in enumerate(self._places):
            folder = f"{place}{head}{slash}"
            if tail in self._files(folder):
                if number:  # pictures of one file lie together: this folder is asked first from now on
                    self._places.insert(0, self._places.pop(number))
                return folder + tail
        return None

    def _files(self, folder: str) -> frozenset[str]:
        found = self._listed.get(folder)
        if found is None:
            path = self._root / folder
            inside = path.resolve().is_relative_to(self._real_root)
            found = self._listed[folder] = files_in(path, self._real_root) if inside else frozenset()
        return found


def files_in(folder: Path, real_root: Path) -> frozenset[str]:
    """Names of the files in one folder; a link counts where it leads to a file below the root.

    Args:
        folder: is listed, not what is in its folders; one that cannot be read has no files.
        real_root: the root without links in its own path.
    """
    try:
        with os.scandir(folder) as entries:
            return frozenset(
                entry.name
                for entry in entries
                if entry.is_file()
                and (not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(real_root))
            )
    except OSError:
        return frozenset()


def plain_name(name: str) -> str | None:
    """A name written in a data set as a path with slashes, None where it would lead out of its folder."""
    if name.isascii() and name[:1].isalnum() and not _UNUSUAL.search(name):
        return name
    plain = safe_relative(name)
    return None if plain is None else plain.as_posix()


def _below(place: Path, root: Path) -> str:
    inner = place.relative_to(root).as_posix()
    return "" if inner == "." else f"{inner}/"
