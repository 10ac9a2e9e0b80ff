"""A release that holds nothing: what was done is told, then why, then the way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import ingather, run_json

PLAN = """\
version: 1
name: spam
objective: Tell spam from ham.
modality: text
task: {type: classification, labels: [ham, spam]}
sources:
  - {name: mail, kind: files, path: mail.tsv, format: tsv, text: SMS, label: Label}
release: {}
train: {recipe: text-classification, metric: accuracy}
"""


@pytest.fixture
def place(tmp_path: Path, data: Path) -> Path:
    lines = (data / "sms-spam" / "SMSSpamCollection").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "mail.tsv").write_text("".join(lines[:201]), encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(PLAN)
    return tmp_path


def test_without_a_licence_a_run_ends_with_the_way_back(place: Path) -> None:
    told = ingather("-C", place, "run", code=2)
    assert "collect" in told.out
    assert "release v1: train 0" in told.out
    assert "Next: ingather next" not in told.out
    assert "'mail' says no licence" in told.err
    assert "write 'licence: ...' into the source 'mail'" in told.err
    document = run_json("-C", place, "run", code=2)
    assert [one["stage"] for one in document["stages"]] == ["collect", "clean", "release"]
    assert document["stages"][2]["left_out"]["licence"] > 150
    assert "licence" in document["error"]["fix"]
    released = ingather("-C", place, "release")
    assert "Next: ingather train" not in released.out
    assert "'mail' says no licence" in released.out

    (place / "plan.yaml").write_text(PLAN.replace("label: Label}", "label: Label, licence: CC-BY-4.0}"))
    stages = {one["stage"]: one for one in run_json("-C", place, "run")["stages"]}
    assert stages["collect"]["new"] == 0
    assert stages["train"]["overall"]["n"] > 0


def test_what_is_kept_until_a_day_that_has_passed_is_not_released(place: Path) -> None:
    rights = "rights: {keep_until: 2020-01-31}\n"
    plan = PLAN.replace("label: Label}", "label: Label, licence: CC-BY-4.0}")
    (place / "plan.yaml").write_text(plan.replace("release: {}", rights + "release: {}"))
    told = ingather("-C", place, "run", code=2)
    assert "were to be kept until a day that has passed" in told.err
    assert run_json("-C", place, "release")["left_out"]["expired"] > 150


def test_a_sample_is_named_by_its_key(place: Path) -> None:
    (place / "plan.yaml").write_text(PLAN.replace("label: Label}", "label: Label, licence: CC-BY-4.0}"))
    run_json("-C", place, "collect")
    run_json("-C", place, "clean")
    one = run_json("-C", place, "samples", "--quarantined")["samples"][0]
    for name in (one["key"], f"mail:{one['key']}", one["id"], one["id"][:12]):
        assert run_json("-C", place, "inspect", name)["id"] == one["id"]
    verdict = run_json("-C", place, "inspect", one["key"])["verdict"]
    assert verdict["verdict"] == "quarantined"
    assert not {"id", "source", "key"}.intersection(verdict)
    assert run_json("-C", place, "samples", "release", one["key"])["decided"][0]["id"] == one["id"]
    assert run_json("-C", place, "inspect", one["id"])["verdict"]["by"] == "hand"
    told = ingather("-C", place, "samples", "release", "no such key", code=2)
    assert "ingather samples" in told.err


def test_a_licence_that_forbids_a_purpose_is_told_before_what_cleaning_refused(place: Path) -> None:
    text = PLAN.replace("label: Label}", "label: Label, licence: CC-BY-NC-4.0}")
    again = text.splitlines()[-3].replace("name: mail", "name: again")
    text = text.replace("release: {}", f"{again}\nrelease: {{}}")
    rights = "rights: {licences: [CC-BY-NC-4.0], purposes: [train, commercial]}\n"
    (place / "plan.yaml").write_text(text + rights)
    checked = run_json("-C", place, "check")
    fixes = [one["fix"] for one in checked["warnings"] if one["field"] == "sources[0].licence"]
    assert fixes == ["Remove commercial from rights.purposes, or take sources whose licence allows it."]
    told = ingather("-C", place, "run", code=2)
    assert "kept samples have no licence that the plan allows" in told.err
    assert "remove commercial from rights.purposes" in told.err
