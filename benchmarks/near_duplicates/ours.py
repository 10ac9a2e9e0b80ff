"""Ours: sketches, bands, candidates, and the true Jaccard similarity of each; the first that came is kept."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ingather.cleaning.text import near_duplicates
from ingather.media.text import TextBatch

BATCH, PAIRS = 1_000, 512


def main() -> None:
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    began = time.process_time()
    config = near_duplicates.Config()
    table = pq.read_table(folder / "corpus.parquet").combine_chunks()
    ids = table["id"].to_pylist()
    texts = table["text"].combine_chunks().cast(pa.large_string())
    signed = []
    for start in range(0, len(ids), BATCH):
        batch = TextBatch(ids[start : start + BATCH], texts.slice(start, BATCH))
        signed.append(near_duplicates.sign(batch, config))
    signatures = pa.concat_arrays(signed)
    pairs = near_duplicates.pairs(signatures, 0, config)
    similar = np.zeros(len(pairs))
    for start in range(0, len(pairs), PAIRS):
        block = pairs[start : start + PAIRS]
        left, right = (TextBatch(ids, texts.take(pa.array(block[:, side]))) for side in (0, 1))
        similar[start : start + PAIRS] = near_duplicates.same(left, right, config)
    pairs = pairs[similar >= config.threshold]
    kept = np.ones(len(ids), dtype=bool)
    for earlier, later in pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))].tolist():
        kept[later] &= not kept[earlier]
    pq.write_table(table.filter(pa.array(kept)), out / "kept.parquet")
    size = signatures.nbytes / max(1, len(ids))
    print(json.dumps({"work": time.process_time() - began, "signature_bytes": round(size)}))


if __name__ == "__main__":
    main()
