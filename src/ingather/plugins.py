"""Finds plug-ins by name without importing them: built-in ones by file name, installed ones by entry point.

A family is a package whose every module is a plug-in, and an entry-point group of the same name,
so a new built-in is one file and an outside one is one line in its own project file.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from types import ModuleType

from ingather.errors import InputError


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of plug-in.

    Attributes:
        word: what one member is called in messages.
        packages: packages whose modules are the built-in members.
        group: entry-point group of installed members.
    """

    word: str
    packages: tuple[str, ...]
    group: str


SOURCES = Family("source kind", ("ingather.sources.kinds",), "ingather.sources")
SPLITTERS = Family("splitter", ("ingather.sources.splitters",), "ingather.splitters")
OPERATORS = Family(
    "operator",
    (
        "ingather.cleaning.any",
        "ingather.cleaning.text",
        "ingather.cleaning.audio",
        "ingather.cleaning.image",
        "ingather.cleaning.video",
        "ingather.cleaning.sensor",
        "ingather.cleaning.record",
    ),
    "ingather.operators",
)
FORMATS = Family("format", ("ingather.formats.layouts",), "ingather.formats")
RECIPES = Family("recipe", ("ingather.training.recipes",), "ingather.recipes")
FAMILIES = (SOURCES, SPLITTERS, OPERATORS, FORMATS, RECIPES)


@cache
def names(family: Family) -> dict[str, str]:
    """Every member of a family: its kebab-case name and the module that holds it, sorted by name."""
    found = dict(_built_in(family))
    for entry in importlib.metadata.entry_points(group=family.group):
        found.setdefault(entry.name, entry.value)
    return dict(sorted(found.items()))


def load(family: Family, name: str) -> ModuleType:
    """Imports one member.

    Raises:
        InputError: no member has that name; the nearest known names are told.
    """
    modules = names(family)
    module = modules.get(name)
    if module is None:
        near = get_close_matches(name, modules, n=1)
        raise InputError(
            f"There is no {family.word} named '{name}'.",
            why=f"Known: {', '.join(modules)}.",
            fix=f"Write '{near[0]}'." if near else f"Choose one of the {len(modules)} known.",
        )
    return importlib.import_module(module)


def _built_in(family: Family) -> Iterator[tuple[str, str]]:
    for package in family.packages:
        paths = importlib.import_module(package).__path__
        for module in pkgutil.iter_modules(paths):
            yield module.name.replace("_", "-"), f"{package}.{module.name}"
