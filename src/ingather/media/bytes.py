"""Samples as nothing but the digests of what they hold: enough to tell exact copies, in any modality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class BytesBatch:
    """Digests side by side.

    Attributes:
        ids: the samples' ids.
        digests: SHA-256 in hex of the blob, of the text, or of the record's canonical JSON; None where
            the sample holds nothing.
    """

    ids: Sequence[str]
    digests: Sequence[str | None]

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Sequence[int] | NDArray[np.int64]) -> BytesBatch:
        """The same batch with only these rows, in this order."""
        return BytesBatch([self.ids[i] for i in rows], [self.digests[i] for i in rows])
