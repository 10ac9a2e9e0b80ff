"""Lines of many texts at once: how many there are, and which words begin and end them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ingather.media.words import find_bytes

if TYPE_CHECKING:
    from ingather.media.text import TextBatch

_CARRIAGE_RETURN, _NEWLINE = 13, 10


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines as ``str.splitlines`` cuts them.

    Attributes:
        counts: int64 (documents,), number of lines of every document.
        first: bool (words,), whether a word is the first of its line.
        last: bool (words,), whether a word is the last of its line.
    """

    counts: NDArray[np.int64]
    first: NDArray[np.bool_]
    last: NDArray[np.bool_]


def find_lines(batch: TextBatch) -> Lines:
    """The lines of every text of a batch."""
    breaks = _line_breaks(batch.flat, batch.bounds)
    begins, ends = batch.bounds[:-1], batch.bounds[1:]
    before = np.searchsorted(breaks, batch.bounds)
    broken_off = np.zeros(len(batch), dtype=np.bool_)
    filled = np.flatnonzero(ends > begins)
    ends_in_break = np.isin(ends[filled] - 1, breaks, assume_unique=True)
    broken_off[filled] = ~ends_in_break
    words = batch.words
    line = np.searchsorted(breaks, words.starts)
    document = words.documents
    changes = np.flatnonzero((line[1:] != line[:-1]) | (document[1:] != document[:-1]))
    first, last = np.zeros(len(words), dtype=np.bool_), np.zeros(len(words), dtype=np.bool_)
    if len(words):
        first[0] = last[-1] = True
        first[changes + 1] = True
        last[changes] = True
    return Lines(counts=np.diff(before) + broken_off, first=first, last=last)


def bullet_and_ellipsis_lines(batch: TextBatch) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Share of lines that begin with a bullet (``•`` or ``-``), and share that end in an ellipsis.

    The definitions of Gopher's quality filter (Rae et al. 2021, appendix A.1.1). NaN where there is no line.
    """
    lines = find_lines(batch)
    bullets = batch.words.total(lines.first & batch.words.matching("^[•-]"))
    ellipses = batch.words.total(lines.last & batch.words.matching(r"(\.\.\.|…)$"))
    return share(bullets, lines.counts), share(ellipses, lines.counts)


def share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """``part / whole``, NaN where there is no whole."""
    result = np.full(len(whole), np.nan)
    np.divide(part, whole, out=result, where=whole > 0)
    return result


def _line_breaks(flat: NDArray[np.uint8], bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """The last byte of every line break, in order."""
    ends_line = ((flat - np.uint8(10)) <= 3) | ((flat - np.uint8(28)) <= 2)
    returns = np.flatnonzero(flat == _CARRIAGE_RETURN)
    if len(returns):
        followed = np.append(flat[1:], 0)[returns] == _NEWLINE
        followed &= ~np.isin(returns + 1, bounds)
        ends_line[returns[followed]] = False
    for sequence in (b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9"):
        ends_line[find_bytes(flat, sequence) + len(sequence) - 1] = True
    return np.flatnonzero(ends_line)
