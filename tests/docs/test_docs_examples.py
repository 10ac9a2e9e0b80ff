"""Every command that the docs show is run, in order, in an empty folder, and prints what they show."""

from __future__ import annotations

import runpy
import shlex
from pathlib import Path

import pytest
from docs_pages import DOCS, apply, blocks, call
from ruamel.yaml import YAML

PAGES = sorted(page for page in DOCS.rglob("*.md") if any(b.language == "console" for b in blocks(page)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_commands_of_the_docs_do_what_they_show(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    for block in blocks(page):
        if "title" in block.options:
            apply(block, tmp_path)
        if block.language == "console":
            for command, shown in block.commands:
                printed = _plain(_run(command))
                for line in shown:
                    assert _plain(line) in printed, f"{command!r} does not print {line!r}, but:\n{printed}"


def test_plans_shown_are_yaml() -> None:
    shown = [
        (page, block) for page in DOCS.rglob("*.md") for block in blocks(page) if block.language == "yaml"
    ]
    assert len(shown) > 10
    for page, block in shown:
        if "replace" not in block.options:
            assert YAML(typ="safe").load(block.body) is not None or block.body.startswith("#"), page


def _run(command: str) -> str:
    words = shlex.split(command)
    if words[0] == "python":
        runpy.run_path(words[1], run_name="__main__")
        return ""
    assert words[0] == "ingather", f"the docs show a command that is not tested: {command}"
    code, printed = call(words[1:])
    assert code == 0, f"{command!r} ended with {code}:\n{printed}"
    return printed


def _plain(text: str) -> str:
    return " ".join(text.split())
