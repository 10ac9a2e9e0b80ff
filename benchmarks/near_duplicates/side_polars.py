"""Plain Polars: MinHash of 14 bands of 8 as expressions; whatever shares a band is a copy, unchecked."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import polars as pl

BANDS, ROWS, WORDS, BATCH = 14, 8, 5, 2_000


def band_keys(texts: pl.DataFrame) -> pl.DataFrame:
    """One row a document with the hash of each of its bands."""
    words = texts.select("row", word=pl.col("text").str.to_lowercase().str.extract_all(r"\S+")).explode(
        "word"
    )
    shifted = [pl.col("word").shift(-step).over("row") for step in range(WORDS)]
    shingles = words.select("row", run=pl.concat_str(shifted, separator=" ")).drop_nulls()
    hashes = [pl.col("run").hash(seed=slot).min().alias(f"h{slot}") for slot in range(BANDS * ROWS)]
    table = shingles.group_by("row").agg(hashes)
    keys = [
        pl.struct([f"h{band * ROWS + row}" for row in range(ROWS)]).hash().alias(f"b{band}")
        for band in range(BANDS)
    ]
    return table.select("row", *keys)


def main() -> None:
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    began = time.process_time()
    table = pl.read_parquet(folder / "corpus.parquet").with_row_index("row")
    parts = [band_keys(table.slice(start, BATCH)) for start in range(0, len(table), BATCH)]
    keys = pl.concat(parts).sort("row")
    root = list(range(len(table)))

    def find(row: int) -> int:
        while root[row] != row:
            root[row] = root[root[row]]
            row = root[row]
        return row

    for band in range(BANDS):
        first = pl.col("row").min().over(f"b{band}")
        edges = keys.select("row", first=first).filter(pl.col("row") != pl.col("first"))
        for row, earlier in edges.iter_rows():
            a, b = find(row), find(earlier)
            root[max(a, b)] = min(a, b)
    kept = [row for row in range(len(table)) if find(row) == row]
    table[kept].select("id", "text").write_parquet(out / "kept.parquet")
    print(json.dumps({"work": time.process_time() - began}))


if __name__ == "__main__":
    main()
