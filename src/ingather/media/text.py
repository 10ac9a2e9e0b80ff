"""A batch of texts, with the structure that operators share worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingather.media.words import Words, find_words, string_bounds, string_bytes


@dataclass(frozen=True, eq=False)
class TextBatch:
    """Texts of many samples.

    Attributes:
        ids: the samples' ids.
        text: large_string array of the same length; null where a sample has no text.
    """

    ids: Sequence[str]
    text: pa.Array

    def __len__(self) -> int:
        return len(self.text)

    def take(self, rows: NDArray[np.int64] | Sequence[int]) -> TextBatch:
        """The batch of these rows, in this order."""
        places = np.asarray(rows, dtype=np.int64)
        return TextBatch([self.ids[row] for row in places.tolist()], self.text.take(pa.array(places)))

    @cached_property
    def present(self) -> NDArray[np.bool_]:
        """Whether every sample has a text at all; an empty one counts."""
        valid: NDArray[np.bool_] = self.text.is_valid().to_numpy(zero_copy_only=False)
        return valid

    @cached_property
    def filled(self) -> pa.Array:
        """The texts as one contiguous large_string array, "" where there is none."""
        return pa.concat_arrays([self.text.fill_null("")])

    @cached_property
    def bounds(self) -> NDArray[np.int64]:
        """int64 (documents + 1,): where every text begins in ``flat``, then where the last ends."""
        return string_bounds(self.filled)

    @cached_property
    def flat(self) -> NDArray[np.uint8]:
        """The UTF-8 bytes of all texts, one after another."""
        return string_bytes(self.filled)

    @cached_property
    def ascii(self) -> NDArray[np.bool_]:
        """Whether every text is plain ASCII; true of an empty one."""
        plain: NDArray[np.bool_] = pc.string_is_ascii(self.filled).to_numpy(zero_copy_only=False)
        return plain

    @cached_property
    def chars(self) -> NDArray[np.int64]:
        """Number of characters (code points) of every text; 0 where there is none."""
        lengths: NDArray[np.int64] = pc.utf8_length(self.filled).to_numpy(zero_copy_only=False)
        return lengths.astype(np.int64, copy=False)

    @cached_property
    def words(self) -> Words:
        """The words of all texts."""
        return find_words(self.flat, self.bounds)

    def count(self, sequence: str) -> NDArray[np.int64]:
        """How often a piece of text occurs in every text, without overlap."""
        found: NDArray[np.int64] = pc.count_substring(self.filled, sequence).to_numpy(zero_copy_only=False)
        return found.astype(np.int64, copy=False)


def text_batch(ids: Sequence[str], texts: pa.Array | pa.ChunkedArray | Sequence[str | None]) -> TextBatch:
    """A batch from any Arrow strings or a plain list."""
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    array = (
        texts.cast(pa.large_string()) if isinstance(texts, pa.Array) else pa.array(texts, pa.large_string())
    )
    return TextBatch(ids, array)
