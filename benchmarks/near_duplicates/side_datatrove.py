"""Datatrove: its four MinHash steps, 14 buckets of 8 hashes over runs of five words.

Words are parted by its own tokenizer of English, or at white space where the third argument says "spaces".
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from datatrove.utils import word_tokenizers


class WhiteSpace(word_tokenizers.WordTokenizer):
    """The fastest tokenizer there is."""

    def word_tokenize(self, text: str) -> list[str]:
        return text.split()

    def sent_tokenize(self, text: str) -> list[str]:
        return [text]

    def span_tokenize(self, text: str) -> list[tuple[int, int]]:
        return [(0, len(text))]


if sys.argv[3:] == ["spaces"]:
    TOKENIZER = WhiteSpace("en")
    word_tokenizers.load_word_tokenizer = lambda language: TOKENIZER


def main() -> None:
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import (
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import ParquetReader
    from datatrove.pipeline.writers import ParquetWriter

    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    config = MinhashConfig(n_grams=5, num_buckets=14, hashes_per_bucket=8)
    work = str(out / "work")
    began, began_cpu = os.times(), time.process_time()

    def read() -> ParquetReader:
        return ParquetReader(str(folder), glob_pattern="corpus.parquet", id_key="id", text_key="text")

    steps = (
        ([read(), MinhashDedupSignature(f"{work}/signatures", config, language="en")], 1),
        ([MinhashDedupBuckets(f"{work}/signatures", f"{work}/buckets", config=config)], 14),
        ([MinhashDedupCluster(f"{work}/buckets", f"{work}/remove", config=config)], 1),
        ([read(), MinhashDedupFilter(f"{work}/remove"), ParquetWriter(str(out / "kept"))], 1),
    )
    for number, (pipeline, tasks) in enumerate(steps):
        LocalPipelineExecutor(
            pipeline=pipeline, tasks=tasks, workers=1, logging_dir=str(out / f"logs{number}")
        ).run()
    ended = os.times()
    children = ended.children_user - began.children_user + ended.children_system - began.children_system
    print("\n" + json.dumps({"work": time.process_time() - began_cpu + children}))


if __name__ == "__main__":
    main()
