"""The bytes of a web archive, decompressed as they are asked for, and where each stored member began.

Archives are compressed a record a member (gzip) or frame (zstd), so that one can be read alone; some tools
compress the whole file at once. Both are read here; nothing is held but what is asked for.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

_READ = 1 << 16
_GIVEN = 1 << 18
_DICTIONARY = b"\x5d\x2a\x4d\x18"
_MOST_DICTIONARY = 1 << 24


class StoredBytes:
    """A decompressed stream with a position, and the stored place where each member began.

    Attributes:
        position: how many decompressed bytes were taken.
        fault: why no more could be decompressed, in words, or None.
    """

    def __init__(self, path: Path, at: int = 0) -> None:
        """Opens a file; ``at`` is the stored byte where the first member to be read begins."""
        self.position = 0
        self.fault: str | None = None
        self._file: BinaryIO = path.open("rb")
        self._buffer = bytearray()
        self._begins: dict[int, int] = {}
        self._raw = b""
        self._raw_at = at
        self._member: Any = None
        self._dictionary: Any = None
        self._file.seek(at)
        head = self._file.read(4)
        self._file.seek(at)
        self.compression = "gzip" if head[:2] == b"\x1f\x8b" else "zstd" if head in _ZSTD else "none"

    def __enter__(self) -> StoredBytes:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._file.close()

    def stored_at(self, position: int) -> int | None:
        """Where in the file the member begins that starts at a decompressed position, None if none does.

        The end of the last whole member counts as a beginning.
        """
        if self.compression == "none":
            return position
        ended = position == self.position and not self._buffer and self._member is None and not self._raw
        return self._begins.get(position, self._raw_at if ended and self.fault is None else None)

    def forget_before(self, position: int) -> None:
        """Lets go of the beginnings of members before a position."""
        for place in [place for place in self._begins if place < position]:
            del self._begins[place]

    def line(self, most: int) -> bytes | None:
        """The next line with its end, at most ``most`` bytes of it; None at the end of the file."""
        looked = 0
        while True:
            end = self._buffer.find(b"\n", looked, most)
            if end >= 0:
                return self._take(end + 1)
            looked = len(self._buffer)
            if looked >= most or not self._fill():
                return self._take(min(most, len(self._buffer))) or None

    def read(self, count: int) -> bytes:
        """The next bytes; fewer at the end of the file."""
        while len(self._buffer) < count and self._fill():
            pass
        return self._take(count)

    def skip(self, count: int) -> int:
        """Passes over bytes; gives how many there were."""
        left = count
        while left:
            passed = len(self.read(min(left, _GIVEN)))
            if not passed:
                break
            left -= passed
        return count - left

    def pass_line_ends(self) -> None:
        """Passes over the empty lines that follow a record, as far as they belong to its member."""
        while self._buffer or self._fill():
            if self._buffer[0] not in b"\r\n":
                return
            self._take(1)
            if self.stored_at(self.position) is not None and self.compression != "none":
                return

    def skip_to(self, mark: bytes) -> bool:
        """Passes over bytes until ``mark`` comes next; False at the end of the file."""
        while True:
            found = self._buffer.find(mark)
            if found >= 0:
                self._take(found)
                return True
            self._take(max(0, len(self._buffer) - len(mark) + 1))
            if not self._fill():
                self._take(len(self._buffer))
                return False

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        self.position += len(taken)
        return taken

    def _fill(self) -> bool:
        if self.fault is not None:
            return False
        before = len(self._buffer)
        try:
            more = self._more_plain() if self.compression == "none" else self._more_members(before)
        except (zlib.error, EOFError, OSError, ValueError) as error:
            self.fault = f"the compressed data is damaged: {error}"
            return len(self._buffer) > before
        except Exception as error:  # zstandard's own errors share no public base with the built-in ones
            self.fault = f"the compressed data is damaged: {error}"
            return len(self._buffer) > before
        return more

    def _more_plain(self) -> bool:
        read = self._file.read(_GIVEN)
        self._buffer += read
        return bool(read)

    def _more_members(self, before: int) -> bool:
        while len(self._buffer) == before:
            if self._member is None and not self._next_member():
                return False
            if not self._raw and not self._read_raw():
                self.fault = "the file ends in the middle of a compressed record"
                return False
            self._inflate()
        return True

    def _inflate(self) -> None:
        if self.compression == "gzip":
            self._buffer += self._member.decompress(self._raw, _GIVEN)
            rest = self._member.unconsumed_tail or self._member.unused_data
        else:
            self._buffer += self._member.decompress(self._raw)
            rest = self._member.unused_data
        self._raw_at += len(self._raw) - len(rest)
        self._raw = rest
        if self._member.eof:
            self._member = None

    def _next_member(self) -> bool:
        if not self._raw and not self._read_raw():
            return False
        if self.compression == "zstd":
            self._pass_skippable()
            if not self._raw and not self._read_raw():
                return False
        begins = self.position + len(self._buffer)
        self._begins[begins] = self._raw_at
        if self.compression == "gzip":
            self._member = zlib.decompressobj(31)
        else:
            import zstandard

            self._member = zstandard.ZstdDecompressor(dict_data=self._dictionary).decompressobj()
        return True

    def _pass_skippable(self) -> None:
        """Frames that carry no data; the first may be the dictionary that all others are packed with."""
        while True:
            while len(self._raw) < 8 and self._read_raw():
                pass
            if len(self._raw) < 8 or self._raw[1:4] != b"\x2a\x4d\x18" or not 0x50 <= self._raw[0] <= 0x5F:
                return
            size = int.from_bytes(self._raw[4:8], "little")
            if size > _MOST_DICTIONARY:
                raise ValueError(f"a dictionary of {size:,} bytes; at most {_MOST_DICTIONARY:,} are read")
            while len(self._raw) < 8 + size:
                if not self._read_raw():
                    raise ValueError("the file ends in its dictionary")
            if self._raw[:4] == _DICTIONARY and self._dictionary is None:
                self._set_dictionary(self._raw[8 : 8 + size])
            self._raw = self._raw[8 + size :]
            self._raw_at += 8 + size

    def _set_dictionary(self, content: bytes) -> None:
        import zstandard

        if content[:4] == b"\x28\xb5\x2f\xfd":
            content = zstandard.ZstdDecompressor().decompress(content, max_output_size=_MOST_DICTIONARY)
        self._dictionary = zstandard.ZstdCompressionDict(content)

    def _read_raw(self) -> bool:
        read = self._file.read(_READ)
        self._raw += read
        return bool(read)


_ZSTD = (b"\x28\xb5\x2f\xfd", _DICTIONARY)
