"""CoNLL-U: sentences of Universal Dependencies, ten columns a word, with lemmas, tags and heads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from ingather.formats.conllu_read import looks_like_conllu, read_treebank
from ingather.formats.conllu_write import write_treebank
from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.folder_files import files_below, root_of
from ingather.formats.licence_files import licence_of_folder
from ingather.sample import Item, Loss

tasks = ("tagging",)


class Config(FormatConfig):
    """Options of the CoNLL-U layout."""

    tag: Literal["upos", "xpos", "deprel", "feats"] = Field(
        "upos", description="the column that is the label"
    )


def sniff(path: Path) -> Sniff | None:
    """Sure where lines have ten columns cut by tabs that begin with the numbers of the words."""
    for file in _files(path)[:20]:
        if looks_like_conllu(file):
            return Sniff(0.96, f"{file.name} has ten columns a word, as CoNLL-U numbers them")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every sentence: its words joined by spaces as text, columns as lists in ``data``, tags as label.

    Keys are the sentences' ``sent_id``, else ``FILE#number``; the document of ``# newdoc`` is the session.
    Ranges of several words and empty nodes are kept in ``data`` as rows; a column of nothing but ``_`` is
    left out.
    """
    root = root_of(path)
    licence = licence_of_folder(root)
    seen: set[str] = set()
    for file in _files(path):
        name = file.relative_to(root).as_posix()
        yield from read_treebank(file, name, config.tag, licence.spdx if licence else None, seen)


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes ``SPLIT.conllu`` below a new folder; the label becomes the column that ``tag`` names.

    Told: items without tokens, labels that are no tags, attributes, licence and contributor.
    """
    return write_treebank(items, path, config.tag)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return files_below(path, lambda name: name.lower().endswith((".conllu", ".conllup")))
