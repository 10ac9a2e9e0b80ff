"""What a layout reads, told by its code: the fields of an item that it sets, and the modalities it names.

The reader's function is followed into every function and class that it names within ``ingather.formats``;
there, keywords of ``Item(...)`` and assignments to an item's fields are counted.
"""

from __future__ import annotations

import ast
import importlib.util
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import get_args

from ingather.sample import Modality

CARRIED = {
    "label": "labels",
    "split": "splits",
    "licence": "licences",
    "contributor": "contributors",
    "session": "sessions",
    "attributes": "attributes",
    "parts": "parts",
    "at": "times",
    "segment": "cuts",
}
"""Fields of an item that are worth a word, and the word."""
_MODALITIES = get_args(Modality)


@dataclass
class LayoutFacts:
    """What was found: words of ``CARRIED`` and modalities, each in their own order; whether an item's is told
    only by its data.
    """

    fields: set[str] = field(default_factory=set)
    modalities: set[str] = field(default_factory=set)
    open: bool = False

    @property
    def carries(self) -> list[str]:
        """What is carried, in words."""
        return [word for name, word in CARRIED.items() if name in self.fields]

    @property
    def of(self) -> list[str]:
        """The modalities, in the order of the plan's; what each item says comes last."""
        return [name for name in _MODALITIES if name in self.modalities] + ["as each says"] * self.open


@cache
def _module(name: str) -> tuple[dict[str, ast.AST], dict[str, tuple[str, str]]]:
    """Functions, classes and constants of a module by name, and where its imported names are from."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        return {}, {}
    own: dict[str, ast.AST] = {}
    imported: dict[str, tuple[str, str]] = {}
    for node in ast.walk(tree := ast.parse(Path(spec.origin).read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ingather.formats"):
            imported |= {one.asname or one.name: (node.module or "", one.name) for one in node.names}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            own[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            own |= {target.id: node.value for target in targets if isinstance(target, ast.Name)}
    return own, imported


def layout_facts(plugin: ModuleType) -> LayoutFacts:
    """What the reader of a layout sets."""
    facts = LayoutFacts()
    named: set[str] = set()
    seen: set[tuple[str, str]] = set()
    waiting = [(plugin.__name__, "read")]
    while waiting:
        place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        own, imported = _module(place[0])
        if place[1] not in own:
            if place[1] in imported:
                waiting.append(imported[place[1]])
            continue
        facts.fields |= _set_by_name(own[place[1]], own)
        for node in ast.walk(own[place[1]]):
            _note(node, facts)
            if place == (plugin.__name__, "read") and isinstance(node, ast.Call):
                named |= _modalities_in(node)
            if isinstance(node, ast.Name):
                waiting.append(imported.get(node.id, (place[0], node.id)))
    if facts.open and named:  # the layout tells its reader which modality it is of
        return LayoutFacts(facts.fields, facts.modalities | named)
    return facts


def _set_by_name(function: ast.AST, own: dict[str, ast.AST]) -> set[str]:
    """Fields that ``setattr`` sets, where their names stand in constants of the module."""
    calls = [
        one for one in ast.walk(function) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)
    ]
    if not any(one.func.id == "setattr" for one in calls if isinstance(one.func, ast.Name)):
        return set()
    read = {one.id for one in ast.walk(function) if isinstance(one, ast.Name)}
    for name in tuple(read):  # a constant may be made of another one, such as a set of a part of a tuple
        if isinstance(made := own.get(name), ast.Call | ast.Subscript):
            read |= {one.id for one in ast.walk(made) if isinstance(one, ast.Name)}
    values = [own[name] for name in read if isinstance(own.get(name), ast.Tuple | ast.List)]
    return {
        one.value
        for value in values
        for one in ast.walk(value)
        if isinstance(one, ast.Constant) and one.value in CARRIED
    }


def _modalities_in(node: ast.AST) -> set[str]:
    constants = {one.value for one in ast.walk(node) if isinstance(one, ast.Constant)}
    return {name for name in _MODALITIES if name in constants}


def _note(node: ast.AST, facts: LayoutFacts) -> None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Item", "replace"):
        facts.fields |= {one.arg for one in node.keywords if one.arg in CARRIED}
        if node.func.id == "Item":
            given = [*node.args[1:2], *(one.value for one in node.keywords if one.arg == "modality")]
            told = {one for value in given for one in _modalities_in(value)}
            facts.modalities |= told
            facts.open |= not told or any(
                isinstance(one, ast.Subscript | ast.Call) for value in given for one in ast.walk(value)
            )
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        if isinstance(node.value, ast.Attribute) and node.value.attr in CARRIED:
            facts.fields.add(node.value.attr)
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr in CARRIED:
        facts.fields.add(node.attr)
