"""Plans written from what was found or answered pass the check and keep what they were told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingather.plan.compose import AttributeFound, Findings, compose, plan_name, recipe_for
from ingather.plan.edit import flow
from ingather.plan.positions import parse, plain
from ingather.plan.questions import QUESTIONS, files_of, flaw_of, next_question, settled
from ingather.plan.read import check_plan, check_text
from ingather.plan.templating import write_files

DIGITS = Findings(
    name="fsdd recordings",
    modality="audio",
    kind="files",
    options={
        "path": "recordings/",
        "pattern": "{label}_{speaker}_{n}.wav",
        "contributor": "speaker",
        "sidecar": {"path": "speakers.csv", "on": "speaker"},
    },
    task="classification",
    labels=tuple(str(digit) for digit in range(10)),
    attributes={"gender": AttributeFound(("male", "female"), of="contributor")},
    licence="CC-BY-SA-4.0",
    samples=600,
    people=6,
    guessed={"sources.pattern": "all 600 names have three parts", "task": "ten first parts"},
    found={"modality": "600 of 600 files are WAV", "licence": "LICENSE.txt"},
    notes=("README.md was not used.",),
)


def test_what_was_found_becomes_a_plan_that_passes(tmp_path: Path) -> None:
    (tmp_path / "recordings").mkdir()
    (tmp_path / "speakers.csv").write_text("speaker,gender\n")
    (tmp_path / "plan.yaml").write_text(compose(DIGITS))
    checked = check_plan(tmp_path)
    assert checked.mistakes == ()
    plan = checked.plan
    assert plan is not None
    assert plan.name == "fsdd-recordings"
    assert plan.task.labels == DIGITS.labels
    assert plan.sources[0].options == dict(DIGITS.options)
    assert plan.rights.licences == ("CC-BY-SA-4.0",)
    assert plan.train is not None
    assert plan.train.recipe == "audio-classification"
    assert [(group.by, group.each) for group in plan.targets.groups] == [(("label",), 60), (("gender",), 300)]


def test_guesses_stand_beside_what_they_are_about() -> None:
    lines = compose(DIGITS).splitlines()
    (pattern,) = [line for line in lines if line.lstrip().startswith("pattern:")]
    (modality,) = [line for line in lines if line.startswith("modality:")]
    assert pattern.endswith("# guessed: all 600 names have three parts")
    assert modality.endswith("# found: 600 of 600 files are WAV")
    assert lines[1] == "# README.md was not used."


def test_without_a_licence_the_plan_says_what_that_means(tmp_path: Path) -> None:
    text = compose(Findings("mail", "text", "files", {"path": "mail.tsv", "text": "SMS"}))
    assert "# licence:" in text
    (tmp_path / "mail.tsv").write_text("SMS\n")
    assert check_text(text, tmp_path / "plan.yaml").mistakes == ()


def test_a_long_list_of_labels_is_wrapped() -> None:
    labels = tuple(f"category number {i}" for i in range(80))
    text = compose(Findings("coco", "image", "dataset", {"path": "x"}, task="boxes", labels=labels))
    assert max(len(line) for line in text.splitlines()) <= 101
    plan = check_text(text, Path("plan.yaml"), whole=False).plan
    assert plan is not None
    assert plan.task.labels == labels


awkward = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(awkward, min_size=2, max_size=5, unique=True), awkward, awkward)
def test_any_words_come_back_as_they_were(labels: list[str], column: str, reason: str) -> None:
    findings = Findings(
        name=column,
        modality="text",
        kind="files",
        options={"path": "x", "label": column, "values": {column: {"1": column}}},
        objective=reason,
        task="classification",
        labels=tuple(labels),
        attributes={"kind": AttributeFound(tuple(labels))},
        guessed={"task": reason, "sources.label": reason},
        notes=(reason,),
    )
    checked = check_text(compose(findings), Path("plan.yaml"), whole=False)
    assert checked.plan is not None, (compose(findings), checked.mistakes)
    assert checked.plan.task.labels == tuple(labels)
    assert checked.plan.attributes["kind"].values == tuple(labels)
    assert checked.plan.sources[0].options["label"] == column


@pytest.mark.parametrize(
    "value",
    [
        "yes",
        "no",
        "true",
        "null",
        "~",
        "1",
        "1.5",
        "- a",
        "a: b",
        "#x",
        "'",
        '"',
        "a, b",
        "[x]",
        "été",
        "x ",
        "",
    ],
)
def test_texts_stay_texts_in_yaml(value: str) -> None:
    tree, flaws = parse(f"a: {flow(value)}\nb: {flow([value, {'k': value}])}\n")
    assert tree is not None
    assert not flaws
    assert plain(tree) == {"a": value, "b": [value, {"k": value}]}


def test_names_of_plans() -> None:
    assert plan_name("Anna's Data (2024)!") == "anna-s-data-2024"
    assert plan_name("日本") == "my-plan"


def test_recipes_are_found_by_what_they_learn() -> None:
    assert recipe_for("audio", "classification") == "audio-classification"
    assert recipe_for("record", "recommendation") == "recommendation"
    assert recipe_for("video", "tracks") is None


def ask(said: dict[str, str]) -> dict[str, str]:
    answers: dict[str, str] = {}
    while (question := next_question(answers)) is not None:
        answer = said.get(question.key, "")
        assert flaw_of(question, answer) is None, (question.key, answer, flaw_of(question, answer))
        answers[question.key] = settled(question, answer)
    return answers


TEXTS, RECORDS = ["data/texts.csv", "plan.yaml"], ["data/records.csv", "plan.yaml"]
ANSWERS: list[tuple[dict[str, str], dict[str, Any]]] = [
    (
        {
            "does": "Tell spoken commands apart, whoever speaks.",
            "looks": "2",
            "answers": "1",
            "labels": "yes, no, stop",
            "languages": "en, ff-Adlm",
            "differs": "accent: us, uk; room: quiet, loud",
            "many": "3,000",
            "licence": "cc by 4.0",
            "use": "both",
        },
        {"modality": "audio", "type": "classification", "total": 3000, "files": ["plan.yaml"]},
    ),
    (
        {
            "does": "Sort mail",
            "looks": "texts",
            "answers": "several",
            "labels": "a, b",
            "licence": "LicenseRef-us",
        },
        {
            "modality": "text",
            "type": "classification",
            "total": 1000,
            "files": TEXTS,
        },
    ),
    (
        {"does": "Guess a price", "looks": "tables", "answers": "a number", "name": "Prices 2024"},
        {
            "modality": "record",
            "type": "regression",
            "total": 1000,
            "files": RECORDS,
        },
    ),
    (
        {"does": "Show what people like", "looks": "tables", "answers": "what someone will like"},
        {
            "modality": "record",
            "type": "recommendation",
            "total": 1000,
            "files": RECORDS,
        },
    ),
    (
        {
            "does": "Find cats",
            "looks": "pictures",
            "answers": "where",
            "labels": "cat, dog",
            "differs": "age: old, new",
        },
        {"modality": "image", "type": "boxes", "total": 1000, "files": ["plan.yaml"]},
    ),
    (
        {"does": "Watch a pump", "looks": "measurements", "answers": "nothing yet"},
        {"modality": "sensor", "type": "none", "total": 1000, "files": ["plan.yaml"]},
    ),
]


@pytest.mark.parametrize(("said", "expected"), ANSWERS)
def test_answers_make_a_plan_that_passes(
    said: dict[str, str], expected: dict[str, Any], tmp_path: Path
) -> None:
    files = files_of(ask(said))
    assert sorted(files) == expected["files"]
    write_files(files, tmp_path)
    checked = check_plan(tmp_path)
    assert checked.mistakes == (), files["plan.yaml"].decode()
    plan = checked.plan
    assert plan is not None
    assert (plan.modality, plan.task.type, plan.targets.total) == (
        expected["modality"],
        expected["type"],
        expected["total"],
    )
    assert plan.objective == said["does"]


@pytest.mark.parametrize(
    ("key", "answer", "words"),
    [
        ("does", "", "needed"),
        ("looks", "sounds", "'sound'"),
        ("looks", "9", "Choose one"),
        ("labels", "only", "at least two"),
        ("languages", "en_US", "joined by '-'"),
        ("differs", "accent", "which values"),
        ("differs", "label: a, b", "already"),
        ("many", "a lot", "whole number"),
        ("licence", "CC BY", "which version"),
        ("licence", "mine", "No licence"),
    ],
)
def test_answers_that_cannot_be_used_are_told(key: str, answer: str, words: str) -> None:
    (question,) = [q for q in QUESTIONS if q.key == key]
    told = flaw_of(question, answer)
    assert told is not None
    assert words in told


def test_floors_are_in_reach_of_skewed_data() -> None:
    def drafted(ham: int, spam: int) -> str:
        seen = {"label": {"ham": ham, "spam": spam}}
        return compose(
            Findings("mail", "text", "files", {"path": "m.csv"}, task="classification",
                     labels=("ham", "spam"), samples=ham + spam, seen=seen)
        )  # fmt: skip

    assert "{by: label, each: 747}" in drafted(4827, 747)
    assert "as many as the rarest has: spam 747" in drafted(4827, 747)
    assert "{by: label, each: 30}" in drafted(4827, 3)
    assert "{by: label, each: 5}" in drafted(7, 3)
