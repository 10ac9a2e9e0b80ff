"""What to collect next: decided without the test, asked for in people only where there are too few."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from command_line import ingather, run_json
from ingather.plan.read import read_plan
from ingather.statistics.divisions import allocate_divisions
from ingather.statistics.group_errors import group_errors

PLAN = """\
version: 1
name: spam
objective: Tell spam from ham.
modality: text
languages: [en]
task: {type: classification, labels: [ham, spam]}
attributes:
  length: {of: sample, values: [short, middling, long]}
targets:
  groups:
    - {by: length, each: 60}
rights: {licences: [CC-BY-4.0]}
clean: []
sources:
  - {name: mail, kind: files, path: mail.csv, text: text, label: label, key: n, contributor: who,
     licence: CC-BY-4.0}
release: {splits: {train: .6, test: .4}}
train: {recipe: text-classification, metric: accuracy, goal: {worst_group: .98}, batch: 60}
"""


def write(place: Path, rows: list[dict[str, str]]) -> None:
    with (place / "mail.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["n", "text", "label", "length", "who"])
        writer.writeheader()
        writer.writerows(rows)


def messages(data: Path) -> list[dict[str, str]]:
    lines = (data / "sms-spam" / "SMSSpamCollection").read_text(encoding="utf-8").split("\n")[1:]
    pairs = [line.split("\t", 1) for line in dict.fromkeys(lines) if line]
    chosen = [pair for pair in pairs if pair[0] == "ham"][:300] + [p for p in pairs if p[0] == "spam"][:160]
    rows = []
    for n, (label, text) in enumerate(chosen):
        length = "short" if len(text) < 50 else "middling" if len(text) < 120 else "long"
        # of the long ones only three people are known, of the others twenty
        who = f"p{n % 3}" if length == "long" else f"q{n % 20}"
        rows.append({"n": str(n), "text": text, "label": label, "length": length, "who": who})
    return rows


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    place = tmp_path_factory.mktemp("next")
    (place / "plan.yaml").write_text(PLAN)
    (place / ".ingather").mkdir()
    (place / ".ingather" / "secret").write_bytes(bytes(32))  # so that splits are the same at every run
    write(place, messages(data))
    ingather("-C", place, "run")
    return place


def test_altered_test_labels_change_the_report_and_not_the_proposal(ran: Path, data: Path) -> None:
    before = run_json("-C", ran, "next")
    judged = run_json("-C", ran, "train")["by_basis"]
    assert before["collect"]
    shard = next((ran / "releases" / "v1" / "data").glob("test-*.parquet"))
    asked = set(pq.ParquetFile(shard).read(columns=["text"])["text"].to_pylist())
    rows = messages(data)
    altered = 0
    for row in rows:
        if row["text"] in asked:
            row["label"] = {"ham": "spam", "spam": "ham"}[row["label"]]
            altered += 1
    assert altered == len(asked) > 100
    write(ran, rows)
    ingather("-C", ran, "run")
    after = run_json("-C", ran, "train")["by_basis"]
    assert after["test"]["overall"]["value"] == pytest.approx(1 - judged["test"]["overall"]["value"])
    assert after["cv"] == judged["cv"]
    assert run_json("-C", ran, "next") == before


def test_people_are_demanded_only_where_fewer_than_five_are(ran: Path) -> None:
    proposed = {row["by"]["length"]: row for row in run_json("-C", ran, "next")["collect"]}
    assert "long" in proposed
    assert len(proposed) > 1
    told = run_json("-C", ran, "next", "--apply")
    assert any("contributors" in change and "long" in change for change in told["changes"])
    groups = read_plan(ran / "plan.yaml").targets.groups
    demanding = [group for group in groups if group.contributors]
    assert [(set(group.only), group.contributors) for group in demanding] == [({"long"}, 5)]
    assert len(groups) == 2


def test_without_errors_nothing_is_collected_and_no_budget_is_blamed() -> None:
    groups = group_errors([0.0] * 200, [0] * 100 + [1] * 100, None, 2)
    (none,) = allocate_divisions([groups], 50)
    assert none.stop == "no_errors"
    small = group_errors([0.0] * 110, [0] * 100 + [1] * 10, None, 2)
    (filled,) = allocate_divisions([small], 50)
    assert filled.stop is None
    assert filled.samples[1] >= 10
    (spent,) = allocate_divisions(
        [group_errors([1.0] * 100 + [0.0] * 100, [0] * 100 + [1] * 100, None, 2)],
        50, prices=[[2.0, 2.0]], budget=1.0,
    )  # fmt: skip
    assert spent.stop == "budget_spent"


def test_a_goal_that_cannot_be_judged_yet_is_said_so(tmp_path: Path, data: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN)
    write(tmp_path, [{**row, "who": "p1"} for row in messages(data)[::4]])
    told = ingather("-C", tmp_path, "run")
    shown = told.out + told.err
    assert "cannot be said yet" in shown
    assert "goal not reached" not in shown
