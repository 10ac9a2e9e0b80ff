"""Media bytes in a folder, each file named by its SHA-256, written so that a crash leaves no torn file."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

_COPY = 1 << 20
_BINARY = getattr(os, "O_BINARY", 0)
# A hundred thousand small files: plain calls of the system cost half of what file objects do.


class Blobs:
    """A content-addressed folder: ``ab/abcdef...``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._new = root / "new"
        self._folders: set[str] = set()

    def path(self, digest: str) -> Path:
        """Where a blob lies, whether or not it is there."""
        return self.root / digest[:2] / digest

    def read(self, digest: str) -> bytes:
        """The bytes of one blob.

        Raises:
            FileNotFoundError: there is none of that name.
        """
        return self.path(digest).read_bytes()

    def put(self, contents: Sequence[bytes | Path | None]) -> list[tuple[str, int] | None]:
        """Stores many at once, with one sync for all.

        Args:
            contents: bytes, or files to copy; None stays None.

        Returns:
            SHA-256 and size of each, in order. When this returns they are on the disk.
        """
        self._new.mkdir(parents=True, exist_ok=True)
        named: list[tuple[str, int] | None] = []
        waiting: dict[str, str] = {}
        for number, content in enumerate(contents):
            if content is None:
                named.append(None)
                continue
            temporary = f"{self._new}/{os.getpid()}.{number}"
            digest, size = _write(content, temporary)
            named.append((digest, size))
            if digest in waiting:
                os.unlink(temporary)
            else:
                waiting[digest] = temporary  # one that is there already is replaced by the same bytes
        if waiting:
            _sync(self._new, waiting.values())
            for digest, temporary in waiting.items():
                self._folder(digest[:2])
                os.replace(temporary, f"{self.root}/{digest[:2]}/{digest}")
            _sync(self.root, ())
        return named

    def digests(self) -> Iterator[str]:
        """The names of all blobs, sorted."""
        if not self.root.is_dir():
            return
        for folder in sorted(os.listdir(self.root)):
            if len(folder) == 2:
                yield from sorted(os.listdir(self.root / folder))

    def remove(self, digest: str) -> None:
        """Takes one blob away; it need not be there."""
        with contextlib.suppress(FileNotFoundError):
            self.path(digest).unlink()

    def sweep(self) -> int:
        """Removes what crashed writers left behind; only while no other run writes."""
        count = len(list(self._new.iterdir())) if self._new.is_dir() else 0
        if count:
            shutil.rmtree(self._new)
        return count

    def _folder(self, prefix: str) -> None:
        if prefix not in self._folders:
            (self.root / prefix).mkdir(exist_ok=True)
            self._folders.add(prefix)


def _write(content: bytes | Path, target: str) -> tuple[str, int]:
    if isinstance(content, Path):
        handle = os.open(content, os.O_RDONLY | _BINARY)
        try:
            content_bytes = os.read(handle, _COPY)
        finally:
            os.close(handle)
        if len(content_bytes) == _COPY:
            return _copy(content, target)
        content = content_bytes
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY, 0o644)
    try:
        written = os.write(handle, content)
        while written < len(content):
            written += os.write(handle, content[written:])
    finally:
        os.close(handle)
    return hashlib.sha256(content).hexdigest(), len(content)


def _copy(source: Path, target: str) -> tuple[str, int]:
    told = hashlib.sha256()
    size = 0
    with open(source, "rb") as reading, open(target, "wb") as writing:
        while piece := reading.read(_COPY):
            told.update(piece)
            size += len(piece)
            writing.write(piece)
    return told.hexdigest(), size


def _sync(folder: Path, files: Iterable[str]) -> None:
    """Everything written under the folder's file system is on the disk when this returns."""
    syncfs = getattr(ctypes.CDLL(None), "syncfs", None) if os.name == "posix" else None
    if syncfs is not None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            if syncfs(handle) == 0:
                return
        finally:
            os.close(handle)
    for name in files:
        with open(name, "rb+") as file:
            os.fsync(file.fileno())
