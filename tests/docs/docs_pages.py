"""Reads what a page of the documentation shows: files to write, edits to make, commands with their output."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass
from pathlib import Path

from ingather.cli import main, settings

DOCS = Path(__file__).resolve().parents[2] / "docs"
_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_OPTION = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its options and its text."""

    language: str
    options: dict[str, str]
    body: str

    @property
    def commands(self) -> list[tuple[str, list[str]]]:
        """Commands of a console block, each with the lines shown below it."""
        found: list[tuple[str, list[str]]] = []
        for line in self.body.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line.strip():
                found[-1][1].append(line)
        return found


def blocks(page: Path) -> list[Block]:
    """Every fenced block of a page, in order."""
    found = []
    for fence in _FENCE.finditer(page.read_text("utf-8")):
        language = fence["info"].split(" ", 1)[0]
        found.append(Block(language, dict(_OPTION.findall(fence["info"])), fence["body"]))
    return found


def apply(block: Block, folder: Path) -> None:
    """Writes a titled block to its file, or edits that file."""
    file = folder / block.options["title"]
    if "after" in block.options:
        line, text = block.options["after"] + "\n", file.read_text("utf-8")
        assert text.count(line) == 1, f"{block.options['title']} has not exactly one line {line!r}"
        file.write_text(text.replace(line, line + block.body), "utf-8")
    elif "replace" in block.options:
        old, text = block.options["replace"], file.read_text("utf-8")
        assert text.count(old) == 1, f"{block.options['title']} has not exactly one {old!r}"
        file.write_text(text.replace(old, block.body.strip()), "utf-8")
    else:
        file.write_text(block.body, "utf-8")


def call(words: list[str]) -> tuple[int, str]:
    """Runs ``ingather`` in this process; returns its exit code and all that it printed."""
    arguments, chosen = settings.split(words)
    printed = io.StringIO()
    settings.use(chosen)
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            return main.run(arguments, chosen), printed.getvalue()
    finally:
        settings.use(settings.Settings())
