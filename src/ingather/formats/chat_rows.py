"""Rows of chat training files as items and back: messages, prompts with answers, answers preferred.

The forms are those of TRL (messages; prompt and completion; prompt, chosen and rejected; an answer with a
label of true or false) and of OpenAI's fine-tuning files (messages; input with preferred_output and
non_preferred_output).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson
import xxhash

from ingather.formats.json_document import json_head
from ingather.formats.split_names import split_of
from ingather.formats.tables import TableOptions, read_table
from ingather.formats.turns import lines_of, turns_of_messages
from ingather.sample import Item, Json, Loss, Part

SUFFIXES = (".jsonl", ".ndjson")
_MESSAGES = ("messages", "conversations", "conversation")
_KEYS = ("id", "key", "conversation_id", "prompt_id")
_FORMS = ("messages", "conversations", "prompt", "completion", "chosen", "rejected", "input",
          "preferred_output", "non_preferred_output")  # fmt: skip


def first_row(file: Path) -> dict[str, Json]:
    """The first row of a JSONL file, empty where it is none."""
    line = json_head(file, 1 << 20).split(b"\n", 1)[0]
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return row if isinstance(row, dict) else {}


def is_chat(row: Mapping[str, Json]) -> bool:
    """Whether a row has one of the forms that chat training files have."""
    if any(isinstance(row.get(name), list) for name in _MESSAGES):
        return not isinstance(turns_of_messages(_messages(row)), str)
    names = row.keys()
    return {"chosen", "rejected"} <= names or {"prompt", "completion"} <= names or is_openai_pair(row)


def is_openai_pair(row: Mapping[str, Json]) -> bool:
    """Whether a row has OpenAI's form of a preference."""
    return {"input", "preferred_output", "non_preferred_output"} <= row.keys()


def read_chat(file: Path, name: str, licence: str | None) -> Iterator[Item | Loss]:
    """Every line of a file as an item; its key is its id where it has one of its own, else ``NAME#line``."""
    split, seen = split_of(file.stem), set[str]()
    for row in read_table(name, lambda: file.open("rb"), TableOptions("jsonl")):
        if isinstance(row, Loss):
            yield row
            continue
        line, cells, _ = row
        where = f"{name}, line {line}"
        key = next((str(cells[k]) for k in _KEYS if isinstance(cells.get(k), str | int) and cells[k]), "")
        if key in seen:
            yield Loss(where, f"the id '{key}' came before: the row is named by its line", 0)
            key = ""
        key = key or f"{name}#{line}"
        seen.add(key)
        item = item_of_row(cells, key)
        if isinstance(item, str):
            yield Loss(where, item)
            continue
        item.split, item.licence = split, licence
        yield item


def item_of_row(row: Mapping[str, Json], key: str) -> Item | str:
    """One row as an item, or what is wrong with it in words."""
    item = Item(key, "text", session=key)
    item.stamp = xxhash.xxh3_128_hexdigest(orjson.dumps(row, option=orjson.OPT_SORT_KEYS))
    rest = {name: value for name, value in row.items() if name not in (*_FORMS, "id", "key")}
    wrong = _understand(item, row, rest)
    if wrong:
        return wrong
    item.data = rest or None
    return item


def _understand(item: Item, row: Mapping[str, Json], rest: dict[str, Json]) -> str | None:
    if is_openai_pair(row):
        return _openai_pair(item, row, rest)
    if any(name in row for name in _MESSAGES):
        rest.pop("conversation", None)
        messages = _messages(row)
        return "its messages are no list" if isinstance(messages, str) else _prompt(item, messages, rest)
    if {"chosen", "rejected"} <= row.keys():
        return _pair(item, row, rest)
    if "prompt" in row:
        wrong = _prompt(item, row["prompt"], rest)
        if wrong is None and "completion" in row:
            wrong = _answer(item, "completion", row["completion"], rest)
            label = rest.pop("label", None)
            item.label = label if isinstance(label, bool) else None
            if item.label is None and label is not None:
                rest["label"] = label
        return wrong
    return "has neither messages, nor a prompt, nor chosen and rejected"


def _messages(row: Mapping[str, Json]) -> Json:
    return next((row[name] for name in _MESSAGES if name in row), None)


def _prompt(item: Item, prompt: Json, rest: dict[str, Json]) -> str | None:
    if isinstance(prompt, str):
        item.text = prompt
        return None
    turns = turns_of_messages(prompt)
    if isinstance(turns, str):
        return turns
    if not turns:
        return "it holds no message"
    item.text = lines_of(turns)
    rest["turns"] = list(turns)
    return None


def _answer(item: Item, role: str, answer: Json, rest: dict[str, Json]) -> str | None:
    """Adds an answer as a part; where it is more than one plain message, its turns stay in ``data``."""
    if isinstance(answer, str):
        text = answer
    else:
        turns = turns_of_messages(answer)
        if isinstance(turns, str):
            return f"{role}: {turns}"
        if not turns:
            return f"{role}: it holds no message"
        plain = len(turns) == 1 and set(turns[0]) == {"speaker", "text"} and turns[0]["text"] is not None
        text = str(turns[0]["text"]) if plain else lines_of(turns)
        if not plain or turns[0]["speaker"] != "assistant" or "turns" not in rest:
            rest[f"{role}_turns"] = list(turns)
    item.parts = (*item.parts, Part(role, text=text))
    return None


def _pair(item: Item, row: Mapping[str, Json], rest: dict[str, Json]) -> str | None:
    prompt, chosen, rejected = row.get("prompt"), row["chosen"], row["rejected"]
    if prompt is None and isinstance(chosen, list) and isinstance(rejected, list):
        # the prompt is what both begin with, but each keeps an answer
        alike = 0
        while alike < min(len(chosen), len(rejected)) - 1 and chosen[alike] == rejected[alike]:
            alike += 1
        prompt, chosen, rejected = chosen[:alike] or None, chosen[alike:], rejected[alike:]
    if prompt is None:
        item.text = ""
    elif wrong := _prompt(item, prompt, rest):
        return wrong
    return _answer(item, "chosen", chosen, rest) or _answer(item, "rejected", rejected, rest)


def _openai_pair(item: Item, row: Mapping[str, Json], rest: dict[str, Json]) -> str | None:
    asked = row["input"]
    if not isinstance(asked, Mapping):
        return "its input is no object"
    rest.update({name: value for name, value in asked.items() if name != "messages"})
    if not isinstance(asked.get("messages"), list):
        return "its input has no list of messages"
    return (
        _prompt(item, asked["messages"], rest)
        or _answer(item, "chosen", row["preferred_output"], rest)
        or _answer(item, "rejected", row["non_preferred_output"], rest)
    )
