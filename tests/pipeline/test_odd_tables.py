"""Odd tables: what stands in which line is told by its line, and one label only is no figure."""

from __future__ import annotations

from pathlib import Path

from ingather.pipeline import run_stages
from ingather.store.workspace import Workspace

PLAN = """\
version: 1
name: odd
objective: Say who comes back.
modality: record
task: {type: classification, labels: ["0", "1"], target: back}
rights: {licences: [CC0-1.0]}
sources:
  - {name: rows, kind: files, path: rows.csv, at: day, fields: [n, back], licence: CC0-1.0}
release: {splits: {train: 1}}
train: {recipe: tabular-classification, metric: auroc}
"""


def test_a_bad_time_is_told_with_its_line_and_one_label_with_words(tmp_path: Path) -> None:
    rows = [f"{n},0,{'yesterday' if n == 3 else '2024-05-01'}" for n in range(60)]
    (tmp_path / "rows.csv").write_text("\n".join(["n,back,day", *rows]), encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    notes = {one.stage: one.notes for one in run_stages(Workspace(tmp_path), None).results}
    assert any(note.startswith("rows: line 5: 'yesterday' is no time") for note in notes["collect"])
    assert "auroc cannot be told, judged on cv" in notes["train"]
