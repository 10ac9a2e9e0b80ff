"""TRL: chat training files in JSONL: messages; prompt and completion; prompt, chosen and rejected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ingather.formats.chat_rows import SUFFIXES, first_row, is_chat, is_openai_pair, read_chat
from ingather.formats.chat_write import answer_of, answers_of, prompt_of, rest_of, write_chat
from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.licence_files import licence_of_folder
from ingather.formats.table_layout import table_files
from ingather.formats.turns import messages_of, turns_of
from ingather.sample import Item, Json, Loss

tasks = ("dialogue", "preference")


class Config(FormatConfig):
    """TRL's files have no options: every row says by its fields what it is."""


def sniff(path: Path) -> Sniff | None:
    """Sure where the first row of a JSONL file has messages, a prompt and answer, or two answers."""
    for file in table_files(path, SUFFIXES)[:5]:
        row = first_row(file)
        if is_chat(row) and not is_openai_pair(row) and "modality" not in row:
            named = ", ".join(list(row)[:4])
            return Sniff(0.93, f"rows of {file.name} have the fields of chat training: {named}")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every row: turns in ``data``, their lines as text, answers as the parts completion, chosen, rejected.

    Keys are the rows' ids, else ``FILE#line``; the split is what the file's name speaks of; a label of true
    or false says whether the answer is liked. Rows of other forms are losses.
    """
    root = path if path.is_dir() else path.parent
    licence = licence_of_folder(root)
    for file in table_files(path, SUFFIXES):
        yield from read_chat(file, file.relative_to(root).as_posix(), licence.spdx if licence else None)


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes ``SPLIT.jsonl`` files below a folder, or one file that ends in .jsonl, each row with its id.

    Told: items that are neither dialogue nor prompt with answers, attributes, licence and contributor.
    """
    return write_chat(items, path, "TRL", _row)


def _row(item: Item) -> dict[str, Json] | str:
    answers, rest = answers_of(item), rest_of(item)
    if {"chosen", "rejected"} <= answers.keys():
        prompt = {"prompt": prompt_of(item, chat=False)} if item.text or turns_of(item) else {}
        pair = {role: answer_of(item, answers[role], chat=False) for role in ("chosen", "rejected")}
        return {**prompt, **pair, **rest}
    if "completion" in answers:
        row = {
            "prompt": prompt_of(item, chat=False),
            "completion": answer_of(item, answers["completion"], chat=False),
        }
        return {**row, **({"label": item.label} if isinstance(item.label, bool) else {}), **rest}
    turns = turns_of(item)
    if turns is not None:
        return {"messages": list(messages_of(turns)), **rest}
    return "it is neither a dialogue nor a prompt with answers"
