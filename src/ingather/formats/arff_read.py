"""Reads Weka's Attribute-Relation File Format: declared columns, then rows, dense or sparse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import xxhash

from ingather.formats.speech_files import text_lines
from ingather.formats.split_names import split_of
from ingather.formats.values import number
from ingather.sample import Item, Json, Loss

_DECLARED = re.compile(
    r"@attribute\s+(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|(\S+))\s+(.*)", re.IGNORECASE | re.S
)
_CELL = re.compile(r"\s*(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|([^,]*))\s*(?:,|\Z)")
_SPARSE = re.compile(r"\s*(\d{1,9})\s+(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|([^,\s]*))\s*(?:,|\Z)")
_WEIGHT = re.compile(r",\s*\{\s*([0-9.eE+-]+)\s*\}\s*\Z")
_ESCAPED = re.compile(r"\\(.)")
_LETTERS = {"n": "\n", "t": "\t", "r": "\r"}
_LABELS = ("class", "label", "target", "binaryclass")


@dataclass(frozen=True, slots=True)
class Attribute:
    """A declared column.

    Attributes:
        name: of the column.
        kind: numeric, nominal, string, date, or what else is declared.
        values: of a nominal column, in order.
    """

    name: str
    kind: str
    values: tuple[str, ...] = ()


def parse_attribute(line: str) -> Attribute | None:
    """What a line ``@attribute NAME TYPE`` declares, None where it cannot be understood."""
    found = _DECLARED.match(line.strip())
    if found is None:
        return None
    name = found[3] or _plain(found[1] if found[1] is not None else found[2] or "")
    kind = found[4].strip()
    if kind.startswith("{"):
        inner = kind[1:].rpartition("}")[0] or kind[1:]
        return Attribute(name, "nominal", tuple(cell or "" for cell in cells_of(inner)))
    word = kind.split()[0].lower() if kind else ""
    return Attribute(name, "numeric" if word in ("numeric", "real", "integer") else word)


def cells_of(line: str) -> list[str | None]:
    """The cells of a dense row, without quotes; ``?`` outside of quotes is None."""
    if "'" not in line and '"' not in line:
        cells = [cell.strip() for cell in line.split(",")]
        return [None if cell == "?" else cell for cell in cells]
    told: list[str | None] = []
    place = 0
    while place <= len(line):
        found = _CELL.match(line, place)
        if found is None:  # words behind a quote: the quote was part of the cell
            rest, _, _ = line[place:].partition(",")
            told.append(rest.strip())
            place += len(rest) + 1
            continue
        quoted = found[1] if found[1] is not None else found[2]
        bare = (found[3] or "").strip()
        told.append(_plain(quoted) if quoted is not None else None if bare == "?" else bare)
        if found.end() == len(line) and not found[0].rstrip().endswith(","):
            break
        place = found.end()
    return told


def read_relation(file: Path, name: str, label: str | None, licence: str | None) -> Iterator[Item | Loss]:
    """Every row of a file as a record; keys are ``NAME#number``.

    A row with too many or too few cells, values that were not declared, or words for numbers is kept with
    its fault.
    """
    lines = text_lines(file, name)
    attributes: list[Attribute] = []
    begun = False
    for found in lines:
        if isinstance(found, Loss):
            yield found
            continue
        line, text = found
        word = text.strip().lower()
        if word.startswith("@data"):
            begun = True
            break
        if word.startswith("@attribute"):
            told = parse_attribute(text)
            if told is None:
                yield Loss(f"{name}, line {line}", "declares an attribute that cannot be understood")
            else:
                attributes.append(told)
    if not begun or not attributes:
        yield Loss(name, "has no @attribute and @data: there are no rows")
        return
    relational = [one.name for one in attributes if one.kind == "relational"]
    if relational:
        yield Loss(name, f"'{relational[0]}' is relational: files with rows inside rows are not read")
        return
    column = _label(label, attributes)
    if label is not None and column is None:
        yield Loss(name, f"has no attribute '{label}': rows come without a label", 0)
    split, count = split_of(file.stem), 0
    for found in chain(lines):
        if isinstance(found, Loss):
            yield found
            continue
        line, text = found
        text = text.strip()
        if not text or text.startswith("%"):
            continue
        count += 1
        item = Item(f"{name}#{count}", "record")
        item.stamp = xxhash.xxh3_128_hexdigest(text.encode())
        item.split, item.licence = split, licence
        _fill(item, text, attributes, line)
        assert item.data is not None
        item.label = item.data.get(column) if column is not None else None
        yield item


def _label(asked: str | None, attributes: Sequence[Attribute]) -> str | None:
    names = [one.name for one in attributes]
    if asked is not None:
        return asked if asked in names else None
    return next((name for name in names if name.lower() in _LABELS), None)


def _fill(item: Item, text: str, attributes: Sequence[Attribute], line: int) -> None:
    weight = _WEIGHT.search(text)
    if weight and not text.startswith("{"):
        text = text[: weight.start()]
    sparse = text.startswith("{")
    cells = _sparse(text, attributes) if sparse else cells_of(text)
    data: dict[str, Json] = {}
    if isinstance(cells, str):
        item.fault, cells = f"line {line}: {cells}", []
    elif len(cells) != len(attributes):
        item.fault = f"line {line} has {len(cells)} cells, and {len(attributes)} attributes are declared"
    for attribute, cell in zip(attributes, cells, strict=False):
        value = _value(attribute, cell)
        if value is None and cell is not None:
            item.fault = (
                item.fault or f"line {line}: '{cell[:60]}' is no {attribute.kind} for {attribute.name}"
            )
        data[attribute.name] = value
    if weight and (heavy := number(weight[1])) is not None:
        item.evidence = {"weight": heavy}
    item.data = data


def _value(attribute: Attribute, cell: str | None) -> Json:
    if cell is None:
        return None
    if attribute.kind == "numeric":
        return number(cell.lstrip("+")) if cell else None
    if attribute.kind == "nominal" and attribute.values and cell not in attribute.values:
        return None
    return cell


def _sparse(text: str, attributes: Sequence[Attribute]) -> list[str | None] | str:
    """The cells of ``{place value, ...}``: what is not named is 0, or the first of the declared values."""
    cells: list[str | None] = [
        one.values[0] if one.kind == "nominal" and one.values else "0" if one.kind == "numeric" else None
        for one in attributes
    ]
    inner = text[1:].rpartition("}")[0]
    if "}" not in text:
        return "the row has no closing brace"
    place = 0
    while place < len(inner):
        found = _SPARSE.match(inner, place)
        if found is None or found.end() == place:
            return f"'{inner[place : place + 40]}' is no place and value" if inner[place:].strip() else cells
        number_of = int(found[1])
        if number_of >= len(cells):
            return f"names attribute {number_of}, and there are {len(cells)}"
        quoted = found[2] if found[2] is not None else found[3]
        cells[number_of] = _plain(quoted) if quoted is not None else None if found[4] == "?" else found[4]
        place = found.end()
    return cells


def _plain(quoted: str) -> str:
    return _ESCAPED.sub(lambda found: _LETTERS.get(found[1], found[1]), quoted)
