"""The Levenshtein distance of many pairs at once."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

CELLS = 4_000_000


def edit_distances(
    left: Sequence[Sequence[Hashable]], right: Sequence[Sequence[Hashable]]
) -> NDArray[np.int64]:
    """How many tokens must be put in, left out or changed to turn each left side into its right one.

    Row by row of the table of Wagner and Fischer (1974), all pairs of a batch side by side; a run of
    insertions along a row is a running minimum, so no cell is visited in Python.

    Args:
        left: n sequences of tokens (words, or a string for its characters).
        right: n sequences.

    Returns:
        n distances.
    """
    found = np.zeros(len(left), np.int64)
    codes: dict[Hashable, int] = {}
    order = sorted(range(len(left)), key=lambda row: (len(left[row]), len(right[row])))
    batch: list[int] = []
    widest = 0
    for row in order:
        wide = max(widest, len(right[row]))
        if batch and (len(batch) + 1) * (wide + 1) > CELLS // max(len(left[row]), 1) + 1:
            found[batch] = _batch([left[i] for i in batch], [right[i] for i in batch], codes)
            batch, wide = [], len(right[row])
        batch.append(row)
        widest = wide
    if batch:
        found[batch] = _batch([left[i] for i in batch], [right[i] for i in batch], codes)
    return found


def _batch(
    left: list[Sequence[Hashable]], right: list[Sequence[Hashable]], codes: dict[Hashable, int]
) -> NDArray[np.int64]:
    above, heights = _padded(left, codes, -1)
    across, widths = _padded(right, codes, -2)
    steps = np.arange(across.shape[1] + 1)
    row = np.tile(steps, (len(left), 1))
    found = row[np.arange(len(left)), widths].copy()
    for at in range(above.shape[1]):
        changed = row[:, :-1] + (across != above[:, at : at + 1])
        best = np.empty_like(row)
        best[:, 0] = at + 1
        np.minimum(changed, row[:, 1:] + 1, out=best[:, 1:])
        row = np.minimum.accumulate(best - steps, axis=1) + steps
        ends = np.flatnonzero(heights == at + 1)
        found[ends] = row[ends, widths[ends]]
    return found


def _padded(
    sequences: list[Sequence[Hashable]], codes: dict[Hashable, int], filler: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    lengths = np.array([len(tokens) for tokens in sequences], np.int64)
    table = np.full((len(sequences), int(lengths.max(initial=0))), filler, np.int64)
    for row, tokens in enumerate(sequences):
        table[row, : len(tokens)] = [codes.setdefault(token, len(codes)) for token in tokens]
    return table, lengths
