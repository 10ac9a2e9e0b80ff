"""How much of a text says the same again: lines, paragraphs, and n-grams of words.

The measures of Gopher (Rae et al. 2021, table A1), in the definitions that made them common: duplicates are
all occurrences but the first; the share of characters is of the whole text, white space included; repeated
n-grams of five words and more are counted from the left, each word at most once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingather.cleaning.lines import share
from ingather.cleaning.ngrams import Repeats, repeats
from ingather.media.words import Words, find_runs, string_bounds, string_bytes, strings

if TYPE_CHECKING:
    from ingather.media.text import TextBatch

TOP_SIZES = range(2, 5)
REPEATED_SIZES = range(5, 11)
_NEWLINE = 10
_ROUNDS = 32

MEASURES: dict[str, pa.DataType] = {
    "duplicate_paragraphs": pa.float32(),
    "duplicate_paragraph_characters": pa.float32(),
    "duplicate_lines": pa.float32(),
    "duplicate_line_characters": pa.float32(),
    **{f"top_{n}_gram": pa.float32() for n in TOP_SIZES},
    **{f"repeated_{n}_grams": pa.float32() for n in REPEATED_SIZES},
}


def measure_repetition(
    batch: TextBatch, top: range = TOP_SIZES, repeated: range = REPEATED_SIZES
) -> dict[str, NDArray[Any]]:
    """All of ``MEASURES``, or those of fewer sizes of n-grams: shares from 0, NaN where there is no text."""
    chars = batch.chars
    paragraphs, paragraph_chars, paragraph_count = _duplicate_paragraphs(batch)
    lines, line_chars, line_count = _duplicate_lines(batch)
    found = {
        "duplicate_paragraphs": share(paragraphs, paragraph_count),
        "duplicate_paragraph_characters": share(paragraph_chars, chars),
        "duplicate_lines": share(lines, line_count),
        "duplicate_line_characters": share(line_chars, chars),
    }
    words = batch.words
    ends = np.concatenate([[0], np.cumsum(words.chars)])
    for repeat in repeats(words, range(2, repeated.stop)):
        if repeat.n in top:
            found[f"top_{repeat.n}_gram"] = share(_top_characters(words, ends, repeat), chars)
        if repeat.n in repeated:
            found[f"repeated_{repeat.n}_grams"] = share(_repeated_characters(words, ends, repeat), chars)
    return {name: np.where(chars > 0, values, np.nan).astype(np.float32) for name, values in found.items()}


def _duplicate_lines(batch: TextBatch) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Lines parted by one or more newlines; a newline at an end of the text leaves an empty line there."""
    flat, bounds = batch.flat, batch.bounds
    newline = flat == _NEWLINE
    again, chars, counts = _duplicate_segments(flat, bounds, newline)
    opens, closes = np.zeros(len(batch), dtype=np.bool_), np.zeros(len(batch), dtype=np.bool_)
    filled = np.flatnonzero(np.diff(bounds) > 0)
    opens[filled] = newline[bounds[:-1][filled]]
    closes[filled] = newline[bounds[1:][filled] - 1]
    return again + (opens & closes), chars, counts + opens + closes


def _duplicate_paragraphs(batch: TextBatch) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Paragraphs parted by two or more newlines, white space around the text left out."""
    trimmed = pc.utf8_trim_whitespace(batch.filled)
    flat, bounds = string_bytes(trimmed), string_bounds(trimmed)
    newline = flat == _NEWLINE
    double = np.zeros(len(flat), dtype=np.bool_)
    pair = newline[1:] & newline[:-1]
    double[1:] |= pair
    double[:-1] |= pair
    return _duplicate_segments(flat, bounds, double)


def _duplicate_segments(
    flat: NDArray[np.uint8], bounds: NDArray[np.int64], separator: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Segments that were there before, their characters, and all segments, counted by document."""
    starts, stops = find_runs(separator, bounds)
    encoded = strings(flat[~separator], stops - starts).dictionary_encode()
    offsets = np.searchsorted(starts, bounds)
    counts = np.diff(offsets)
    document = np.repeat(np.arange(len(counts)), counts)
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
    ordered = np.sort(document * max(1, len(encoded.dictionary)) + codes)
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    where, what = np.divmod(again, max(1, len(encoded.dictionary)))
    lengths = pc.utf8_length(encoded.dictionary).to_numpy(zero_copy_only=False).astype(np.int64)
    return _sums(where, None, len(counts)), _sums(where, lengths[what], len(counts)), counts


def _top_characters(words: Words, ends: NDArray[np.int64], repeat: Repeats) -> NDArray[np.int64]:
    """Characters of the commonest n-gram times its count; of those alike, the first in the text.

    Args:
        words: words of the batch.
        ends: int64 (words + 1,), running sum of the words' characters.
        repeat: n-grams that occur again.
    """
    spaces = repeat.n - 1
    enough = np.flatnonzero(words.counts >= repeat.n)
    first = words.offsets[enough]
    result = np.zeros(len(words.counts), dtype=np.int64)
    result[enough] = ends[first + repeat.n] - ends[first] + spaces
    if not len(repeat.places):
        return result
    heads = np.flatnonzero(np.diff(repeat.groups, prepend=-1))
    counts = np.diff(heads, append=len(repeat.groups))
    place = repeat.places[heads]
    document = words.documents[place]
    order = np.lexsort((place, -counts, document))
    best = order[np.flatnonzero(np.diff(document[order], prepend=-1))]
    length = ends[place[best] + repeat.n] - ends[place[best]] + spaces
    result[document[best]] = length * counts[best]
    return result


def _repeated_characters(words: Words, ends: NDArray[np.int64], repeat: Repeats) -> NDArray[np.int64]:
    """Characters of n-grams that were read before, from left to right, jumping over each one found."""
    taken = _greedy(repeat)
    return _sums(words.documents[taken], ends[taken + repeat.n] - ends[taken], len(words.counts))


def _greedy(repeat: Repeats) -> NDArray[np.int64]:
    """Places at which a reader, who jumps n words after every n-gram read before, finds one.

    What is jumped over is not read, so whether a place counts depends on all before it. Guessing that all is
    read, taking places greedily, and reading again with what that leaves settles from the left; real texts
    settle in two or three rounds.
    """
    order = np.argsort(repeat.places)
    places, groups = repeat.places[order], repeat.groups[order]
    index = np.arange(len(places))
    read = np.ones(len(places), dtype=np.bool_)
    taken = places[:0]
    for _ in range(_ROUNDS if len(places) else 0):
        first_read = np.full(int(groups.max()) + 1, len(places))
        np.minimum.at(first_read, groups[read], index[read])
        known = places[index > first_read[groups]]
        taken = _every_nth(known, repeat.n)
        before = np.searchsorted(taken, places) - 1
        covered = (
            (before >= 0) & (places - taken[np.maximum(before, 0)] < repeat.n) if len(taken) else before >= 0
        )
        if np.array_equal(read, ~covered):
            break
        read = ~covered
    return taken


def _every_nth(places: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """The first place, then always the next one at least n further: by doubling jumps, not one by one."""
    count = len(places)
    if not count:
        return places
    begins = np.diff(places, prepend=places[0] - n) >= n
    run = np.append(np.cumsum(begins), -1)
    jump = np.append(np.searchsorted(places, places + n), count)
    jump[run[jump] != run] = count
    reached = np.append(begins, False)
    while True:
        landed = jump[np.flatnonzero(reached)]
        landed = landed[landed < count]
        if not len(landed):
            chosen: NDArray[np.int64] = places[reached[:-1]]
            return chosen
        reached[landed] = True
        jump = jump[jump]


def _sums(where: NDArray[np.int64], what: NDArray[np.int64] | None, length: int) -> NDArray[np.int64]:
    return np.bincount(where, what, minlength=length).astype(np.int64)
