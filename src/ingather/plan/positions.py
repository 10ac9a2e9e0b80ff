"""YAML 1.2 as a tree in which every value still knows its line and column."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as YamlNode

Scalar: TypeAlias = bool | int | float | str | None
MOST_BYTES = 4_000_000
MOST_ALIASED = 20_000
MOST_DEEP = 100

_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
_KNOWN_TAGS = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text: 1-based line and column of its start, character offsets of start and end."""

    line: int
    column: int
    start: int = 0
    end: int = 0


@dataclass(slots=True)
class Node:
    """One value of the file.

    Attributes:
        value: a scalar, or the nodes in it by key or in order.
        span: where it stands.
        key: where its key stands, for a value in a mapping.
        written: a scalar as it was written, quotes removed.
        path: dotted path from the top, such as ``targets.groups[1].by``.
        flow: whether a mapping or list is written in braces or brackets.
    """

    value: Scalar | dict[str, Node] | list[Node]
    span: Span
    key: Span | None = None
    written: str = ""
    path: str = ""
    flow: bool = False

    @property
    def fields(self) -> dict[str, Node]:
        """What a mapping holds; empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[Node]:
        """What a list holds; empty for anything else."""
        return self.value if isinstance(self.value, list) else []

    def get(self, *path: str | int) -> Node | None:
        """The node at this path below, or None."""
        node = self
        for step in path:
            inner = node.value
            if isinstance(inner, dict) and str(step) in inner:
                node = inner[str(step)]
            elif isinstance(inner, list) and isinstance(step, int) and 0 <= step < len(inner):
                node = inner[step]
            else:
                return None
        return node

    def nearest(self, *path: str | int) -> Node:
        """The node at this path, or the deepest one on the way to it."""
        node = self
        for step in path:
            node = node.get(step) or node
        return node

    def told(self) -> str:
        """The value in a few words, for messages."""
        if isinstance(self.value, dict):
            return "{" + ", ".join(self.value) + "}"
        if isinstance(self.value, list):
            return "[" + ", ".join(n.told() for n in self.value[:8]) + (", ...]" if self.items[8:] else "]")
        return self.written if len(self.written) <= 80 else self.written[:77] + "..."

    def copy(self) -> Node:
        """The same tree with containers of its own, so that it can be pruned."""
        if isinstance(self.value, dict):
            return replace(self, value={k: n.copy() for k, n in self.value.items()})
        if isinstance(self.value, list):
            return replace(self, value=[n.copy() for n in self.value])
        return self


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with the file as YAML, before anything is known of plans."""

    span: Span
    path: str
    value: str
    message: str
    fix: str


def plain(node: Node) -> Any:
    """The value without positions: dict, list, str, int, float, bool or None."""
    if isinstance(node.value, dict):
        return {key: plain(inner) for key, inner in node.value.items()}
    if isinstance(node.value, list):
        return [plain(inner) for inner in node.value]
    return node.value


def decode(content: bytes) -> tuple[str, Flaw | None]:
    """The text of a file in UTF-8 (or UTF-16 with its mark), or where it stops being that."""
    if len(content) > MOST_BYTES:
        told = f"the file has {len(content):,} bytes; a plan of over {MOST_BYTES:,} is not read"
        return "", Flaw(Span(0, 0), "", "", told, "Move long lists into files and name those.")
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return content.decode("utf-16" if utf16 else "utf-8-sig"), None
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        bad = f"byte 0x{content[error.start]:02x}" if error.start < len(content) else "the end"
        return "", Flaw(Span(line, column), "", bad, f"{bad} is not UTF-8", "Save the file as UTF-8.")


def parse(text: str) -> tuple[Node | None, list[Flaw]]:
    """Reads one YAML document.

    Returns:
        The tree (None where the text is not YAML at all) and every flaw: syntax, keys that stand twice,
        unknown tags, aliases that go round or grow beyond bounds.
    """
    try:
        with warnings.catch_warnings(action="ignore", category=ReusedAnchorWarning):
            documents = list(_compose(YAML(typ="safe", pure=True), text))
    except MarkedYAMLError as error:
        return None, _syntax(error, text)
    except YAMLError as error:
        return None, [_unreadable(error, text)]
    except RecursionError:
        return None, [Flaw(Span(0, 0), "", "", "it is nested too deeply to be read", "Write it flatter.")]
    if not documents or (isinstance(documents[0], ScalarNode) and documents[0].value == ""):
        return None, [Flaw(Span(0, 0), "", "", "the file is empty", "ingather init writes a plan.")]
    reading = _Reading()
    tree = reading.read(documents[0], "", None)
    for extra in documents[1:]:
        span = _span(extra)
        told = "a second document begins here ('---'); a plan is one document"
        reading.flaws.append(Flaw(span, "", "---", told, "Move this to a file of its own."))
    return tree, reading.flaws


def _compose(yaml: YAML, text: str) -> Iterator[YamlNode]:
    yaml.composer.anchors = {}
    constructor, parser = yaml.get_constructor_parser(text)
    try:
        while constructor.composer.check_node():
            yield constructor.composer.get_node()
    finally:
        parser.dispose()


@dataclass(slots=True)
class _Reading:
    """One pass over the composed nodes: builds the tree and collects the flaws."""

    flaws: list[Flaw] = field(default_factory=list)
    open: list[int] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    again: int = 0

    def read(self, node: YamlNode, path: str, key: Span | None) -> Node:
        span = _span(node)
        empty = Node(None, span, key, "", path)
        if id(node) in self.open:
            told = "this alias stands inside what it names, so it has no end"
            self._flaw(key or span, path, f"*{node.anchor}", told, "Write the value out.")
            return empty
        if id(node) in self.seen:
            self.again += 1
            if self.again > MOST_ALIASED:
                if self.again == MOST_ALIASED + 1:
                    told = f"aliases make this plan larger than {MOST_ALIASED:,} values"
                    self._flaw(key or span, path, "", told, "Write out what is meant.")
                return empty
        if len(self.open) >= MOST_DEEP:
            self._flaw(span, path, "", f"nested more than {MOST_DEEP} deep", "Write it flatter.")
            return empty
        self.seen.add(id(node))
        self._check_tag(node, span, path)
        self.open.append(id(node))
        try:
            if isinstance(node, MappingNode):
                return Node(self._mapping(node, path), span, key, "", path, bool(node.flow_style))
            if isinstance(node, SequenceNode):
                items = [self.read(inner, f"{path}[{i}]", None) for i, inner in enumerate(node.value)]
                return Node(items, span, key, "", path, bool(node.flow_style))
            text = str(node.value)
            quoted = not isinstance(node, ScalarNode) or node.style is not None
            return Node(text if quoted else scalar(text), span, key, text, path)
        finally:
            self.open.pop()

    def _mapping(self, node: MappingNode, path: str) -> dict[str, Node]:
        found: dict[str, Node] = {}
        merged: dict[str, Node] = {}
        for key_node, inner in node.value:
            key = _span(key_node)
            if not isinstance(key_node, ScalarNode):
                self._flaw(key, path, "", "a name is expected here, not a list", "Write one word.")
                continue
            name = str(key_node.value)
            if name == "<<" and key_node.style is None:
                for base in inner.value if isinstance(inner, SequenceNode) else [inner]:
                    merged = {**self.read(base, path, key).fields, **merged}
                continue
            if name in found:
                first = found[name].key or found[name].span
                told = f"'{name}' stands twice in the same place (first in line {first.line})"
                self._flaw(key, _join(path, name), name, told, "Keep one of the two.")
                continue
            found[name] = self.read(inner, _join(path, name), key)
        return {**merged, **found}

    def _check_tag(self, node: YamlNode, span: Span, path: str) -> None:
        tag = str(node.tag or "")
        if tag and not tag.startswith(_KNOWN_TAGS):
            self._flaw(span, path, tag, f"the tag '{tag}' means nothing in a plan", "Remove it.")

    def _flaw(self, span: Span, path: str, value: str, message: str, fix: str) -> None:
        self.flaws.append(Flaw(span, path, value, message, fix))


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _span(node: YamlNode) -> Span:
    start, end = node.start_mark, node.end_mark
    return Span(start.line + 1, start.column + 1, start.index, end.index)


def scalar(text: str) -> Scalar:
    """What an unquoted text means by the core schema of YAML 1.2: a number, true, false, null or itself."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if _INT.fullmatch(text):
        return int(text, 0 if text[:2] in ("0o", "0x") else 10)
    if _FLOAT.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


def _syntax(error: MarkedYAMLError, text: str) -> list[Flaw]:
    tabs = [
        (number, len(line) - len(line.lstrip(" ")) + 1)
        for number, line in enumerate(text.splitlines(), 1)
        if line.lstrip(" ").startswith("\t") and line.strip()
    ]
    if tabs:
        return [
            Flaw(Span(line, column), "", "\\t", "a tab stands where YAML wants spaces", "Indent with spaces.")
            for line, column in tabs
        ]
    mark = error.problem_mark or error.context_mark
    span = Span(mark.line + 1, mark.column + 1) if mark else Span(0, 0)
    said = " ".join(str(part) for part in (error.context, error.problem) if part)
    lines = text.splitlines()
    value = lines[span.line - 1].strip() if 0 < span.line <= len(lines) else ""
    fix = "Check the quotes, brackets, colons and indentation here and in the line before."
    if mark and "undefined alias" in said:
        fix = "Name the value with '&name' before it is used, or write it out."
    return [Flaw(span, "", value[:80], f"this is not YAML: {said}", fix)]


def _unreadable(error: YAMLError, text: str) -> Flaw:
    position = getattr(error, "position", 0) or 0
    before = text[:position]
    span = Span(before.count("\n") + 1, position - before.rfind("\n"))
    character = repr(text[position : position + 1])[1:-1]
    return Flaw(span, "", character, f"the character {character} may not stand in YAML", "Remove it.")
