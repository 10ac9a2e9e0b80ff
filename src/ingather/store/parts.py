"""Further parts of samples: their ids, and the parts of a batch of samples as rows of their own."""

from __future__ import annotations

import hashlib

import orjson
import pyarrow as pa

PARTS_TABLE_COLUMNS = ("text", "blob")
"""What cleaning may have made anew of a part."""

ROWS = pa.schema(
    [
        ("id", pa.string()),
        ("sample", pa.string()),
        ("role", pa.string()),
        ("order", pa.int32()),
        ("text", pa.large_string()),
        ("blob", pa.string()),
        ("media_type", pa.string()),
    ]
)


def part_id(sample: str, role: str, order: int) -> str:
    """The id of a part: 32 hex digits made of its sample's id, its role and its place."""
    return hashlib.sha256(f"{sample}/{role}/{order}".encode()).hexdigest()[:32]


def rows_of_parts(samples: pa.Array, parts: pa.Array) -> pa.Table:
    """The parts of samples as rows with the columns of ``ROWS``.

    Args:
        samples: n ids.
        parts: n JSON texts as the samples table holds them, or null.
    """
    rows = [
        {
            "id": part_id(sample, part["role"], part["order"]),
            "sample": sample,
            **{name: part[name] for name in ("role", "order", "text", "blob", "media_type")},
        }
        for sample, text in zip(samples.to_pylist(), parts.to_pylist(), strict=True)
        if text
        for part in orjson.loads(text)
    ]
    return pa.Table.from_pylist(rows, ROWS)
