"""Plain Polars: the quality rules and repeated lines and paragraphs as expressions.

It has no encoding repair and no repeated n-grams of words, so it does a part of the work of the other two.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import polars as pl

STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")


def repeated(pieces: pl.Expr) -> pl.Expr:
    """Share of the pieces that were there before."""
    return 1 - pieces.list.n_unique() / pieces.list.len()


def main() -> None:
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    began = time.process_time()
    text = pl.col("text")
    words = pl.col("words")
    count = words.list.len()
    solid = words.list.eval(pl.element().filter(pl.element().str.contains(r"[^\p{P}\p{S}]")))
    lines = pl.col("lines")
    kept = (
        pl.scan_parquet(folder / "corpus.parquet")
        .with_columns(words=text.str.extract_all(r"\S+"), lines=text.str.split("\n"))
        .with_columns(solid=solid, paragraphs=text.str.replace_all(r"\n{3,}", "\n\n").str.split("\n\n"))
        .filter(
            pl.col("solid").list.len().is_between(50, 100_000)
            & pl.col("solid").list.eval(pl.element().str.len_chars()).list.mean().is_between(3, 10)
            & (text.str.count_matches("#", literal=True) / count <= 0.1)
            & (text.str.count_matches(r"\.\.\.|…") / count <= 0.1)
            & (lines.list.eval(pl.element().str.contains(r"^\s*[•-]")).list.mean() <= 0.9)
            & (lines.list.eval(pl.element().str.contains(r"(\.\.\.|…)\s*$")).list.mean() <= 0.3)
            & (words.list.eval(pl.element().str.contains(r"\p{L}")).list.mean() >= 0.8)
            & (pl.sum_horizontal(words.list.contains(word).cast(pl.Int32) for word in STOP_WORDS) >= 2)
            & (repeated(lines) <= 0.3)
            & (repeated(pl.col("paragraphs")) <= 0.3)
        )
        .select("id", "text")
        .collect(engine="streaming")
    )
    kept.write_parquet(out / "kept.parquet")
    print(json.dumps({"work": time.process_time() - began}))


if __name__ == "__main__":
    main()
