"""A batch of records: rows of named fields, decoded from their JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray

from ingather.sample import Json


@dataclass(frozen=True, eq=False)
class RecordBatch:
    """Records of many samples.

    Attributes:
        ids: the samples' ids.
        rows: the fields of every record by name; None where it could not be read.
        faults: why a record could not be read, in words; None where it could.
    """

    ids: Sequence[str]
    rows: list[dict[str, Json] | None]
    faults: list[str | None]

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows: NDArray[np.int64] | Sequence[int]) -> RecordBatch:
        """The batch of these rows, in this order."""
        places = np.asarray(rows, dtype=np.int64).tolist()
        return RecordBatch(
            [self.ids[place] for place in places],
            [self.rows[place] for place in places],
            [self.faults[place] for place in places],
        )


def decode_records(ids: Sequence[str], data: Sequence[str | None]) -> RecordBatch:
    """Reads records from JSON objects.

    Args:
        ids: the samples' ids.
        data: JSON text of every record, or None.
    """
    rows: list[dict[str, Json] | None] = []
    faults: list[str | None] = []
    for text in data:
        row, fault = _decode(text)
        rows.append(row)
        faults.append(fault)
    return RecordBatch(ids, rows, faults)


def _decode(text: str | None) -> tuple[dict[str, Json] | None, str | None]:
    if text is None:
        return None, "The record is missing."
    try:
        row = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return None, f"The record is not JSON: {error}."
    if not isinstance(row, dict):
        return None, f"The record is a JSON {type(row).__name__}, not an object with fields."
    return row, None
