"""The whole way from the command line, on the real messages of sms-spam."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from command_line import ingather, run_json

PLAN = """\
version: 1
name: spam
objective: Tell spam from ham.
modality: text
languages: [en]
task: {type: classification, labels: [ham, spam]}
targets: {groups: [{by: label, each: 700}]}
rights: {licences: [CC-BY-4.0]}
sources:
  - {name: mail, kind: files, path: mail.tsv, format: tsv, text: SMS, label: Label, licence: CC-BY-4.0}
release: {stratify: [label]}
train: {recipe: text-classification, metric: accuracy, goal: {overall: .9}}
"""


def make(folder: Path, data: Path, rows: int | None = None, plan: str = PLAN) -> Path:
    folder.mkdir(exist_ok=True)
    lines = (data / "sms-spam" / "SMSSpamCollection").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "mail.tsv").write_text("".join(lines[: rows + 1] if rows else lines), encoding="utf-8")
    (folder / "plan.yaml").write_text(plan)
    return folder


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, data: Path) -> tuple[Path, dict[str, object]]:
    place = make(tmp_path_factory.mktemp("way"), data)
    return place, run_json("-C", place, "run")


def test_every_message_is_collected_and_every_copy_found(ran: tuple[Path, dict[str, object]]) -> None:
    _place, told = ran
    stages = {one["stage"]: one for one in told["stages"]}  # type: ignore[attr-defined]
    assert list(stages) == ["collect", "clean", "release", "train"]
    assert stages["collect"]["new"] == 5574
    operators = {one["operator"]: one["in"] - one["out"] for one in stages["clean"]["operators"]}
    assert operators["duplicates"] >= 403
    lost = {name: count for name, count in operators.items() if "duplicates" not in name}
    assert sum(lost.values()) <= 55, lost
    assert stages["train"]["overall"]["value"] >= 0.97
    assert stages["train"]["basis"] == "test"
    assert stages["train"]["goal_met"] is True
    assert sum(stages["release"]["splits"].values()) == stages["clean"]["kept"]


def test_a_second_run_adds_nothing(ran: tuple[Path, dict[str, object]]) -> None:
    place, _ = ran
    before = run_json("-C", place, "doctor", "--digest")
    stages = run_json("-C", place, "run")["stages"]
    assert all(one["new"] == 0 and one["changed"] == 0 for one in stages), stages
    assert run_json("-C", place, "doctor", "--digest") == before


def test_status_tells_quotas(ran: tuple[Path, dict[str, object]]) -> None:
    told = run_json("-C", ran[0], "status")
    assert told["samples"]["collected"] == 5574
    by = {row["by"]["label"]: row for row in told["quotas"]}
    assert by["ham"]["gap"] == 0
    assert by["spam"]["target"] == 700
    assert by["spam"]["collected"] == 747
    assert by["spam"]["gap"] == 700 - by["spam"]["kept"]
    assert told["releases"][0]["release"] == "v1"


def test_pages_of_quarantined_samples_hold_each_once(ran: tuple[Path, dict[str, object]]) -> None:
    seen: list[str] = []
    after: list[str] = []
    while True:
        told = run_json("-C", ran[0], "samples", "--quarantined", "--limit", "200", *after)
        assert all(one["reason"] and one["operator"] for one in told["samples"])
        seen += [one["id"] for one in told["samples"]]
        if told["next"] is None:
            break
        after = ["--after", told["next"]]
    assert len(seen) == len(set(seen)) == run_json("-C", ran[0], "status")["samples"]["quarantined"]


def test_inspect_tells_the_whole_thread(ran: tuple[Path, dict[str, object]]) -> None:
    copy = run_json("-C", ran[0], "samples", "--quarantined", "--limit", "1")["samples"][0]
    told = run_json("-C", ran[0], "inspect", copy["id"][:12])
    assert told["licence"] == "CC-BY-4.0"
    assert told["verdict"]["operator"] == copy["operator"]
    original = run_json("-C", ran[0], "inspect", told["verdict"]["duplicate_of"])
    assert original["verdict"]["verdict"] == "kept"
    assert original["releases"][0]["release"] == "v1"
    assert original["split"] == original["releases"][0]["split"]


def test_next_answers_from_out_of_fold(ran: tuple[Path, dict[str, object]]) -> None:
    told = run_json("-C", ran[0], "next")
    assert told["basis"] == "cv"
    assert {"goal_met", "collect", "expected", "stuck"} <= set(told)


def test_decisions_by_hand_outrank_rules_and_are_remembered(tmp_path: Path, data: Path) -> None:
    place = make(tmp_path / "hand", data, 400)
    ingather("-C", place, "run")
    copy = run_json("-C", place, "samples", "--quarantined", "--limit", "1")["samples"][0]["id"]
    kept = run_json("-C", place, "status")["samples"]["kept"]
    run_json("-C", place, "samples", "release", copy)
    assert run_json("-C", place, "status")["samples"]["kept"] == kept + 1
    ingather("-C", place, "clean")
    assert run_json("-C", place, "inspect", copy)["verdict"]["verdict"] == "kept"
    run_json("-C", place, "samples", "rules", copy)
    assert run_json("-C", place, "inspect", copy)["verdict"]["verdict"] == "quarantined"
    assert ingather("-C", place, "samples", "release", "zzz", code=2).err.count("fix:") == 1


def test_a_changed_limit_judges_again_without_measuring(tmp_path: Path, data: Path) -> None:
    place = make(tmp_path / "limit", data, 400)
    ingather("-C", place, "collect")
    first = run_json("-C", place, "clean")["stages"][0]
    assert first["new"] == 400
    (place / "plan.yaml").write_text(
        PLAN + "clean: [normal-form, {text-length: {min_words: 8}}, duplicates]\n"
    )
    second = run_json("-C", place, "clean")["stages"][0]
    assert second["quarantined"] > first["quarantined"]
    assert second["operators"][1]["operator"] == "text-length"
    third_plan = PLAN + "clean: [normal-form, {text-length: {min_words: 4}}, duplicates]\n"
    (place / "plan.yaml").write_text(third_plan)
    third = run_json("-C", place, "clean")["stages"][0]
    assert third["changed"] == 0
    assert third["cpu"] == {}, "a limit was changed, so nothing may be measured"
    assert third["quarantined"] < second["quarantined"]


def test_a_changed_item_gets_its_next_revision_and_one_gone_is_kept(tmp_path: Path, data: Path) -> None:
    plan = PLAN.replace("text: SMS", "key: id, text: SMS").replace("format: tsv", "format: csv")
    place = make(tmp_path / "changed", data, 1, plan.replace("mail.tsv", "mail.csv"))
    table = place / "mail.csv"
    table.write_text("id,Label,SMS\n1,ham,see you at eight\n2,spam,win a prize now\n3,ham,thanks a lot\n")
    assert run_json("-C", place, "collect")["stages"][0]["new"] == 3
    table.write_text("id,Label,SMS\n1,ham,see you at nine\n2,spam,win a prize now\n")
    told = run_json("-C", place, "collect")["stages"][0]
    assert (told["new"], told["changed"], told["gone"]) == (0, 1, 1)
    rows = run_json("-C", place, "samples")["samples"]
    assert len(rows) == 3
    threads = [run_json("-C", place, "inspect", row["id"]) for row in rows]
    assert sorted((one["key"], one["revision"], one["text"]) for one in threads) == [
        ("1", 2, "see you at nine"),
        ("2", 1, "win a prize now"),
        ("3", 1, "thanks a lot"),
    ]


def test_the_same_way_on_postgresql(
    tmp_path: Path, data: Path, postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = make(tmp_path / "pg", data, 300)
    monkeypatch.setitem(os.environ, "INGATHER_DATABASE_URL", postgres_address)
    assert run_json("-C", place, "run")["stages"][0]["new"] == 300
    assert run_json("-C", place, "status")["samples"]["collected"] == 300
    assert all(one["new"] == 0 for one in run_json("-C", place, "run")["stages"])
    assert not (place / ".ingather" / "ingather.db").exists()


def test_mistakes_are_told_and_nothing_is_touched(tmp_path: Path, data: Path) -> None:
    place = make(
        tmp_path / "wrong", data, 3, PLAN.replace("kind: files", "kind: fils").replace("text\n", "txt\n")
    )
    told = run_json("-C", place, "run", code=2)
    assert told["ok"] is False
    assert {one["field"] for one in told["mistakes"]} == {"modality", "sources[0].kind"}
    assert not (place / ".ingather").exists() or not list((place / ".ingather").glob("samples*"))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nonsense"], 2),
        (["status", "--nonsense"], 2),
        (["-C", "/does/not/exist", "status"], 2),
        (["--version"], 0),
        (["--help"], 0),
        (["init", "x", "--template", "nonsense"], 2),
        (["consensus", "/does/not/exist.csv"], 2),
        (["convert", "voc", "coco:x"], 2),
        (["release"], 2),
        (["next"], 2),
    ],
)
def test_wrong_words_are_told_in_words(
    words: list[str], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    called = ingather(*words, code=code)
    assert called.out or called.err
    if code:
        told = json.loads(ingather("--json", *words, code=code).out)
        assert set(told["error"]) == {"message", "why", "fix", "where"}


def test_a_renamed_source_keeps_its_samples(tmp_path: Path, data: Path) -> None:
    place = make(tmp_path / "renamed", data, 50)
    ingather("-C", place, "collect")
    before = {one["id"] for one in run_json("-C", place, "samples")["samples"]}
    (place / "plan.yaml").write_text(PLAN.replace("{name: mail,", "{name: post, was: mail,"))
    told = run_json("-C", place, "collect")["stages"][0]
    assert (told["new"], told["changed"], told["gone"]) == (0, 0, 0)
    after = run_json("-C", place, "samples")["samples"]
    assert {one["id"] for one in after} == before
    assert {one["source"] for one in after} == {"post"}


def test_a_licence_named_later_holds_for_what_came_before(tmp_path: Path, data: Path) -> None:
    bare = PLAN.replace(", licence: CC-BY-4.0}", "}").split("train:")[0]
    place = make(tmp_path / "licence", data, 60, bare)
    assert sum(run_json("-C", place, "run", code=2)["stages"][-1]["splits"].values()) == 0
    (place / "plan.yaml").write_text(PLAN.split("train:")[0])
    assert sum(run_json("-C", place, "run")["stages"][-1]["splits"].values()) > 50
