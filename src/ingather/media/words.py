"""Words of many texts at once: one flat array of word codes, cut by document.

A word is a maximal run of characters that are not white space, as ``str.split`` cuts it. Everything here is
done on the UTF-8 bytes of the whole batch, so the cost is per byte and never per document.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_WIDE_SPACES = (
    b"\xc2\x85", b"\xc2\xa0", b"\xe1\x9a\x80", b"\xe2\x80\xa8", b"\xe2\x80\xa9", b"\xe2\x80\xaf",
    b"\xe2\x81\x9f", b"\xe3\x80\x80", *(b"\xe2\x80" + bytes([last]) for last in range(0x80, 0x8B)),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Words:
    """The words of a batch of texts.

    Attributes:
        codes: int32 (words,), place of every word in ``vocabulary``; equal words have equal codes.
        vocabulary: large_string array of the batch's distinct words.
        offsets: int64 (documents + 1,), the first word of every document, then the number of words.
        starts: int64 (words,), byte at which every word begins in the batch's flat bytes.
    """

    codes: NDArray[np.int32]
    vocabulary: pa.Array
    offsets: NDArray[np.int64]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Number of words of every document."""
        return np.diff(self.offsets)

    @cached_property
    def documents(self) -> NDArray[np.int64]:
        """The document of every word."""
        return np.repeat(np.arange(len(self.offsets) - 1), self.counts)

    @cached_property
    def chars(self) -> NDArray[np.int64]:
        """Number of characters (code points) of every word."""
        lengths: NDArray[np.int64] = pc.utf8_length(self.vocabulary).to_numpy(zero_copy_only=False)
        return lengths.astype(np.int64, copy=False)[self.codes]

    def matching(self, pattern: str) -> NDArray[np.bool_]:
        """Whether every word matches a regular expression (RE2) somewhere; distinct words are asked once."""
        matches = pc.match_substring_regex(self.vocabulary, pattern)
        found: NDArray[np.bool_] = matches.to_numpy(zero_copy_only=False)
        return found[self.codes]

    def counting(self, ascii_characters: str, pattern: str) -> NDArray[np.int64]:
        """How many characters of every word are of a class.

        Args:
            ascii_characters: the class among ASCII, looked up byte by byte.
            pattern: the class as a regular expression (RE2), asked of distinct words beyond ASCII.
        """
        return self._class_counts(ascii_characters, pattern)[self.codes]

    def holding(self, ascii_characters: str, pattern: str) -> NDArray[np.bool_]:
        """Whether every word holds a character of a class, given as for ``counting``."""
        found: NDArray[np.bool_] = (self._class_counts(ascii_characters, pattern) > 0)[self.codes]
        return found

    def _class_counts(self, ascii_characters: str, pattern: str) -> NDArray[np.int64]:
        if not len(self.vocabulary):
            return np.zeros(0, dtype=np.int64)
        table = np.zeros(256, dtype=np.uint8)
        table[list(ascii_characters.encode())] = 1
        offsets = string_bounds(self.vocabulary)
        flat = string_bytes(self.vocabulary)
        sums = np.add.reduceat(table[flat], offsets[:-1], dtype=np.int64)
        wide = np.flatnonzero(np.maximum.reduceat(flat, offsets[:-1]) >= 0x80)
        if len(wide):
            found = pc.count_substring_regex(self.vocabulary.take(pa.array(wide)), pattern)
            sums[wide] = found.to_numpy(zero_copy_only=False)
        return sums

    def total(self, values: NDArray[np.generic]) -> NDArray[np.int64]:
        """Sum of an integer (or true) per word over every document; 0 where it has no words."""
        sums = np.zeros(len(self) + 1, dtype=np.int64)
        np.cumsum(values, out=sums[1:])
        return sums[self.offsets[1:]] - sums[self.offsets[:-1]]


def find_words(flat: NDArray[np.uint8], bounds: NDArray[np.int64]) -> Words:
    """Cuts flat UTF-8 bytes into words.

    Args:
        flat: the bytes of all documents, one after another.
        bounds: int64 (documents + 1,), where every document begins in ``flat``, then where the last ends.
    """
    space = is_space(flat)
    starts, stops = find_runs(space, bounds)
    encoded = strings(flat[~space], stops - starts).dictionary_encode()
    return Words(
        codes=encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False),
        vocabulary=encoded.dictionary,
        offsets=np.searchsorted(starts, bounds).astype(np.int64),
        starts=starts,
    )


def find_runs(
    separator: NDArray[np.bool_], bounds: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where runs of bytes that are no separators begin and stop; no run goes over a document's bounds."""
    begins, ends = bounds[:-1], bounds[1:]
    filled = ends > begins
    after = np.empty(len(separator), dtype=np.bool_)
    before = np.empty(len(separator), dtype=np.bool_)
    if len(separator):
        after[1:] = separator[:-1]
        before[:-1] = separator[1:]
        after[begins[filled]] = True
        before[ends[filled] - 1] = True
    return np.flatnonzero(~separator & after), np.flatnonzero(~separator & before) + 1


def is_space(flat: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether every byte of UTF-8 text belongs to a character that ``str.isspace`` calls white space."""
    space = ((flat - np.uint8(9)) <= 4) | ((flat - np.uint8(28)) <= 4)
    leads = np.flatnonzero(((flat - np.uint8(0xE1)) <= 2) | (flat == 0xC2))
    for sequence in _WIDE_SPACES if len(leads) else ():
        _mark(flat, leads, sequence, space)
    return space


def find_bytes(flat: NDArray[np.uint8], sequence: bytes) -> NDArray[np.int64]:
    """Where a sequence of bytes begins in flat bytes, overlapping ones too."""
    places = np.flatnonzero(flat[: max(0, len(flat) - len(sequence) + 1)] == sequence[0])
    return _that_begin(flat, places, sequence)


def _mark(
    flat: NDArray[np.uint8], leads: NDArray[np.int64], sequence: bytes, space: NDArray[np.bool_]
) -> None:
    places = _that_begin(flat, leads[leads <= len(flat) - len(sequence)], sequence)
    for shift in range(len(sequence)):
        space[places + shift] = True


def _that_begin(flat: NDArray[np.uint8], places: NDArray[np.int64], sequence: bytes) -> NDArray[np.int64]:
    for shift, byte in enumerate(sequence):
        places = places[flat[places + shift] == byte]
    return places


def strings(flat: NDArray[np.uint8], lengths: NDArray[np.int64]) -> pa.Array:
    """A large_string array of these lengths in bytes over UTF-8 bytes that lie one after another."""
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return pa.LargeStringArray.from_buffers(len(lengths), pa.py_buffer(offsets), pa.py_buffer(flat))


def string_bounds(array: pa.Array) -> NDArray[np.int64]:
    """int64 (length + 1,): offsets of a large_string array into its own bytes, beginning at 0."""
    if not len(array):
        return np.zeros(1, dtype=np.int64)
    offsets = np.frombuffer(array.buffers()[1], dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    from_zero: NDArray[np.int64] = offsets - offsets[0]
    return from_zero


def string_bytes(array: pa.Array) -> NDArray[np.uint8]:
    """The bytes that a large_string array without nulls refers to, without a copy."""
    content = array.buffers()[2] if len(array) else None
    if content is None:
        return np.zeros(0, dtype=np.uint8)
    offsets = np.frombuffer(array.buffers()[1], dtype=np.int64)
    first, last = offsets[array.offset], offsets[array.offset + len(array)]
    flat: NDArray[np.uint8] = np.frombuffer(content, dtype=np.uint8)[first:last]
    return flat
