"""Small edits of a plan's text that leave its comments and its layout as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ingather.plan.positions import Node, scalar

_PLAIN = re.compile(r"[\w][\w .×+/-]*(?<! )")


def replaced(text: str, node: Node, new: str) -> str:
    """The text with another value in place of a scalar."""
    return text[: node.span.start] + new + text[node.span.end :]


def with_field(text: str, mapping: Node, name: str, value: str, block: str | None = None) -> str:
    """The text with one more field in a mapping.

    Args:
        text: the whole file.
        mapping: the mapping, written in braces or line by line; empty or null is fine where it has a key.
        name: the new field.
        value: its value on one line.
        block: its value on lines of its own, used where the mapping is written line by line; each line is
            indented below the field.
    """
    written = [node for node in mapping.fields.values() if _within(node, mapping)]
    if mapping.flow:
        if not written:
            return text[: mapping.span.start] + f"{{{name}: {value}}}" + text[mapping.span.end :]
        place = max(_end(node) for node in written)
        return f"{text[:place]}, {name}: {value}{text[place:]}"
    if written:
        first = min((node.key for node in written if node.key), key=lambda key: key.start)
        indent, place = " " * (first.column - 1), _end_of_line(text, max(_end(node) for node in written))
    else:
        key = mapping.key
        indent = " " * (key.column + 1) if key else ""
        place = _end_of_line(text, key.end if key else len(text))
    lines = (
        [f"{name}: {value}"] if block is None else [f"{name}:", *(f"  {line}" for line in block.split("\n"))]
    )
    return _with_lines(text, place, [indent + line for line in lines])


def with_item(text: str, sequence: Node, item: str) -> str:
    """The text with one more item, written on one line, at the end of a list."""
    if not sequence.items:
        return text[: sequence.span.start] + f"[{item}]" + text[sequence.span.end :]
    place = max(_end(node) for node in sequence.items)
    if sequence.flow:
        return f"{text[:place]}, {item}{text[place:]}"
    return _with_lines(text, _end_of_line(text, place), [" " * (sequence.span.column - 1) + f"- {item}"])


def inline(values: Mapping[str, object]) -> str:
    """A mapping in braces, keys quoted where YAML needs it."""
    return "{" + ", ".join(f"{word(name)}: {number(value)}" for name, value in values.items()) + "}"


def word(text: str) -> str:
    """A text as YAML writes it on one line, quoted where it must be."""
    if _PLAIN.fullmatch(text):
        return text
    if any(character < " " for character in text):
        return '"' + text.encode("unicode_escape").decode().replace('"', '\\"') + '"'
    return "'" + text.replace("'", "''") + "'"


def flow(value: object) -> str:
    """Any plain value on one line of YAML; texts that would be read as something else are quoted."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{word(str(name))}: {flow(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(inner) for inner in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if not isinstance(value, str):
        return number(value)
    written = word(value)
    return written if written != value or isinstance(scalar(value), str) else f"'{value}'"


def number(value: object) -> str:
    """A number without a needless fraction; anything else as it is."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.6g}"
    return str(value)


def _within(node: Node, mapping: Node) -> bool:
    return node.key is not None and (not mapping.flow or node.key.start >= mapping.span.start)


def _end(node: Node) -> int:
    """Where the last thing written in a node ends; the end of a block reaches over comments below it."""
    if node.flow or not (node.fields or node.items):
        return node.span.end
    return max(_end(inner) for inner in (*node.fields.values(), *node.items))


def _end_of_line(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def _with_lines(text: str, place: int, lines: list[str]) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    if text[place - 1 : place] == "\r":
        place -= 1
    return text[:place] + newline + newline.join(lines) + text[place:]
