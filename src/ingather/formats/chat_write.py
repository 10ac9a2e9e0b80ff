"""Writes dialogues and preferences as rows of chat training files, one file a split."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import orjson

from ingather.formats.left_out import LeftOut
from ingather.formats.turns import messages_of, turns_of
from ingather.sample import Item, Json, Loss, Part

Row = dict[str, Json]
_OWN = frozenset({"turns", "chosen_turns", "rejected_turns", "completion_turns"})
_CARRIED = frozenset({"key", "text", "data", "parts", "label", "split", "session"})
_ROLES = ("completion", "chosen", "rejected")


def write_chat(
    items: Iterable[Item], path: Path, layout: str, row_of: Callable[[Item], Row | str]
) -> list[Loss]:
    """Writes ``SPLIT.jsonl`` files below a folder (``data.jsonl`` without a split), or the one file named.

    Args:
        items: what is to be written.
        path: a folder to be made, or a file that ends in .jsonl.
        layout: the layout's name in what is told.
        row_of: makes a row of an item, or says in words why it has none.
    """
    single = path.suffix.lower() == ".jsonl"
    (path.parent if single else path).mkdir(parents=True, exist_ok=True)
    out = LeftOut(layout, _CARRIED - ({"split"} if single else set()))
    files: dict[str, BinaryIO] = {}
    with ExitStack() as stack:
        for item in items:
            row = row_of(item)
            if isinstance(row, str):
                out.refuse(item, row)
                continue
            out.see(item)
            if item.session not in (None, item.key):
                out.count("the session apart from the row's id")
            further = sum(part.role not in _ROLES or part.order > 0 for part in item.parts)
            if further:
                out.count("further parts", further)
            stem = _stem(item.split)
            if stem not in files:
                files[stem] = stack.enter_context((path if single else path / f"{stem}.jsonl").open("wb"))
            files[stem].write(orjson.dumps({"id": item.key, **row}, option=orjson.OPT_NON_STR_KEYS) + b"\n")
    return out.told(path.name)


def rest_of(item: Item) -> Row:
    """The fields of an item that are neither its turns nor its answers'."""
    return {name: value for name, value in (item.data or {}).items() if name not in _OWN}


def prompt_of(item: Item, *, chat: bool) -> Json:
    """The prompt: its messages where it has turns (or ``chat`` asks for messages), else its words."""
    turns = turns_of(item)
    if turns is not None:
        return list(messages_of(turns))
    return [{"role": "user", "content": item.text or ""}] if chat else item.text or ""


def answer_of(item: Item, part: Part, *, chat: bool) -> Json:
    """An answer: messages where its turns are known, the prompt has turns or ``chat`` asks, else words."""
    kept = (item.data or {}).get(f"{part.role}_turns")
    if isinstance(kept, list) and all(isinstance(turn, dict) for turn in kept):
        return list(messages_of([turn for turn in kept if isinstance(turn, dict)]))
    if chat or turns_of(item) is not None:
        return [{"role": "assistant", "content": part.text or ""}]
    return part.text or ""


def answers_of(item: Item) -> dict[str, Part]:
    """The first part of each role that is an answer."""
    found: dict[str, Part] = {}
    for part in item.parts:
        if part.role in _ROLES and part.text is not None:
            found.setdefault(part.role, part)
    return found


def _stem(split: str | None) -> str:
    return split if split in ("train", "validation", "test") else "data"
