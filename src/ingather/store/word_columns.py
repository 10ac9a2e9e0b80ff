"""Columns of words gathered batch by batch: four bytes a row, and each word once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


@dataclass
class WordColumn:
    """Values of a column as they come; words are kept by code, numbers as they are."""

    _parts: list[pa.Array] = field(default_factory=list)
    _words: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))

    def add(self, values: pa.Array | pa.ChunkedArray) -> None:
        """Adds the values of some rows."""
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks()
        if (
            pa.types.is_null(values.type)
            or pa.types.is_string(values.type)
            or pa.types.is_large_string(values.type)
        ):
            values = self._codes(values.cast(pa.string()).dictionary_encode())
        self._parts.append(values)

    def joined(self) -> pa.Array:
        """All values in one array, dictionary-encoded where they are words; they are held here no longer."""
        parts, self._parts = self._parts, []
        if parts and not pa.types.is_integer(parts[0].type):
            return pa.concat_arrays(parts)
        codes = pa.concat_arrays(parts) if parts else pa.array([], pa.int32())
        return pa.DictionaryArray.from_arrays(codes, self._words)

    def _codes(self, values: pa.DictionaryArray) -> pa.Array:
        known = pc.index_in(values.dictionary, self._words)
        new = values.dictionary.filter(known.is_null())
        if len(new):
            first = len(self._words)
            self._words = pa.concat_arrays([self._words, new])
            added = np.cumsum(known.is_null().to_numpy(zero_copy_only=False)) + (first - 1)
            known = pc.coalesce(known, pa.array(added.astype(np.int32)))
        return known.take(values.indices)


def plain(values: pa.Array) -> pa.Array:
    """Values as an array of their own type, not of codes."""
    return pc.cast(values, values.type.value_type) if pa.types.is_dictionary(values.type) else values
