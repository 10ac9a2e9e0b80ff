"""Reads CoNLL-U, the form of Universal Dependencies (universaldependencies.org/format.html)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import xxhash

from ingather.formats.split_names import split_of
from ingather.formats.text_blocks import read_blocks
from ingather.sample import Item, Json, Loss

COLUMNS = ("id", "tokens", "lemmas", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
_RANGE = re.compile(r"\d+-\d+")
_EMPTY = re.compile(r"\d+\.\d+")


def looks_like_conllu(file: Path) -> bool:
    """Whether the first sentence has ten columns a line, the first of them numbers from 1."""
    blocks = (block for block in read_blocks(file, file.name) if not isinstance(block, Loss))
    for _, text in islice(blocks, 3):
        rows = [line.split("\t") for line in text.split("\n") if not line.startswith("#")]
        if rows:
            return all(len(row) == 10 for row in rows) and rows[0][0] in ("1", "1-2", "0.1", "1-3")
    return False


def read_treebank(
    file: Path, name: str, tag: str, licence: str | None, seen: set[str]
) -> Iterator[Item | Loss]:
    """Every sentence of a file; one whose lines are not as they should be is kept with its fault."""
    split, session, number = split_of(file.stem), None, 0
    for block in read_blocks(file, name):
        if isinstance(block, Loss):
            yield block
            continue
        line, text = block
        lines = text.split("\n")
        comments = [one for one in lines if one.startswith("#")]
        told = {what.strip("# "): said.strip() for what, equals, said in _halves(comments) if equals}
        for comment in comments:
            if comment.startswith("# newdoc"):
                session = told.get("newdoc id") or None
        rows = [one.split("\t") for one in lines if not one.startswith("#")]
        if not rows:
            yield Loss(f"{name}, line {line}", "comments without a sentence", 0)
            continue
        number += 1
        item = _sentence(rows, comments, tag, line)
        own = told.get("sent_id", "")
        item.key = own if own and own not in seen else f"{name}#{number}"
        seen.add(item.key)
        item.session, item.split, item.licence = session, split, licence
        item.stamp = xxhash.xxh3_128_hexdigest(text.encode())
        yield item


def _halves(comments: list[str]) -> list[tuple[str, str, str]]:
    return [comment.partition("=") for comment in comments]


def _sentence(rows: list[list[str]], comments: list[str], tag: str, line: int) -> Item:
    item = Item("", "text")
    words: list[list[str]] = []
    further: list[Json] = []
    for place, row in enumerate(rows):
        if len(row) != 10:
            at = line + len(comments) + place
            item.fault = item.fault or f"line {at} has {len(row)} columns where CoNLL-U has 10"
            row = (row + ["_"] * 10)[:10]
        if _RANGE.fullmatch(row[0]) or _EMPTY.fullmatch(row[0]):
            further.append([len(words), *row])
            continue
        if row[0] != str(len(words) + 1):
            item.fault = item.fault or f"word {len(words) + 1} is numbered '{row[0]}'"
        words.append(row)
    columns = list(zip(*words, strict=True)) if words else [()] * 10
    data: dict[str, Json] = {
        name: list(columns[n]) for n, name in enumerate(COLUMNS) if n == 1 or (n and set(columns[n]) - {"_"})
    }
    label = data.pop(tag, None)
    kept: list[Json] = [c for c in comments if not c.startswith(("# sent_id", "# newdoc"))]
    item.data = {**data, **({"comments": kept} if kept else {}), **({"rows": further} if further else {})}
    item.text = " ".join(columns[1])
    item.label = label if words and item.fault is None else None
    if not words:
        item.fault = item.fault or "it has no word"
    return item
