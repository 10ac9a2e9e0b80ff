"""What goes to review for fairness stays in, so a copy of it is still a copy."""

from __future__ import annotations

import csv
from pathlib import Path

from ingather.pipeline import run_stages
from ingather.store.workspace import Workspace

PLAN = """\
version: 1
name: copies
objective: Tell what people want.
modality: text
task: {type: classification, labels: [yes, no]}
attributes: {region: {of: sample, values: [north, south]}}
rights: {licences: [CC0-1.0]}
sources:
  - {name: s, kind: files, path: rows.csv, key: id, text: text, label: label, licence: CC0-1.0}
clean: [symbols, duplicates]
"""


def test_copies_of_what_goes_to_review_are_set_aside(tmp_path: Path) -> None:
    words = "a letter with plain words in it, of number"
    rows = [[f"n{n}", f"{words} {n}", "yes", "north"] for n in range(100)]
    rows += [[f"s{n}", f"{words} {1000 + n}", "no", "south"] for n in range(20)]
    strange = [f"#### ... #### {n} ####" for n in range(20)]
    rows += [[f"s{20 + n}", text, "no", "south"] for n, text in enumerate(strange)]
    rows += [[f"t{n}", text, "no", "south"] for n, text in enumerate(strange)]
    with (tmp_path / "rows.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["id", "text", "label", "region"], *rows])
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    workspace = Workspace(tmp_path)
    run_stages(workspace, None)
    keys = dict(
        zip(*(workspace.samples.read(["id", "key"])[name].to_pylist() for name in ("id", "key")), strict=True)
    )
    told = {
        keys[row["id"]]: row for row in workspace.verdicts.read(["id", "verdict", "operator"]).to_pylist()
    }
    first = [told[f"s{20 + n}"] for n in range(20)]
    copies = [told[f"t{n}"] for n in range(20)]
    assert {(row["verdict"], row["operator"]) for row in first} == {("review", "symbols")}
    assert {(row["verdict"], row["operator"]) for row in copies} == {("quarantined", "duplicates")}
