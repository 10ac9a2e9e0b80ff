"""What a user can write is described, and the reference tells it; what the docs name is there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from docs_pages import DOCS, blocks, call

from ingather.plugins import FAMILIES, names

ROOT = DOCS.parent


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    sys.path.insert(0, str(DOCS))
    try:
        import reference
    finally:
        sys.path.remove(str(DOCS))
    return reference


def test_nothing_that_can_be_written_lacks_a_description(reference: ModuleType) -> None:
    assert reference.undocumented() == []


def test_what_lacks_a_description_is_found(reference: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingather.cleaning.text import text_length
    from ingather.plan import model

    class Undescribed(model.Goal):
        hidden: int = 0

    class Config(text_length.Config):
        unsaid: int = 0

    monkeypatch.setattr(reference, "SECTIONS", (("goal", "train.goal", Undescribed),))
    monkeypatch.setattr(text_length, "Config", Config)
    assert reference.undocumented() == ["plan: train.goal: hidden", "operator: text-length: option unsaid"]


def test_every_plug_in_and_every_option_stands_in_the_reference(reference: ModuleType) -> None:
    whole = "\n".join(reference.pages().values())
    for family in FAMILIES:
        for name in names(family):
            assert f"`{name}`" in whole, f"{family.word} {name}"
    for words, command in reference.commands():
        assert f"`{words}`" in whole
        for one in command.params:
            for option in one.opts:
                if option.startswith("--"):
                    assert option in whole, f"{words} {option}"


def test_tables_have_a_row_for_every_layout_splitter_recipe_and_metric(reference: ModuleType) -> None:
    from typing import get_args

    from ingather.plan.model import Metric
    from ingather.plugins import FORMATS, RECIPES, SPLITTERS, load

    pages = reference.pages()
    for family, page in ((FORMATS, "formats"), (SPLITTERS, "splitters"), (RECIPES, "recipes")):
        for name in names(family):
            assert f"\n| [`{name}`](#{name}) | " in pages[f"reference/{page}.md"], f"{page}: {name}"
    for name in get_args(Metric):
        assert f"\n| `{name}` | " in pages["reference/metrics.md"], name
    rows = {
        line.split("`")[1]: [cell.strip() for cell in line.split("|")[1:-1]]
        for line in pages["reference/formats.md"].splitlines()
        if line.startswith("| [`")
    }
    assert rows["coco"][3] == "image"
    assert {"labels", "splits", "licences"} <= set(rows["coco"][4].split(", "))
    assert (rows["mot"][3], rows["mot"][5]) == ("video", "tracks")
    assert rows["jsonl"][3] == "record, as each says"
    assert {"contributors", "sessions", "attributes", "parts"} <= set(rows["jsonl"][4].split(", "))
    assert "contributors" in rows["librispeech"][4].split(", ")
    assert all(cells[3] and cells[4] for cells in rows.values())
    for name, cells in rows.items():
        assert cells[2] == ("yes" if hasattr(load(FORMATS, name), "write") else "no") or name == "huggingface"


def test_every_field_of_the_schema_stands_in_the_reference(reference: ModuleType) -> None:
    from ingather.plan.schema import plan_schema

    page = reference.pages()["reference/plan.md"]
    schema = plan_schema()
    parts = [schema, *(part for name, part in schema["$defs"].items() if "." not in name)]
    fields = {field for part in parts for field in part.get("properties", {})}
    assert len(fields) > 60
    assert [field for field in sorted(fields) if f"| `{field}` |" not in page] == []


def test_every_command_has_its_json_described(reference: ModuleType) -> None:
    verbs = {words.split()[1] for words, _ in reference.commands() if words.count(" ") == 1}
    assert verbs == _described().keys()


def test_json_documents_hold_what_is_described(tmp_path: Path) -> None:
    for block in blocks(DOCS / "howto" / "ci-and-json.md"):
        if "title" in block.options:
            (tmp_path / block.options["title"]).write_text(block.body)
    described = _described()
    for command in ("check", "run", "status", "release", "samples", "doctor", "schema", "collect", "clean"):
        assert described[command] <= _document(tmp_path, command).keys(), command
    stage = _document(tmp_path, "run")["stages"][0]
    assert {
        "stage",
        "in",
        "new",
        "changed",
        "gone",
        "kept",
        "quarantined",
        "seconds",
        "notes",
    } <= stage.keys()
    assert stage["new"] == 0


def test_commands_that_pages_name_are_there(reference: ModuleType) -> None:
    verbs = {words.split()[1] for words, _ in reference.commands()}
    for page in [*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "examples").rglob("*.md")]:
        named = set(re.findall(r"`ingather (?:-C \S+ |--json )*([a-z]+)", page.read_text("utf-8")))
        assert named <= verbs, f"{page}: {named - verbs}"


def test_links_of_the_readmes_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "examples").rglob("README.md")]:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text("utf-8")):
            assert target.startswith("http") or (page.parent / target).exists(), f"{page}: {target}"


def test_site_is_built_whole_and_asks_nothing_of_others(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) >= 30
    asked = re.compile(r'<(?:script|img|link|iframe)\b[^>]*\b(?:src|href)="(?:https?:)?//')
    for page in pages:
        found = asked.search(page.read_text("utf-8"))
        assert found is None, f"{page}: {found.group() if found else ''}"


def test_picture_is_small_and_asks_nothing_of_others() -> None:
    picture = (DOCS / "pictures" / "demo.svg").read_text("utf-8")
    assert len(picture) < 100_000
    assert "@font-face" not in picture
    assert "url(http" not in picture


def _described() -> dict[str, set[str]]:
    """Names at the top of every command's document."""
    found: dict[str, set[str]] = {}
    for line in (DOCS / "reference" / "json.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 5 and cells[1].startswith("`"):
            found[cells[1].strip("`")] = set(re.findall(r"`(\w+)`", cells[2]))
    return found


def _document(folder: Path, command: str) -> dict[str, Any]:
    code, printed = call(["-C", str(folder), "--json", command])
    assert code == 0, printed
    return dict(json.loads(printed))
