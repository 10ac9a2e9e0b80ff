"""SQuAD 1.1 and 2.0: questions on passages, with the places of their answers, in one JSON file a split."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.folder_files import files_below, root_of
from ingather.formats.json_document import json_head
from ingather.formats.licence_files import licence_of_folder
from ingather.formats.squad_read import read_questions
from ingather.formats.squad_write import write_questions
from ingather.sample import Item, Loss

tasks = ("spans",)


class Config(FormatConfig):
    """SQuAD has no options."""


def sniff(path: Path) -> Sniff | None:
    """Sure where a JSON file begins as SQuAD does: data, paragraphs, context, qas."""
    for file in _files(path)[:20]:
        head = json_head(file)
        if head.startswith(b"{") and b'"paragraphs"' in head and b'"data"' in head:
            return Sniff(0.95, f"{file.name} has data with paragraphs, as SQuAD names them")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every question: the passage as text, the question as a part, the answers' places as label.

    Keys are the questions' ids, sessions the articles' titles; ``[]`` is the label of a question that the
    passage does not answer, and there is no label where answers are not given. An answer that does not stand
    where it is said to is the item's fault.
    """
    root = root_of(path)
    licence = licence_of_folder(root)
    seen: set[str] = set()
    for file in _files(path):
        if path.is_dir() and b'"paragraphs"' not in json_head(file):
            continue
        name = file.relative_to(root).as_posix()
        yield from read_questions(file, name, licence.spdx if licence else None, seen)


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes ``SPLIT.json`` below a new folder (version 2.0, that knows questions without an answer).

    Told: items without a question, labels that are no spans, attributes, licence and contributor.
    """
    return write_questions(items, path)


def _files(path: Path) -> list[Path]:
    return files_below(path, lambda name: name.lower().endswith(".json"), depth=2)
