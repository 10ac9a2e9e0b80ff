"""CoNLL: tokens and tags in columns, a sentence a block of lines (CoNLL-2003, WNUT and other BIO files)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from ingather.formats.conll_read import OWN_SUFFIXES, SUFFIXES, looks_tagged, read_sentences
from ingather.formats.conll_write import write_conll
from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.folder_files import files_below, root_of
from ingather.formats.licence_files import licence_of_folder
from ingather.sample import Item, Loss

tasks = ("tagging",)


class Config(FormatConfig):
    """Options of the CoNLL layout."""

    columns: tuple[str, ...] = Field((), description="names of the columns; tokens is the column of words")
    tag: str | None = Field(
        None, description="the column of tags, by name or number from 1; the last when left out"
    )
    scheme: Literal["iob1", "iob2", "iobes"] | None = Field(
        None, description="how tags mark names; found by the tags when left out"
    )


def sniff(path: Path) -> Sniff | None:
    """Sure where the last column of a file holds O, B-NAME and I-NAME."""
    for file in _files(path)[:20]:
        if looks_tagged(file):
            return Sniff(0.93, f"the last column of {file.name} holds tags such as O and B-NAME")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every sentence: its words joined by spaces as text, columns as lists in ``data``, tags as label (IOB2).

    Keys are ``FILE#number``, or what a comment ``# id = KEY`` says; the document that a ``-DOCSTART-`` line
    begins is the session; the split is what the file's name speaks of. Tags in other schemes become IOB2.
    """
    root = root_of(path)
    licence = licence_of_folder(root)
    named = path.is_file()
    for file in _files(path):
        name = file.relative_to(root).as_posix()
        if not (named or config.columns or looks_tagged(file)):
            if file.suffix.lower() in OWN_SUFFIXES:
                yield Loss(name, "its last column holds no tags of a BIO scheme: it is not read")
            continue
        told = licence.spdx if licence else None
        yield from read_sentences(file, name, config.columns, config.tag, config.scheme, told)


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes ``SPLIT.conll`` files below a new folder, with ``# id = KEY`` and ``-DOCSTART-`` lines.

    Told: items without tokens and tags of equal number, white space in tokens, and what has no column.
    """
    return write_conll(items, path)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return files_below(path, lambda name: name.lower().endswith(SUFFIXES))
