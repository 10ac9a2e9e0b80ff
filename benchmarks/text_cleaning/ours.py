"""Ours: encoding repair, Gopher quality, Gopher repetition; every measure of every document is kept."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ingather.cleaning.judging import breaks
from ingather.cleaning.text import encoding_repair, gopher_quality, gopher_repetition
from ingather.media.text import TextBatch

BATCH = 1_000


class Plain:
    """Columns named as the measures are."""

    def column(self, measure: str) -> str:
        return measure


def clean(table: pa.Table) -> tuple[pa.Table, list[str | None]]:
    """The documents that are kept, and for each document why it is not."""
    batch = TextBatch(table["id"].to_pylist(), table["text"].combine_chunks().cast(pa.large_string()))
    changed = encoding_repair.change(batch, encoding_repair.Config())
    if any(text is not None for text in changed):
        old = batch.text.to_pylist()
        texts = [new if new is not None else was for new, was in zip(changed, old, strict=True)]
        batch = TextBatch(batch.ids, pa.array(texts, pa.large_string()))
    why: list[str | None] = [None] * len(batch)
    for operator in (gopher_quality, gopher_repetition):
        config = operator.Config()
        measured = operator.measure(batch, config)
        columns = pa.table({name: pa.array(values, from_pandas=True) for name, values in measured.items()})
        for bound in operator.bounds(config):
            for row in np.flatnonzero(breaks(columns, Plain(), bound)).tolist():
                why[row] = why[row] or f"{operator.__name__.rsplit('.', 1)[-1]}: {bound.measure}"
    kept = pa.array([reason is None for reason in why])
    return pa.table({"id": table["id"], "text": batch.text}).filter(kept), why


def main() -> None:
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    began = time.process_time()
    with pq.ParquetWriter(
        out / "kept.parquet", pa.schema([("id", pa.string()), ("text", pa.large_string())])
    ) as file:
        for part in pq.ParquetFile(folder / "corpus.parquet").iter_batches(BATCH):
            kept, _ = clean(pa.Table.from_batches([part]))
            file.write_table(kept)
    print(json.dumps({"work": time.process_time() - began}))


if __name__ == "__main__":
    main()
