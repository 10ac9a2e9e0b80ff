"""Datatrove: the same three steps in its own pipeline; words are parted at white space, as on our side."""

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


TOKENIZER = WhiteSpace("en")
word_tokenizers.load_word_tokenizer = lambda language: TOKENIZER


def main() -> None:
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.filters import GopherQualityFilter, GopherRepetitionFilter
    from datatrove.pipeline.formatters import FTFYFormatter
    from datatrove.pipeline.readers import ParquetReader
    from datatrove.pipeline.writers import ParquetWriter

    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    began = os.times()
    began_cpu = time.process_time()
    LocalPipelineExecutor(
        pipeline=[
            ParquetReader(str(folder), glob_pattern="corpus.parquet", id_key="id", text_key="text"),
            FTFYFormatter(),
            GopherQualityFilter(),
            GopherRepetitionFilter(),
            ParquetWriter(str(out)),
        ],
        tasks=1,
        logging_dir=str(out / "logs"),
    ).run()
    ended = os.times()
    children = ended.children_user - began.children_user + ended.children_system - began.children_system
    print("\n" + json.dumps({"work": time.process_time() - began_cpu + children}))


if __name__ == "__main__":
    main()
