"""The templates, installed as somebody else's package would be, carry a plan from source to figures."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from docs_pages import DOCS

TEMPLATES = DOCS / "extend" / "templates"
ENTRIES = {
    "ingather.sources": "lines",
    "ingather.splitters": "clauses",
    "ingather.operators": "shouting",
    "ingather.formats": "label_lines",
    "ingather.recipes": "most_frequent",
}
PLAN = """
version: 1
name: words
objective: Tell greetings from farewells.
modality: text
task: {type: classification, labels: [greeting, farewell]}
rights: {licences: [CC0-1.0]}
sources: [{name: words, kind: lines, path: words.txt, cut: clauses, licence: CC0-1.0}]
clean: [{shouting: {max_share: 0.5}}]
release: {splits: {train: 1}, formats: [huggingface, label-lines], licence: CC0-1.0}
train: {recipe: most-frequent, metric: accuracy, smoothing: 2}
"""
WORDS = "\n".join(
    [f"greeting|good morning number {n}" for n in range(12)]
    + [f"farewell|see you on day {n}" for n in range(8)]
    + ["greeting|hi to you; how are you", "greeting|HELLO THERE ALL OF YOU", "no mark in this line"]
)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder on the path that holds the templates as an installed package with entry points."""
    site = tmp_path / "site"
    package = site / "mine"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    for name in ENTRIES.values():
        shutil.copy(TEMPLATES / f"{name}.py", package)
    facts = site / "mine-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    groups = [f"[{group}]\n{name.replace('_', '-')} = mine.{name}\n" for group, name in ENTRIES.items()]
    (facts / "entry_points.txt").write_text("\n".join(groups))
    return site


def test_every_template_is_tried() -> None:
    assert {path.stem for path in TEMPLATES.glob("*.py")} == set(ENTRIES.values())


def test_templates_carry_a_plan_from_source_to_figures(installed: Path, tmp_path: Path) -> None:
    place = tmp_path / "workspace"
    place.mkdir()
    (place / "plan.yaml").write_text(PLAN)
    (place / "words.txt").write_text(WORDS)

    run = _ingather(installed, "-C", str(place), "--json", "run")
    stages = {stage["stage"]: stage for stage in run["stages"]}
    assert stages["collect"]["new"] == 22 + 23
    # every line is a carrier with its clauses
    assert stages["clean"]["quarantined"] == 1
    losses = stages["collect"]["sources"]["words"]["losses"]
    assert [(one["where"], one["reason"]) for one in losses] == [("words.txt, line 23", "it has no '|'")]
    assert stages["train"]["overall"]["value"] == pytest.approx(14 / 22)

    refused = _ingather(installed, "-C", str(place), "--json", "samples", "--quarantined")["samples"]
    assert [one["measure"] for one in refused] == ["capitals"] * 2  # the line, and the clause cut from it
    written = next(place.glob("releases/v1/formats/label-lines/train.labels")).read_text()
    assert len(written.splitlines()) == 22

    source, target = place / "releases/v1/formats/label-lines", place / "there"
    done = _ingather(installed, "--json", "convert", f"label-lines:{source}", f"jsonl:{target}")
    assert done["items"] == 22


def test_schema_knows_the_options_of_what_is_installed(installed: Path) -> None:
    schema = json.dumps(_ingather(installed, "schema"))
    for words in ("what parts a line's label from its text", "share of letters that may be capitals",
                  "added to the count of every label", "label-lines"):  # fmt: skip
        assert words in schema


def _ingather(site: Path, *words: str) -> dict[str, object]:
    environment = {**os.environ, "PYTHONPATH": str(site)}
    done = subprocess.run(
        [sys.executable, "-m", "ingather", *words],
        capture_output=True, text=True, env=environment, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout))
