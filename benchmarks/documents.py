"""A corpus of real prose and code that lies on this machine, with duplicates and junk that are known.

Documents are cut from the documentation of the system and of Python packages. One is taken as a base only
if fewer than a fifth of its runs of five words were seen in the ones before, so that every pair of documents
that is alike was made so on purpose, and is written down with its Jaccard similarity.

    python benchmarks/documents.py OUT --size 20000 --seed 0
"""

from __future__ import annotations

import argparse
import gzip
import html
import os
import random
import re
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".html", ".txt", ".rst", ".md", ".gz", ".py", ".h", ".pm", ".c", ".1", ".7")
LARGEST = 2_000_000
MARKUP = re.compile(r"<(script|style|head)\b.*?</\1>|<!--.*?-->|<[^>]+>", re.DOTALL | re.IGNORECASE)
BLANK_LINES = re.compile(r"\n\s*\n+")
NOTICE = (
    "This document is part of a public collection. It may be read, copied and passed on by anyone, provided "
    "that these lines stay at its head and that changes are marked as such.\n\n"
)
SLOGANS = (
    "Subscribe to our letter and be the first to know",
    "We use cookies on this page. Accept or read more",
    "Read this next: ten things that nobody told you",
)


@dataclass(frozen=True)
class Document:
    """One document and how it came about.

    Attributes:
        id: its name in the corpus.
        text: its words.
        kind: base, exact, reworded, headed, cut, slogans or junk.
        original: id of the base it was made from, or "".
        jaccard: similarity to that base over runs of five words.
    """

    id: str
    text: str
    kind: str
    original: str = ""
    jaccard: float = 1.0


def build(size: int, seed: int = 0) -> list[Document]:
    """About ``size`` documents in shuffled order: four fifths bases, the rest made from them, and junk."""
    lots = random.Random(seed)
    bases: list[str] = []
    seen: set[int] = set()
    for text in _texts(lots):
        for piece in _pieces(text, lots):
            runs = shingles(piece)
            if len(runs & seen) < len(runs) / 5:
                seen |= runs
                bases.append(piece)
        if len(bases) >= size * 0.8:
            break
    del bases[int(size * 0.8) :]
    documents = [Document(f"base-{row:07d}", text, "base") for row, text in enumerate(bases)]
    documents += _variants(bases, lots)
    lots.shuffle(documents)
    return documents


def shingles(text: str, n: int = 5) -> set[int]:
    """Hashes of the runs of n words, in lower case; a shorter text is one run."""
    words = text.lower().split()
    return {hash(tuple(words[row : row + n])) for row in range(max(1, len(words) - n + 1))}


def jaccard(left: str, right: str) -> float:
    """Shared runs of five words by all runs of both."""
    a, b = shingles(left), shingles(right)
    return len(a & b) / len(a | b)


def _variants(bases: list[str], lots: random.Random) -> Iterator[Document]:
    vocabulary = sorted({word for text in lots.sample(bases, min(500, len(bases))) for word in text.split()})
    number = len(bases)

    def reworded(text: str) -> str:
        rate = lots.choice((0.003, 0.006, 0.012, 0.025))
        return re.sub(r"\S+", lambda m: lots.choice(vocabulary) if lots.random() < rate else m.group(), text)

    def cut(text: str) -> str:
        words = text.split(" ")
        return " ".join(words[: int(len(words) * lots.uniform(0.8, 0.97))])

    makers = (
        ("exact", str, 0.06),
        ("reworded", reworded, 0.08),
        ("headed", NOTICE.__add__, 0.03),
        ("cut", cut, 0.03),
    )
    for kind, make, share in makers:
        for row in lots.sample(range(number), int(share * number)):
            text = make(bases[row])
            yield Document(f"{kind}-{row:07d}", text, kind, f"base-{row:07d}", jaccard(bases[row], text))
    for row in range(int(0.02 * number)):
        lines = [lots.choice(SLOGANS)] * lots.randint(8, 40)
        yield Document(
            f"slogans-{row:07d}", "\n".join([*lines, f"{lots.choice(vocabulary)} {row}"]), "slogans"
        )
    for row in range(int(0.03 * number)):
        marks = "".join(lots.choices("#@$%^&*()_+=-{}[]|~<>/? ", k=lots.randint(20, 300)))
        words = " ".join("#" + word for word in lots.choices(vocabulary, k=60))
        digits = " ".join(f"{lots.getrandbits(160):x}" for _ in range(60))
        yield Document(f"junk-{row:07d}", lots.choice((marks, words, digits)), "junk")


def _texts(lots: random.Random) -> Iterator[str]:
    roots = [
        "/usr/share/doc",
        "/usr/share/man",
        "/usr/share/perl",
        "/usr/include",
        sysconfig.get_path("stdlib"),
    ]
    roots += [sysconfig.get_path("purelib")]
    paths = {
        os.path.join(folder, name)
        for root in roots
        for folder, _, names in os.walk(root)
        for name in names
        if name.endswith(SUFFIXES)
    }
    ordered = sorted(paths)
    lots.shuffle(ordered)
    for path in ordered:
        text = _read(Path(path))
        if text is not None:
            yield text


def _read(path: Path) -> str | None:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            text = file.read(LARGEST).decode()
    except (OSError, EOFError, UnicodeDecodeError):
        return None
    if "\0" in text:
        return None
    if path.suffix == ".html":
        text = html.unescape(MARKUP.sub("", text))
    return BLANK_LINES.sub("\n\n", text).strip()


def _pieces(text: str, lots: random.Random) -> Iterator[str]:
    """Cuts a file at lines into documents of 50 to 3,000 words, as long as pages of the web are."""
    lines: list[str] = []
    words, wanted = 0, _page(lots)
    for line in text.split("\n"):
        lines.append(line)
        words += len(line.split())
        if words >= wanted:
            yield "\n".join(lines).strip()
            lines, words, wanted = [], 0, _page(lots)
    if words >= 50:
        yield "\n".join(lines).strip()


def _page(lots: random.Random) -> int:
    return min(3000, max(60, int(lots.lognormvariate(5.4, 0.7))))


def main() -> None:
    """Writes ``corpus.parquet`` (id, text) and ``truth.parquet`` (id, kind, original, jaccard)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    documents = build(asked.size, asked.seed)
    fields = {
        name: [getattr(d, name) for d in documents] for name in ("id", "text", "kind", "original", "jaccard")
    }
    table = pa.table(fields)
    pq.write_table(table.select(["id", "text"]), asked.out / "corpus.parquet", row_group_size=2_000)
    pq.write_table(table.drop_columns(["text"]), asked.out / "truth.parquet")
    size = sum(len(d.text) for d in documents) / 1e6
    print(f"{len(documents)} documents, {size:.0f} MB", file=sys.stderr)


if __name__ == "__main__":
    main()
