"""What an archive may not do to whoever opens it: swell without end, climb out, or hold links."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, BinaryIO

from ingather.errors import InputError


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Bounds within which an archive is read.

    Attributes:
        ratio: the most unpacked bytes for each packed one.
        free: unpacked bytes up to which the ratio does not count, for small files may be packed well.
        entries: the most files and folders.
        depth: how many archives may lie inside one another.
        total: the most unpacked bytes of one archive.
        inner: the most bytes of an archive inside an archive, which is held in memory.
    """

    ratio: float = 250.0
    free: int = 16 << 20
    entries: int = 2_000_000
    depth: int = 3
    total: int = 1 << 40
    inner: int = 256 << 20


LIMITS = ArchiveLimits()


def bomb(name: str, what: str) -> InputError:
    """The words for an archive that would swell beyond its bounds."""
    return InputError(
        f"{name} is refused: {what}.",
        why="Archives made to fill a disk or a memory look like this.",
        fix="If you trust it, unpack it yourself and give the folder as 'path:'.",
        where=name,
    )


def unreadable_archive(name: str, error: Exception) -> InputError:
    """The words for an archive that is broken or none at all."""
    return InputError(
        f"{name} cannot be read as an archive: {error}.",
        why="It was cut short, is damaged, or is not what its name says.",
        fix="Copy or download it again, or unpack it and give the folder.",
        where=name,
    )


def unsafe_name(name: str) -> str | None:
    """Why a name inside an archive is refused, or None.

    >>> unsafe_name("../../etc/passwd")
    'its path climbs out of the archive'
    """
    if "\0" in name:
        return "its path holds a zero byte"
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or name.startswith("\\"):
        return "its path is absolute"
    if ".." in name.replace("\\", "/").split("/"):
        return "its path climbs out of the archive"
    return None


class BoundedStream(io.RawIOBase):
    """Unpacked bytes that stop with words where they swell beyond the bounds.

    Args:
        stream: gives the unpacked bytes, and can be rewound.
        packed: how many packed bytes there are.
        name: the archive, for messages.
        limits: the bounds.
    """

    def __init__(self, stream: Any, packed: int, name: str, limits: ArchiveLimits = LIMITS) -> None:
        self._stream = stream
        self._most = min(limits.total, max(limits.free, int(packed * limits.ratio)))
        self._name = name

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always, though going back unpacks again from the start."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Reads into a buffer.

        Raises:
            InputError: the bytes swell beyond the bounds.
            OSError: the packed bytes are damaged or cut short.
        """
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def read(self, size: int = -1) -> bytes:
        """Reads at most ``size`` bytes, all when negative."""
        if size < 0:
            blocks = []
            while block := self.read(1 << 20):
                blocks.append(block)
            return b"".join(blocks)
        try:
            content: bytes = self._stream.read(size)
            place = self._stream.tell()
        except Exception as error:
            raise OSError(f"damaged or cut short ({error})") from error
        if place > self._most:
            raise bomb(self._name, f"it unpacks to over {self._most:,} bytes")
        return content

    def seek(self, offset: int, whence: int = 0) -> int:
        """Goes to a place in the unpacked bytes."""
        try:
            return int(self._stream.seek(offset, whence))
        except Exception as error:
            raise OSError(f"damaged or cut short ({error})") from error

    def tell(self) -> int:
        """The place in the unpacked bytes."""
        return int(self._stream.tell())

    def close(self) -> None:
        """Closes what lies below too."""
        self._stream.close()
        super().close()


def buffered(stream: io.RawIOBase) -> BinaryIO:
    """A stream that is cheap to read by the line."""
    return io.BufferedReader(stream, 1 << 16)
