"""What lies under a path: every file, in natural order, with what tells whether it changed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ingather.errors import InputError
from ingather.sources.losses import Tally

_DIGITS = re.compile(r"(\d+)")
_PLAIN_PATH = re.compile(r"/[A-Za-z0-9/_.~-]*")
_BINARY = getattr(os, "O_BINARY", 0)
_PASSED_OVER = {"__MACOSX", "__pycache__", "node_modules"}


@dataclass(slots=True, eq=False)
class Entry:
    """One file: on disk, in an archive or in an object store.

    Attributes:
        name: path relative to the source's root, with forward slashes.
        size: bytes.
        stamp: changes whenever the file changes.
        location: where it lies, if it is a plain file.
        opener: opens its bytes, if it is none.
        address: where it was found, if it is none.
    """

    name: str
    size: int
    stamp: str
    location: str | None = None
    opener: Callable[[], BinaryIO] | None = None
    address: str = ""

    @property
    def path(self) -> Path | None:
        """Where it lies, if it is a plain file."""
        return Path(self.location) if self.location is not None else None

    @property
    def uri(self) -> str:
        """Where it was found, for the ledger."""
        return file_uri(self.location) if self.location is not None else self.address

    def open(self) -> BinaryIO:
        """Its bytes from the start."""
        if self.opener is not None:
            return self.opener()
        assert self.location is not None
        return open(self.location, "rb")

    @property
    def suffix(self) -> str:
        """The name's ending, lower case, with its dot."""
        name = self.name[self.name.rfind("/") + 1 :]
        dot = name.rfind(".")
        return name[dot:].lower() if 0 < dot < len(name) - 1 else ""

    def head(self, size: int) -> bytes:
        """Its first bytes; none where it cannot be read, for whoever reads it whole tells that."""
        try:
            if self.location is not None:
                return first_bytes(self.location, size)
            with self.open() as stream:
                return stream.read(size)
        except OSError:
            return b""


def first_bytes(location: str, size: int) -> bytes:
    """The first bytes of a plain file, by plain calls of the system: there may be a million files."""
    handle = os.open(location, os.O_RDONLY | _BINARY)
    try:
        return os.read(handle, size)
    finally:
        os.close(handle)


def natural(name: str) -> tuple[list[str | int], str]:
    """A key that sorts a2 before a10."""
    parts: list[str | int] = list(_DIGITS.split(name))  # text and digits by turns, text first
    parts[1::2] = map(int, parts[1::2])
    return parts, name


def file_entry(path: Path, name: str | None = None) -> Entry:
    """One plain file as an entry."""
    found = path.stat()
    return Entry(name or readable(path.name), found.st_size, _stamp(found), str(path))


def file_uri(path: str) -> str:
    """The file:// address of an absolute path."""
    return f"file://{path}" if _PLAIN_PATH.fullmatch(path) else Path(path).absolute().as_uri()


def folder_entries(root: Path, tally: Tally, leave_out: tuple[Path, ...] = ()) -> Iterator[Entry]:
    """Every file under a folder, depth first, in natural order.

    Args:
        root: the folder.
        tally: told of what cannot be read, and of hidden files passed over.
        leave_out: folders that are not gone into.
    """
    left_out = {os.path.realpath(path) for path in leave_out}
    yield from _folder(os.path.abspath(root), "", tally, left_out, (os.path.realpath(root),))


def _folder(
    folder: str, prefix: str, tally: Tally, left_out: set[str], above: tuple[str, ...]
) -> Iterator[Entry]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: natural(entry.name))
    except OSError as error:
        tally.add(prefix or folder, f"the folder cannot be read: {error.strerror}")
        return
    for entry in entries:
        name = prefix + (entry.name if entry.name.isascii() else readable(entry.name))
        if entry.name.startswith(".") or entry.name in _PASSED_OVER:
            tally.add(name, "hidden or of the system: passed over", lost=False)
            continue
        try:
            if entry.is_dir():
                real = os.path.realpath(entry.path)
                if real in left_out or real in above:
                    continue
                yield from _folder(entry.path, name + "/", tally, left_out, (*above, real))
            elif entry.is_file():
                found_stat = entry.stat()
                yield Entry(name, found_stat.st_size, _stamp(found_stat), entry.path)
            else:
                tally.add(name, "is neither a file nor a folder (a broken link, a device, a pipe)")
        except OSError as error:
            tally.add(name, f"cannot be read: {error.strerror}")


def glob_entries(
    folder: Path, pattern: str, tally: Tally, leave_out: tuple[Path, ...] = ()
) -> Iterator[Entry]:
    """Every file that a glob such as ``data/**/*.wav`` fits; names are relative to its fixed part."""
    root, rest = glob_root(folder, pattern)
    if not root.is_dir():
        raise missing_path(root, pattern)
    fits = re.compile(_glob_expression(rest))
    for entry in folder_entries(root, Tally(), leave_out):
        if fits.fullmatch(entry.name):
            yield entry


def glob_root(folder: Path, pattern: str) -> tuple[Path, str]:
    """The fixed folder of a glob, and the rest of it."""
    parts = PurePosixPath(pattern.replace(os.sep, "/")).parts
    fixed = next(place for place, part in enumerate(parts) if is_glob(part))
    return folder.joinpath(*parts[:fixed]), "/".join(parts[fixed:])


def is_glob(path: str) -> bool:
    """Whether a path holds ``*``, ``?`` or ``[...]``."""
    return any(sign in path for sign in "*?[")


def _glob_expression(pattern: str) -> str:
    expression = []
    place = 0
    while place < len(pattern):
        if pattern.startswith("**/", place):
            expression.append("(?:[^/]+/)*")
            place += 3
        elif pattern.startswith("**", place):
            expression.append(".*")
            place += 2
        elif pattern[place] == "*":
            expression.append("[^/]*")
            place += 1
        elif pattern[place] == "?":
            expression.append("[^/]")
            place += 1
        elif pattern[place] == "[" and "]" in pattern[place + 2 :]:
            end = pattern.index("]", place + 2)
            body = pattern[place + 1 : end].replace("\\", "\\\\")
            expression.append("[" + ("^" + body[1:] if body.startswith("!") else body) + "]")
            place = end + 1
        else:
            expression.append(re.escape(pattern[place]))
            place += 1
    return "".join(expression)


def missing_path(path: Path, asked: str) -> InputError:
    """The words for a path that is not there, with the nearest that is."""
    from difflib import get_close_matches

    parent = path.parent
    near: list[str] = []
    if parent.is_dir():
        near = get_close_matches(path.name, [inner.name for inner in parent.iterdir()], n=1)
    return InputError(
        f"There is nothing at '{asked}'.",
        why=f"The plan's folder is where relative paths begin; looked for {path}.",
        fix=f"Did you mean '{near[0]}'? Put the path right in the plan." if near else "Put the path right.",
        where=str(path),
    )


def readable(name: str) -> str:
    """A file name as valid text: bytes that are no UTF-8 are written as their hex digits."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _stamp(found: os.stat_result) -> str:
    return f"{found.st_size}-{found.st_mtime_ns}"
