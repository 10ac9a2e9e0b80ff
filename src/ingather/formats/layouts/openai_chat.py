"""OpenAI: fine-tuning files in JSONL: messages, and input with a preferred and a non-preferred output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ingather.formats.chat_rows import SUFFIXES, first_row, is_chat, is_openai_pair, read_chat
from ingather.formats.chat_write import answer_of, answers_of, prompt_of, rest_of, write_chat
from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.licence_files import licence_of_folder
from ingather.formats.table_layout import table_files
from ingather.formats.turns import messages_of, turns_of
from ingather.sample import Item, Json, Loss

tasks = ("dialogue", "preference")
_OWN = ("functions", "parallel_tool_calls")
_INPUT = ("tools", "parallel_tool_calls")


class Config(FormatConfig):
    """OpenAI's files have no options: every row says by its fields what it is."""


def sniff(path: Path) -> Sniff | None:
    """Sure where a row has fields that only OpenAI names so; less so where it has messages alone."""
    for file in table_files(path, SUFFIXES)[:5]:
        row = first_row(file)
        if is_openai_pair(row):
            return Sniff(0.96, f"rows of {file.name} have input, preferred_output and non_preferred_output")
        if isinstance(row.get("messages"), list) and is_chat(row) and "modality" not in row:
            if any(name in row for name in _OWN) or _weighed(row):
                return Sniff(0.95, f"rows of {file.name} have messages with OpenAI's own fields")
            return Sniff(0.7, f"rows of {file.name} have messages, as TRL's have too")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every row: turns in ``data``, their lines as text, outputs as the parts chosen and rejected.

    Keys are ``FILE#line``, or the rows' ids where they have one; the split is what the file's name speaks of.
    """
    root = path if path.is_dir() else path.parent
    licence = licence_of_folder(root)
    for file in table_files(path, SUFFIXES):
        yield from read_chat(file, file.relative_to(root).as_posix(), licence.spdx if licence else None)


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes ``SPLIT.jsonl`` files below a folder, or one file that ends in .jsonl.

    Told: items that are neither dialogue nor prompt with answers, attributes, licence and contributor. A
    prompt and its completion become a dialogue of two messages.
    """
    return write_chat(items, path, "OpenAI's form", _row)


def _row(item: Item) -> dict[str, Json] | str:
    answers, rest = answers_of(item), rest_of(item)
    if {"chosen", "rejected"} <= answers.keys():
        asked: dict[str, Json] = {"messages": prompt_of(item, chat=True)}
        asked.update({name: rest.pop(name) for name in _INPUT if name in rest})
        chosen, rejected = (answer_of(item, answers[role], chat=True) for role in ("chosen", "rejected"))
        return {"input": asked, "preferred_output": chosen, "non_preferred_output": rejected, **rest}
    if "completion" in answers:
        if isinstance(item.label, bool):
            return "an answer that is liked or not, without another, has no form here"
        prompt, answer = prompt_of(item, chat=True), answer_of(item, answers["completion"], chat=True)
        assert isinstance(prompt, list)
        assert isinstance(answer, list)
        return {"messages": [*prompt, *answer], **rest}
    turns = turns_of(item)
    if turns is not None:
        return {"messages": list(messages_of(turns)), **rest}
    return "it is neither a dialogue nor a prompt with answers"


def _weighed(row: Mapping[str, Json]) -> bool:
    messages = row.get("messages")
    return isinstance(messages, list) and any(isinstance(m, Mapping) and "weight" in m for m in messages)
