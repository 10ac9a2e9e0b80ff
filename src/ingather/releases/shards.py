"""Parquet shards of at most a gigabyte, with the features that the Hugging Face loader reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingather.releases.content import Content

MOST_BYTES = 1 << 30
GROUP_BYTES = 64 << 20
_DECODED = ("audio", "image", "video")
"""Media that the loader has a feature of its own for."""


def write_split(content: Content, rows: Any, folder: Path, split: str) -> int:
    """Writes one split as ``data/SPLIT-00000-of-00001.parquet`` and so on; returns the number of shards."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    told = json.dumps({"info": {"features": features(content)}}, separators=(",", ":"))
    schema = content.schema.with_metadata({"huggingface": told})
    writer: pq.ParquetWriter | None = None
    waiting: list[pa.Table] = []
    held = written = shards = 0

    def flush() -> None:
        nonlocal writer, held, written, shards
        if writer is None:
            writer = pq.ParquetWriter(folder / "data" / f"{split}-{shards:05d}", schema, compression="zstd")
            shards += 1
        if waiting:
            writer.write_table(pa.concat_tables(waiting).replace_schema_metadata(schema.metadata))
            written += held
            waiting.clear()
            held = 0
        if written >= MOST_BYTES:
            writer.close()
            writer, written = None, 0

    for table, files in content.batches(rows):
        for name, data in files:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        waiting.append(table)
        held += table.nbytes
        if held >= GROUP_BYTES:
            flush()
    if waiting or shards == 0:
        flush()
    if writer is not None:
        writer.close()
    for number in range(shards):
        source = folder / "data" / f"{split}-{number:05d}"
        source.rename(folder / "data" / f"{split}-{number:05d}-of-{shards:05d}.parquet")
    return shards


def features(content: Content) -> dict[str, Any]:
    """By column, the Hugging Face feature of a release as its Parquet metadata holds it."""
    media = content.media
    return {field.name: _feature(field.type, media.get(field.name, "")) for field in content.schema}


def _feature(kind: pa.DataType, media: str) -> Any:
    if pa.types.is_list(kind):
        return {"feature": _feature(kind.value_type, media), "_type": "List"}
    if pa.types.is_struct(kind):
        if media in _DECODED:
            return {"_type": media.capitalize()}
        return {inner.name: _feature(inner.type, "") for inner in kind}
    return {"dtype": {"double": "float64"}.get(str(kind), str(kind)), "_type": "Value"}
