"""What is a copy stays one when the first of them changes or goes; what two people say alike is none."""

from __future__ import annotations

import csv
from pathlib import Path

from ingather.pipeline import run_stages
from ingather.store.erasure import erase_samples
from ingather.store.workspace import Workspace

WORDS = "Where is my parcel?"


def plan(modality: str, source: str) -> str:
    return f"""\
version: 1
name: copies
objective: Tell what people want.
modality: {modality}
task: {{type: none}}
rights: {{licences: [CC0-1.0]}}
sources:
  - {{name: s, kind: files, path: rows.csv, key: id, {source}, licence: CC0-1.0}}
"""


def write(folder: Path, rows: list[list[str]]) -> None:
    with (folder / "rows.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def kept(workspace: Workspace) -> list[str]:
    """Keys of what is kept, in order."""
    samples = workspace.samples.read(["id", "key"]).to_pylist()
    good = set(workspace.verdicts.read(["id"], where="verdict = 'kept'")["id"].to_pylist())
    return sorted(row["key"] for row in samples if row["id"] in good)


def texts(tmp_path: Path) -> Workspace:
    write(tmp_path, [["id", "said"], *([key, WORDS] for key in "abcd"), ["e", "Thank you."]])
    (tmp_path / "plan.yaml").write_text(plan("text", "text: said"), encoding="utf-8")
    workspace = Workspace(tmp_path)
    run_stages(workspace, None)
    assert kept(workspace) == ["a", "e"]
    return workspace


def test_copies_of_one_that_changed_are_copies_of_each_other(tmp_path: Path) -> None:
    workspace = texts(tmp_path)
    write(tmp_path, [["id", "said"], ["a", "Hi."], *([key, WORDS] for key in "bcd"), ["e", "Thank you."]])
    run_stages(workspace, None)
    assert kept(workspace) == ["a", "b", "e"]
    write(tmp_path, [["id", "said"], *([key, WORDS] for key in "abcd"), ["e", "Thank you."]])
    run_stages(workspace, None)
    assert len(kept(workspace)) == 2


def test_copies_of_one_that_was_erased_are_copies_of_each_other(tmp_path: Path) -> None:
    workspace = texts(tmp_path)
    first = workspace.samples.read(["id"], where="key = 'a'")["id"].to_pylist()
    erase_samples(workspace, first)
    run_stages(workspace, None)
    assert kept(workspace) == ["b", "e"]


def test_people_who_answer_alike_are_no_copies(tmp_path: Path) -> None:
    rows = [[str(n), f"p{n}", "yes" if n % 2 else "no", "north"] for n in range(30)]
    rows.append(["30", "p1", "yes", "north"])  # the same person once more
    write(tmp_path, [["id", "person", "answer", "region"], *rows])
    (tmp_path / "plan.yaml").write_text(
        plan("record", "contributor: person, fields: [answer, region]"), encoding="utf-8"
    )
    workspace = Workspace(tmp_path)
    run_stages(workspace, None)
    assert kept(workspace) == sorted(str(n) for n in range(30))


def test_it_is_told_when_most_rows_are_taken_for_copies(tmp_path: Path) -> None:
    write(tmp_path, [["id", "answer"], *([str(n), "yes" if n % 2 else "no"] for n in range(30))])
    (tmp_path / "plan.yaml").write_text(plan("record", "fields: [answer]"), encoding="utf-8")
    outcome = run_stages(Workspace(tmp_path), None)
    clean = next(one for one in outcome.results if one.stage == "clean")
    assert any("'duplicates' sets aside 28 of 30, more than half" in note for note in clean.notes)
