"""What must not be trained on: texts of benchmarks and of other releases, found among the samples."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from ingather.cleaning.contamination import Index, build_index, contamination
from ingather.cleaning.judging import Broken
from ingather.errors import InputError
from ingather.plan.model import Plan
from ingather.store.workspace import Workspace

NAME = "against"
NEAR = 0.8
"""Jaccard similarity of word runs from which a text is the benchmark's."""
OVERLAP = 0.5
"""Share of a text's words in runs of the benchmark from which it is too much of it."""


def state_of(workspace: Workspace, plan: Plan) -> list[str]:
    """Changes when a file of ``against`` changes."""
    told = []
    for path in _paths(workspace, plan):
        size = path.stat()
        told.append(f"{path.name} {size.st_size} {size.st_mtime_ns}")
    return told


def load_index(workspace: Workspace, plan: Plan) -> Index | None:
    """The texts that the plan's ``against`` names; None where it names none.

    Raises:
        InputError: the plan is not about texts, or a file holds none.
    """
    if not plan.against:
        return None
    if plan.modality != "text":
        raise InputError(
            f"against works on texts, and the plan's modality is '{plan.modality}'.",
            why="Of other modalities only exact and near copies within the workspace are found.",
            fix="Take 'against' out of the plan.",
        )
    from ingather.media.text import TextBatch

    texts = [text for path in _paths(workspace, plan) for text in _texts(path) if text.strip()]
    if not texts:
        raise InputError(
            f"against: there is no text in {', '.join(plan.against)}.",
            why="Nothing could be compared.",
            fix="Name a .txt (a text a line), .jsonl, .csv or .parquet file, or a release's folder.",
        )
    names = [hashlib.sha256(text.encode()).hexdigest()[:32] for text in texts]
    return build_index(TextBatch(names, pa.array(texts, pa.large_string())))


def find_contaminated(ids: list[str], texts: pa.Array, index: Index) -> Iterator[Broken]:
    """The texts that stand in the index, exactly, nearly, or by a large share of their words."""
    from ingather.media.text import TextBatch

    found = contamination(TextBatch(ids, texts), index)
    overlap = np.nan_to_num(found.overlap)
    for row in np.flatnonzero((found.similarity >= NEAR) | (overlap >= OVERLAP)).tolist():
        near = found.similarity[row] >= NEAR
        value = found.similarity[row] if near else overlap[row]
        yield Broken(
            row,
            NAME,
            "It stands in what must not be trained on"
            + (
                " (the same text)."
                if found.exact[row]
                else " (nearly so)."
                if near
                else " (a share of its words)."
            ),
            "similarity" if near else "overlap",
            f"{value:.4g}",
            f"{NEAR if near else OVERLAP:.4g}",
            "quarantined",
        )


def _paths(workspace: Workspace, plan: Plan) -> Iterator[Path]:
    for name in plan.against:
        path = workspace.root / name
        if path.is_dir():
            yield from sorted(path.rglob("*.parquet")) or sorted(path.rglob("*.jsonl"))
        elif path.is_file():
            yield path
        else:
            raise InputError(f"against: there is no {name}.", fix="Name a file or a release's folder.")


def _texts(path: Path) -> Iterator[str]:
    kind = path.suffix.lower()
    if kind == ".parquet":
        table = pq.read_table(path)
        names = [name for name in ("text", "question", "prompt", "content") if name in table.column_names]
        if not names:
            names = [
                f.name for f in table.schema if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)
            ]
        for name in names:
            yield from (value for value in table[name].to_pylist() if isinstance(value, str))
    elif kind in (".jsonl", ".ndjson"):
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            if line.strip():
                yield from _strings(_parsed(line, path, number))
    elif kind in (".csv", ".tsv"):
        with open(path, encoding="utf-8", errors="replace", newline="") as file:
            for row in csv.reader(file, delimiter="\t" if kind == ".tsv" else ","):
                yield from row
    else:
        yield from path.read_text("utf-8", "replace").splitlines()


def _parsed(line: bytes, path: Path, number: int) -> object:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as wrong:
        raise InputError(
            f"against: {path.name}, line {number} is no JSON: {wrong}.",
            fix="Mend the line, or name another file.",
        ) from wrong


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
