"""Features of one sample as a sparse row, so that examples can be taken apart and put together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class SparseRow:
    """The features of one sample that are not 0.

    Attributes:
        columns: their places.
        values: their values.
    """

    columns: NDArray[np.int32]
    values: NDArray[np.float64]


def split_rows(matrix: Any) -> list[SparseRow]:
    """The rows of a CSR matrix; they share its memory."""
    ends = matrix.indptr
    return [SparseRow(matrix.indices[start:end], matrix.data[start:end]) for start, end in pairwise(ends)]


def join_rows(rows: Sequence[SparseRow], width: int) -> Any:
    """A CSR matrix n x width of n rows."""
    from scipy.sparse import csr_matrix

    ends = np.concatenate([[0], np.cumsum([len(row.columns) for row in rows], dtype=np.int64)])
    columns = np.concatenate([row.columns for row in rows]) if rows else np.empty(0, np.int32)
    values = np.concatenate([row.values for row in rows]) if rows else np.empty(0)
    return csr_matrix((values, columns, ends), shape=(len(rows), width))
