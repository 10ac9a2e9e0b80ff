"""Reads sentences as tokens and tags in columns, a block of lines each, as CoNLL's shared tasks have them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

import xxhash

from ingather.formats.split_names import split_of
from ingather.formats.tag_schemes import Scheme, is_tag, scheme_of, strays, to_iob2
from ingather.formats.text_blocks import read_blocks
from ingather.sample import Item, Json, Loss

SUFFIXES = (".conll", ".conll03", ".conll2003", ".bio", ".iob", ".iob2", ".ner", ".train", ".testa", ".testb",
            ".dev", ".test", ".txt", ".tsv")  # fmt: skip
OWN_SUFFIXES = SUFFIXES[:7]
DOCUMENT = "-DOCSTART-"
_NAMES = {4: ("tokens", "pos", "chunks", "tags"), 3: ("tokens", "pos", "tags"), 2: ("tokens", "tags")}
_SPLITS = {".testa": "validation", ".testb": "test"}
_FIRST = 500
_PLUS = "# global.columns ="


@dataclass(frozen=True, slots=True)
class Columns:
    """How the lines of a file are cut.

    Attributes:
        separator: what stands between columns; None for any white space.
        names: of the columns, ``tokens`` and ``tags`` among them.
        scheme: how the tags say which tokens a name covers.
    """

    separator: str | None
    names: tuple[str, ...]
    scheme: Scheme


@dataclass(slots=True)
class _Told:
    strays: int = 0
    first_stray: int = 0
    document: str | None = None
    documents: int = 0
    seen: set[str] = field(default_factory=set)


def split_of_file(file: Path) -> str | None:
    """The split that a file's name speaks of; ``eng.testa`` is validation, ``eng.testb`` test."""
    return _SPLITS.get(file.suffix.lower()) or split_of(file.name)


def looks_tagged(file: Path) -> bool:
    """Whether the first sentences have several columns, the last of which are tags of a scheme.

    A few tags are enough in a file whose name says what it is, four are needed in others.
    """
    blocks = list(islice((b for b in read_blocks(file, file.name) if not isinstance(b, Loss)), 40))
    columns = find_columns([text for _, text in blocks])
    if len(columns.names) < 2:
        return False
    words = [row[-1] for _, text in blocks for row in _rows(text, columns)[0] if len(row) > 1]
    enough = 1 if file.suffix.lower() in OWN_SUFFIXES else 4
    return len(words) >= enough and sum(map(is_tag, words)) >= 0.98 * len(words)


def find_columns(
    blocks: Sequence[str], names: Sequence[str] = (), tag: str | None = None, scheme: Scheme | None = None
) -> Columns:
    """How the lines of a file are cut, by its first sentences.

    Args:
        blocks: texts of the first sentences.
        names: names of the columns, where they are known.
        tag: name or number (from 1) of the column of tags; the last one when left out.
        scheme: of the tags; found when left out.
    """
    lines = [line for text in blocks for line in text.split("\n") if line and not line.startswith(DOCUMENT)]
    separator = "\t" if sum("\t" in line for line in lines) > 0.5 * len(lines) else None
    for line in lines[:20]:
        if line.startswith(_PLUS) and not names:
            names = line.removeprefix(_PLUS).lower().split()
    widths = Counter(len(line.split(separator)) for line in lines if not line.startswith("# "))
    width = max(widths.most_common(1)[0][0], 1) if widths else 1
    if not names:
        names = _NAMES.get(width) or ("tokens", *(f"column_{n}" for n in range(2, width)), "tags")[:width]
    named = list(names)[:width] + [f"column_{n}" for n in range(len(names) + 1, width + 1)]
    place = _place(tag, named)
    if "tokens" not in named:
        first = next((n for n, name in enumerate(named) if name in ("form", "token", "word", "words")), 0)
        named[first] = "tokens"
    if len(named) > 1 and "tags" not in named:
        named[place] = "tags"
    found = Columns(separator, tuple(_unlike(named)), "iob2")
    if scheme is None and "tags" in named:
        at = found.names.index("tags")
        rows = (_rows(text, found)[0] for text in blocks)
        scheme = scheme_of([[row[at] for row in sentence if len(row) > at] for sentence in rows])
    return Columns(found.separator, found.names, scheme or "iob2")


def _place(tag: str | None, names: Sequence[str]) -> int:
    if tag is None:
        return -1
    if tag in names:
        return list(names).index(tag)
    return int(tag) - 1 if tag.isdigit() and 0 < int(tag) <= len(names) else -1


def _unlike(names: Sequence[str]) -> list[str]:
    seen: Counter[str] = Counter()
    told = []
    for name in names:
        seen[name] += 1
        told.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return told


def read_sentences(
    file: Path,
    name: str,
    names: Sequence[str] = (),
    tag: str | None = None,
    scheme: Scheme | None = None,
    licence: str | None = None,
) -> Iterator[Item | Loss]:
    """Every sentence of a file as an item; keys are ``NAME#number`` or what a line ``# id`` says.

    A sentence whose lines have unlike numbers of columns is kept with its fault.
    """
    blocks = read_blocks(file, name)
    losses: list[Loss] = []
    first: list[tuple[int, str]] = []
    for block in blocks:
        if isinstance(block, Loss):
            losses.append(block)
            continue
        first.append(block)
        if len(first) >= _FIRST:
            break
    yield from losses
    columns = find_columns([text for _, text in first], names, tag, scheme)
    split, told, number = split_of_file(file), _Told(), 0
    for block in chain(first, blocks):
        if isinstance(block, Loss):
            yield block
            continue
        item = _sentence(block, columns, name, number + 1, told)
        if item is not None:
            number += 1
            item.split, item.licence = split, licence
            yield item
    if told.strays:
        yield Loss(
            f"{name}, line {told.first_stray}",
            f"{told.strays} tags go on with a name that none began (I without B); they stay as they are",
            0,
        )


def _rows(text: str, columns: Columns) -> tuple[list[list[str]], list[str]]:
    """The lines of a sentence cut into columns, and its comments."""
    lines = text.split("\n")
    comments: list[str] = []
    while lines and lines[0].startswith("# ") and not _is_token(lines[0], columns):
        comments.append(lines.pop(0))
    if lines and lines[0].startswith(DOCUMENT):
        comments.append(lines.pop(0))
    separator = columns.separator
    return [line.split(separator) for line in lines], comments


def _is_token(line: str, columns: Columns) -> bool:
    """Whether a line that begins with # is a token and its tags."""
    cells = line.split(columns.separator)
    return len(cells) == len(columns.names) > 1 and (columns.separator is not None or is_tag(cells[-1]))


def _sentence(block: tuple[int, str], columns: Columns, name: str, number: int, told: _Told) -> Item | None:
    line, text = block
    rows, comments = _rows(text, columns)
    key = f"{name}#{number}"
    for comment in comments:
        if comment.startswith(DOCUMENT):
            told.documents += 1
            told.document = f"{name}#document-{told.documents}"
        elif comment.startswith("# newdoc"):
            told.document = comment.partition("=")[2].strip() or None
    if not rows:
        return None
    width = len(columns.names)
    fault = None
    if any(len(row) != width for row in rows):
        wrong = next(place for place, row in enumerate(rows) if len(row) != width)
        at = line + len(comments) + wrong
        fault = f"line {at} has {len(rows[wrong])} columns where the file has {width}"
        rows = [(row + [""] * width)[:width] for row in rows]
    cells = list(map(list, zip(*rows, strict=True)))
    data: dict[str, Json] = dict(zip(columns.names, cells, strict=True))
    tokens, tags = data["tokens"], data.pop("tags", None)
    assert isinstance(tokens, list)
    item = Item(_own_key(comments, told) or key, "text", text=" ".join(map(str, tokens)), data=data)
    item.stamp = xxhash.xxh3_128_hexdigest(text.encode())
    item.session, item.fault = told.document, fault
    if isinstance(tags, list) and fault is None:
        words = to_iob2([str(tag) for tag in tags], columns.scheme)
        item.label = list(words)
        stray = strays(words) if columns.scheme == "iob2" else 0
        if stray:
            told.strays += stray
            told.first_stray = told.first_stray or line
    if fault is None and "\ufffd" in text:
        item.fault = "it holds bytes that are no text"
    return item


def _own_key(comments: Sequence[str], told: _Told) -> str | None:
    """What ``# id = KEY`` or ``# sent_id = KEY`` says, where no sentence before said the same."""
    for comment in comments:
        what, equals, value = comment.partition("=")
        if equals and what.strip() in ("# id", "# sent_id") and (key := value.strip()):
            if key in told.seen:
                return None
            told.seen.add(key)
            return key
    return None
