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
        givers: of records, who gave them: source and contributor; None where nobody is known, and of
            other modalities. An empty sequence says that of all.
    """

    ids: Sequence[str]
    digests: Sequence[str | None]
    givers: Sequence[tuple[str, str] | None] = ()

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Sequence[int] | NDArray[np.int64]) -> BytesBatch:
        """The same batch with only these rows, in this order."""
        givers = [self.givers[i] for i in rows] if self.givers else ()
        return BytesBatch([self.ids[i] for i in rows], [self.digests[i] for i in rows], givers)
