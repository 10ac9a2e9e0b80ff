"""Writes sentences with tags in columns, one file a split."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from ingather.formats.left_out import LeftOut
from ingather.sample import Item, Json, Loss

_BREAKS = re.compile(r"[\s\0]")
_SPLITS = {"train": "train", "validation": "valid", "test": "test"}
_CARRIED = frozenset({"key", "text", "data", "label", "split", "session"})


def write_conll(items: Iterable[Item], path: Path) -> list[Loss]:
    """Writes ``train.conll``, ``valid.conll``, ``test.conll``, and ``data.conll`` for items without a split.

    Columns are tab-separated: tokens, then the lists of ``data`` that the file's first sentence has, then
    the tags in IOB2. A comment carries each key, ``# newdoc id = NAME`` the session.
    """
    path.mkdir(parents=True, exist_ok=True)
    out = LeftOut("CoNLL", _CARRIED)
    with ExitStack() as stack:
        files: dict[str, _File] = {}
        for item in items:
            stem = _SPLITS.get(item.split or "", "data")
            if item.split and stem == "data":
                out.count(f"the split {item.split}")
            columns = _columns(item)
            if isinstance(columns, str):
                out.refuse(item, columns)
                continue
            if stem not in files:
                stream = stack.enter_context((path / f"{stem}.conll").open("w", encoding="utf-8", newline=""))
                files[stem] = _File(stream, tuple(columns))
            files[stem].write(item, columns, out)
    return out.told(path.name)


class _File:
    def __init__(self, stream: TextIO, columns: tuple[str, ...]) -> None:
        self.stream = stream
        self.columns = columns
        self.session: str | None = None
        stream.write(f"# global.columns = {' '.join(columns)}\n")

    def write(self, item: Item, columns: Mapping[str, list[str]], out: LeftOut) -> None:
        unlike = [name for name in columns if name not in self.columns]
        lacking = [name for name in self.columns if name not in columns]
        if unlike:
            out.count("columns that the first sentence of the file has not", len(unlike))
        if "tags" in lacking:
            out.refuse(item, "it has no tags, though the first sentence of its file has")
            return
        if lacking:
            out.count("that a column is absent: it is written as _", len(lacking))
        out.see(item)
        known = {"tokens", *columns}
        rest = [name for name in item.data or () if name not in known]
        if rest:
            out.count("fields that are no list of one word a token", len(rest))
        if item.session != self.session:
            self.stream.write(f"# newdoc id = {_line(item.session or '')}\n")
            self.session = item.session
        self.stream.write(f"# id = {_line(item.key)}\n")
        count = len(columns["tokens"])
        cells = [columns.get(name) or ["_"] * count for name in self.columns]
        changed = 0
        for row in zip(*cells, strict=True):
            plain = [_BREAKS.sub("_", cell) or "_" for cell in row]
            changed += sum(one != other for one, other in zip(plain, row, strict=True))
            self.stream.write("\t".join(plain) + "\n")
        self.stream.write("\n")
        if changed:
            out.count("white space inside a cell, or an empty one: an underscore stands there", changed)
        if item.text is not None and item.text != " ".join(columns["tokens"]):
            out.count("text apart from its tokens")


def _columns(item: Item) -> dict[str, list[str]] | str:
    """The columns of an item by name, tokens first and tags last, or why it has none."""
    data = item.data or {}
    tokens = _words(data.get("tokens"))
    if not tokens:
        return "it has no tokens"
    columns = {"tokens": tokens}
    for name, value in data.items():
        words = _words(value)
        if name not in ("tokens", "tags") and words is not None and len(words) == len(tokens):
            columns[name] = words
    if item.label is not None:
        tags = _words(item.label)
        if tags is None or len(tags) != len(tokens):
            return f"its label is no list of {len(tokens)} tags, one a token"
        columns["tags"] = tags
    return columns


def _words(value: Json) -> list[str] | None:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        return None
    return [str(word) for word in value]


def _line(word: str) -> str:
    return re.sub(r"[\r\n\0]", " ", word)
