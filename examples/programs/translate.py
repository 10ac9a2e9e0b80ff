"""Translation for the recipe `command`: word for word, by a lexicon learned from the pairs themselves.

    task: {type: translation}
    train: {recipe: command, metric: chrf, options: {run: [python, translate.py]}}

The lexicon is that of IBM's first model (Brown and others, 1993). A stand-in that shows what goes in and out.
"""

import os
from collections import defaultdict

import pyarrow as pa
import pyarrow.parquet as pq

ROUNDS = 10

train = pq.read_table(os.environ["INGATHER_TRAIN"])
asked = pq.read_table(os.environ["INGATHER_PREDICT"])
sources = [text.split() for text in train["text"].to_pylist()]
targets = [text.split() for text in train["label"].to_pylist()]
chance: dict[tuple[str, str], float] = defaultdict(lambda: 1.0)
for _ in range(ROUNDS):
    together: dict[tuple[str, str], float] = defaultdict(float)
    of: dict[str, float] = defaultdict(float)
    for source, target in zip(sources, targets, strict=True):
        for word in target:
            whole = sum(chance[other, word] for other in source)
            for other in source:
                part = chance[other, word] / whole
                together[other, word] += part
                of[other] += part
    chance = defaultdict(float, {pair: count / of[pair[0]] for pair, count in together.items()})
best: dict[str, tuple[float, str]] = {}
for (word, other), value in chance.items():
    best[word] = max(best.get(word, (0.0, "")), (value, other))
answers = [
    " ".join(best.get(word, (0, word))[1] for word in text.split()) for text in asked["text"].to_pylist()
]
pq.write_table(pa.table({"id": asked["id"], "prediction": answers}), os.environ["INGATHER_OUT"])
