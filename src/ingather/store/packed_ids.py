"""Many ids held in 16 bytes each, half of what their digits take and without an offset for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_AT_ONCE = 1 << 15
_DIGITS = 32
_SHIFTS = np.arange(60, -4, -4, dtype=np.uint64)
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)


def id_numbers(ids: pa.Array | pa.ChunkedArray) -> NDArray[np.uint64]:
    """The first 64 bits of ids of 32 hex digits, as numbers."""
    return _numbers(ids, 0)


@dataclass(frozen=True, slots=True)
class PackedIds:
    """n ids of 32 hex digits, as two numbers each.

    Attributes:
        high: their first 64 bits, which order samples by lot.
        low: their last 64 bits.
    """

    high: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    low: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))

    @classmethod
    def of(cls, ids: pa.Array | pa.ChunkedArray) -> PackedIds:
        """Packs ids."""
        return cls(_numbers(ids, 0), _numbers(ids, _DIGITS // 2))

    @classmethod
    def joined(cls, parts: list[PackedIds]) -> PackedIds:
        """Several one after the other."""
        if not parts:
            return cls()
        return cls(np.concatenate([p.high for p in parts]), np.concatenate([p.low for p in parts]))

    def __len__(self) -> int:
        return len(self.high)

    def filter(self, keep: NDArray[np.bool_]) -> PackedIds:
        """Those with a flag."""
        return PackedIds(self.high[keep], self.low[keep])

    def take(self, rows: NDArray[np.int64]) -> pa.Array:
        """The ids at these places, as words; meant for some ten thousand at a time."""
        return self._words(self.high[rows], self.low[rows])

    def portions(self, size: int = 50_000) -> Iterator[pa.Array]:
        """All of them as words, in order, so many at a time."""
        for start in range(0, len(self), size):
            yield self._words(self.high[start : start + size], self.low[start : start + size])

    @staticmethod
    def _words(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> pa.Array:
        text = np.empty((len(high), _DIGITS), np.uint8)
        half = _DIGITS // 2
        for start in range(0, len(high), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            text[part, :half] = _HEX[(high[part, None] >> _SHIFTS) & np.uint64(15)]
            text[part, half:] = _HEX[(low[part, None] >> _SHIFTS) & np.uint64(15)]
        ends = np.arange(0, (len(high) + 1) * _DIGITS, _DIGITS, dtype=np.int32)
        return pa.StringArray.from_buffers(len(high), pa.py_buffer(ends), pa.py_buffer(text))


def _numbers(ids: pa.Array | pa.ChunkedArray, first_digit: int) -> NDArray[np.uint64]:
    """64 bits of ids of 32 hex digits from one digit on."""
    if isinstance(ids, pa.ChunkedArray):
        ids = ids.combine_chunks()
    if len(ids) == 0:
        return np.zeros(0, np.uint64)
    ids = ids.cast(pa.string())
    _, offsets, values = ids.buffers()
    start = np.frombuffer(offsets, np.int32, count=len(ids) + 1, offset=ids.offset * 4)
    digits = np.frombuffer(values, np.uint8)[start[0] : start[-1]].reshape(len(ids), _DIGITS)
    text = digits[:, first_digit : first_digit + _DIGITS // 2]
    numbers = np.empty(len(ids), np.uint64)
    for first in range(0, len(ids), _AT_ONCE):  # a digit takes 16 bytes on the way
        part = text[first : first + _AT_ONCE]
        worth = np.where(part > 57, part - 87, part - 48).astype(np.uint64)
        np.bitwise_or.reduce(worth << _SHIFTS, axis=1, out=numbers[first : first + _AT_ONCE])
    return numbers
