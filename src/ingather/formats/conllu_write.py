"""Writes sentences as CoNLL-U."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from ingather.formats.conllu_read import COLUMNS
from ingather.formats.left_out import LeftOut
from ingather.sample import Item, Json, Loss

_SPLITS = {"train": "train", "validation": "dev", "test": "test"}
_CARRIED = frozenset({"key", "text", "data", "label", "split", "session"})
_OWN = frozenset({*COLUMNS, "comments", "rows"})


def write_treebank(items: Iterable[Item], path: Path, tag: str) -> list[Loss]:
    """Writes ``train.conllu``, ``dev.conllu``, ``test.conllu``, and ``data.conllu`` without a split."""
    path.mkdir(parents=True, exist_ok=True)
    out = LeftOut("CoNLL-U", _CARRIED)
    files: dict[str, TextIO] = {}
    sessions: dict[str, str | None] = {}
    with ExitStack() as stack:
        for item in items:
            lines = _lines(item, tag, out)
            if isinstance(lines, str):
                out.refuse(item, lines)
                continue
            out.see(item)
            stem = _SPLITS.get(item.split or "", "data")
            if item.split and stem == "data":
                out.count(f"the split {item.split}")
            if stem not in files:
                opened = (path / f"{stem}.conllu").open("w", encoding="utf-8", newline="")
                files[stem] = stack.enter_context(opened)
            if item.session != sessions.get(stem):
                files[stem].write(f"# newdoc id = {_flat(item.session or '')}\n")
                sessions[stem] = item.session
            files[stem].write("\n".join(lines) + "\n\n")
    return out.told(path.name)


def _lines(item: Item, tag: str, out: LeftOut) -> list[str] | str:
    """The lines of a sentence, or why there are none."""
    data = item.data or {}
    tokens = data.get("tokens")
    if not isinstance(tokens, list) or not tokens:
        return "it has no tokens"
    columns: dict[str, Json] = dict(data)
    if item.label is not None:
        columns[tag] = item.label
    cells = [[str(n) for n in range(1, len(tokens) + 1)]]
    for name in COLUMNS[1:]:
        column = columns.get(name)
        if isinstance(column, list) and len(column) == len(tokens):
            cells.append([_cell(word) for word in column])
        elif column is None:
            cells.append(["_"] * len(tokens))
        else:
            return f"its {name} is no list of {len(tokens)}, one a token"
    rest = [name for name in data if name not in _OWN]
    if rest:
        out.count("further columns", len(rest))
    if item.text is not None and item.text != " ".join(map(str, tokens)):
        out.count("text apart from its tokens")
    comments = data.get("comments")
    told = [_flat(str(comment)) for comment in comments] if isinstance(comments, list) else []
    lines = [f"# sent_id = {_flat(item.key)}", *(one for one in told if one.startswith("#"))]
    further = data.get("rows")
    waiting = [row for row in further if isinstance(row, list) and len(row) == 11] if further else []  # type: ignore[union-attr]
    for place, row in enumerate(zip(*cells, strict=True)):
        lines += ["\t".join(map(_cell, one[1:])) for one in waiting if one[0] == place]
        lines.append("\t".join(row))
    lines += ["\t".join(map(_cell, one[1:])) for one in waiting if one[0] == len(tokens)]
    return lines


def _cell(word: Json) -> str:
    return re.sub(r"[\t\r\n\0]", " ", str(word)) or "_"


def _flat(word: str) -> str:
    return re.sub(r"[\r\n\0]", " ", word)
