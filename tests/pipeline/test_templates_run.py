"""Each use's template goes the whole way on a few rows: filled in as its comments say, run to a report."""

from __future__ import annotations

import csv
import io
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from command_line import run_json

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "programs"
RIGHTS = "  controller: Us\n  contact: us@example.org\n  lawful_basis: consent\n  special_basis: consent\n"


def fill(folder: Path, name: str, rows: Iterator[list[object]]) -> None:
    """Adds rows below the names of a table that the template brings."""
    with (folder / "data" / name).open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def with_program(folder: Path, name: str, program: str) -> None:
    """Takes the training out of its comment and puts the example's program beside the plan."""
    shutil.copy(EXAMPLES / program, folder / name)
    plan = (folder / "plan.yaml").read_text()
    before, after = plan.split("# train:\n")
    (folder / "plan.yaml").write_text(before + "train:\n" + after.replace("#   ", "  "))


def speech_to_text(folder: Path, data: Path) -> None:
    told = csv.DictReader((data / "voice-prompts" / "manifest.csv").open(encoding="utf-8"))
    rows = [row for row in told if row["lang"] == "en"][:40]
    (folder / "data" / "clips").mkdir(exist_ok=True)
    lines = []
    for number, row in enumerate(rows):
        clip = f"s{number % 8}_{number}"
        shutil.copy(data / "voice-prompts" / row["file"], folder / "data" / "clips" / f"{clip}.wav")
        lines.append([clip, row["english_text"], ("northern", "southern")[number % 2], "18-29"])
    fill(folder, "transcripts.csv", iter(lines))
    with_program(folder, "recogniser.py", "transcribe.py")


def translation(folder: Path, data: Path) -> None:
    things = {"bread": "le pain", "milk": "le lait", "water": "l'eau", "tea": "le thé", "salt": "le sel"}
    asks = {"I want": "je veux", "I see": "je vois", "we eat": "nous mangeons", "she buys": "elle achète"}
    whens = {"today": "aujourd'hui", "tomorrow": "demain", "often": "souvent"}
    every = itertools.product(asks.items(), things.items(), whens.items())
    domains = itertools.cycle(["health", "housing", "school", "work"])
    fill(
        folder,
        "pairs.csv",
        (
            [f"{a} {b} {c}", f"{x} {y} {z}", next(domains), f"t{n % 7}"]
            for n, ((a, x), (b, y), (c, z)) in enumerate(every)
        ),
    )
    with_program(folder, "translator.py", "translate.py")


def search(folder: Path, data: Path) -> None:
    topics = {"orders": "order", "payments": "card", "returns": "parcel", "account": "password"}
    verbs = ("change", "find", "stop", "see", "ask about", "undo")
    rows: list[list[object]] = []
    for number, (verb, (topic, word)) in enumerate(itertools.product(verbs, topics.items())):
        for other, (_, thing) in enumerate(topics.items()):
            document = f"How to {verb} your {thing}: open the page of your {thing}, number {other}."
            grade = 3 if thing == word else 0
            asker = ("beginner", "expert")[number % 2]
            rows.append([f"q{number}", f"{verb} my {word}", document, grade, f"p{number % 9}", asker, topic])
    fill(folder, "judged.csv", iter(rows))


def question_answering(folder: Path, data: Path) -> None:
    answers = {
        "opening-hours": "We are open from nine to six.",
        "prices": "A ticket costs four euros.",
        "delivery": "It is delivered within two days.",
        "complaints": "Write to the office about a complaint.",
    }
    asked = {
        "opening-hours": ("when are you open", "are you open at nine", "open on sunday", "until six?"),
        "prices": ("what does a ticket cost", "how many euros", "is a ticket four euros", "cost of two"),
        "delivery": ("when is it delivered", "delivered in days?", "how many days", "is it delivered today"),
        "complaints": ("where to write a complaint", "office for a complaint", "I complain", "write to whom"),
    }
    rows: list[list[object]] = [
        [question, answer, int(topic == about), f"p{number}", topic, ("yes", "no")[number % 2]]
        for topic, questions in asked.items()
        for number, question in enumerate(questions)
        for about, answer in answers.items()
    ]
    fill(folder, "answered.csv", iter(rows))


def face_recognition(folder: Path, data: Path) -> None:
    pictures = sorted((data / "tiny-coco").rglob("*.jpg"))
    for place, (person, day, number) in enumerate(
        itertools.product(("ada", "ben", "chi", "dora"), ("monday", "friday", "sunday"), range(3))
    ):
        target = folder / "data" / "faces" / person / f"{day}_{number}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(pictures[place], target)
    origins = ("african", "asian", "european", "other")
    people = zip(("ada", "ben", "chi", "dora"), ("female", "male", "other", "female"), origins, strict=True)
    fill(folder, "people.csv", ([name, gender, "18-29", origin] for name, gender, origin in people))


def opinions(folder: Path, data: Path) -> None:
    words = {"good": ("lovely", "fast", "kind"), "bad": ("broken", "late", "rude"), "neither": ("red", "new")}
    things = {"price": "price", "quality": "coat", "service": "help", "delivery": "parcel"}
    rows: list[list[object]] = []
    for week, ((label, of_label), (aspect, thing)) in enumerate(
        itertools.product(words.items(), things.items())
    ):
        for number, word in enumerate(of_label):
            text = f"The {thing} was {word}, I bought {week * 7 + number} of them in shop {chr(97 + week)}"
            region = ("north", "south", "east", "west")[number]
            rows.append(
                [text, label, aspect, f"p{week}{number}", region, f"2026-{3 + number * 3:02}-1{week % 9}"]
            )
    fill(folder, "reviews.csv", iter(rows))


def failure_prediction(folder: Path, data: Path) -> None:
    place = folder / "data" / "machines"
    events = ["file,start,label"]
    lots = np.random.default_rng(0)
    for machine in range(6):
        steps = np.arange(0, 6 * 3600, 60)
        heat = 40 + lots.normal(0, 1, len(steps))
        fails = 4 * 3600 + machine * 600
        heat += np.clip((steps - fails + 2400) / 120, 0, 20)
        table = io.StringIO()
        table.write("time,heat_C,shake\n")
        for second, value in zip(steps.tolist(), heat.tolist(), strict=True):
            table.write(f"2026-03-0{machine + 1}T{second // 3600:02}:{second // 60 % 60:02}:00Z,{value:.2f},")
            table.write(f"{lots.normal(1, 0.1):.3f}\n")
        (place / f"pump-{machine}.csv").write_text(table.getvalue())
        hour, minute = fails // 3600, fails // 60 % 60
        events.append(f"pump-{machine}.csv,2026-03-0{machine + 1}T{hour:02}:{minute:02}:00Z,failure")
    (place / "events.csv").write_text("\n".join(events) + "\n")


USES = {
    "speech-to-text": (speech_to_text, "wer"),
    "translation": (translation, "chrf"),
    "search": (search, "ndcg_at_k"),
    "question-answering": (question_answering, "recall_at_k"),
    "face-recognition": (face_recognition, "f1_macro"),
    "opinions": (opinions, "f1_macro"),
    "failure-prediction": (failure_prediction, "windowed_recall"),
}


@pytest.mark.parametrize("name", USES)
def test_a_template_goes_the_whole_way(name: str, tmp_path: Path, data: Path) -> None:
    folder = tmp_path / "use"
    run_json("init", folder, "--template", name)
    plan = folder / "plan.yaml"
    plan.write_text(
        plan.read_text().replace(
            "  purposes: [train, evaluate]\n",
            "  purposes: [train, evaluate]\n" + RIGHTS
            if "  lawful_basis: consent\n" not in plan.read_text()
            else "  purposes: [train, evaluate]\n",
        )
    )
    make, metric = USES[name]
    make(folder, data)
    assert run_json("-C", folder, "check")["ok"]
    told = run_json("-C", folder, "run")
    stages = {stage["stage"]: stage for stage in told["stages"]}
    assert stages["collect"]["new"] > 10
    assert stages["release"]["kept"] > 10, stages
    assert stages["train"]["metric"] == metric
    value = stages["train"]["overall"]["value"]
    assert value is not None
    assert "report.html" in {path.name for path in folder.iterdir()}


def test_a_face_never_tells_what_people_are(tmp_path: Path) -> None:
    run_json("init", tmp_path, "--template", "face-recognition")
    plan = tmp_path / "plan.yaml"
    for name in ("gender", "age_group", "ethnicity"):
        text = plan.read_text()
        line = next(line for line in text.splitlines() if line.lstrip().startswith(f"{name}:"))
        plan.write_text(text.replace(line, line.replace("basis: declared", "basis: inferred")))
        told = run_json("-C", tmp_path, "check", code=2)
        assert [mistake["field"] for mistake in told["mistakes"]] == [f"attributes.{name}.basis"]
        plan.write_text(text)
