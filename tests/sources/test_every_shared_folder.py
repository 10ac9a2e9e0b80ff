"""Every folder of the real data goes in by a plan of a few lines, or is refused in the right words."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingather.cli import main, settings

TOP = """version: 1
name: {name}
objective: Carry this folder into a release.
rights: {{licences: [{licences}], purposes: [train]}}
"""
RELEASE = "release: {splits: {train: 1}}\n"
"""A folder goes in when everything of it that may be released is."""


@dataclass(frozen=True)
class Way:
    """How a folder goes in.

    Attributes:
        plan: the lines that differ from folder to folder; DATA stands for the folder.
        collected: samples by source, as its ORIGIN.md counts them.
        released: how many of them reach the release.
        licences: what the plan allows.
        lost: how many things were met and could not be taken.
        quarantined: how many cleaning sets aside.
        refused: words of the refusal, where nothing may be released of it as it is.
    """

    plan: str
    collected: dict[str, int]
    released: int
    licences: str = "CC-BY-4.0"
    lost: int = 0
    quarantined: int = 0
    refused: tuple[str, ...] = ()


WAYS: dict[str, Way] = {
    "active-crowd-toolkit": Way(
        """
modality: record
task: {type: none}
sources:
  - {name: CF, kind: files, path: DATA/Data/CF.csv, columns: [w, t, label, gold], header_rows: 0,
     licence: Apache-2.0}
  - {name: amt, kind: files, path: DATA/Data/*_amt.csv, columns: [w, t, label, gold, s], header_rows: 0,
     licence: Apache-2.0}
clean: []
""",
        {"CF": 1720, "amt": 6030 + 10_000},
        1720 + 6030 + 10_000,
        "Apache-2.0",
    ),
    "ami-mini": Way(
        """
modality: audio
task: {type: none}
sources: [{name: meetings, kind: dataset, path: DATA, cut: {utterances: {marks: true}}, licence: CC-BY-4.0}]
clean: [decode]
""",
        {"meetings": 4 + 17},  # recordings, and a turn for each line of the RTTM
        17,
    ),
    "basic-motions": Way(
        """
modality: sensor
task: {type: classification, labels: [Standing, Running, Walking, Badminton]}
sources: [{name: watch, kind: dataset, path: DATA, licence: BSD-3-Clause}]
clean: []
""",
        {"watch": 80},
        80,
        "BSD-3-Clause",
    ),
    "bccd-blood-cells": Way(
        """
modality: image
task: {type: boxes, labels: [RBC, WBC, Platelets]}
sources: [{name: cells, kind: dataset, path: DATA, licence: MIT}]
clean: [readable]
""",
        {"cells": 292},
        292,
        "MIT",
        lost=72,  # pictures that a list names and that are not there
    ),
    "comma2k19-example": Way(
        """
modality: sensor
task: {type: none}
sources: [{name: drive, kind: dataset, path: DATA, licence: MIT}]
""",
        {"drive": 1},
        1,
        "MIT",
    ),
    "dicom-samples": Way(
        """
modality: image
task: {type: none}
sources: [{name: scans, kind: dataset, path: DATA, licence: MIT}]
""",
        {"scans": 9},
        0,
        "MIT",
        lost=1,  # a plan of radiation holds no picture
        quarantined=9,
        refused=("dicom-identifiers 6", "'dicom-deidentify'", "vouched: [{by: NAME"),
    ),
    "exif-samples": Way(
        """
modality: image
task: {type: none}
sources: [{name: pictures, kind: files, path: DATA/jpg, licence: CC-BY-SA-4.0}]
clean: []
""",
        {"pictures": 49},
        49,
        "CC-BY-SA-4.0",
    ),
    "fivethirtyeight-surveys": Way(
        """
modality: record
task: {type: none}
sources:
  - {name: wars, kind: files, path: DATA/star-wars-survey, key: RespondentID, licence: CC-BY-4.0}
  - {name: steak, kind: files, path: DATA/steak-survey, key: RespondentID, licence: CC-BY-4.0}
  - {name: dinner, kind: files, path: DATA/thanksgiving-2015, key: RespondentID, licence: CC-BY-4.0}
clean: []
""",
        {"wars": 1186, "steak": 550, "dinner": 1058},
        1186 + 550 + 1058,
    ),
    "fsdd": Way(
        """
modality: audio
task: {type: classification, labels: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']}
sources:
  - {name: digits, kind: files, path: DATA/recordings, pattern: '{label}_{speaker}_{n}.wav',
     contributor: speaker, licence: CC-BY-SA-4.0}
clean: []
""",
        {"digits": 600},
        600,
        "CC-BY-SA-4.0",
    ),
    "movielens-small": Way(
        """
modality: record
task: {type: recommendation}
sources: [{name: ratings, kind: dataset, path: DATA, licence: CC-BY-NC-4.0}]
clean: []
""",
        {"ratings": 100_004},
        100_004,
        "CC-BY-NC-4.0",
    ),
    "nab": Way(
        """
modality: sensor
task: {type: anomaly, labels: [anomaly]}
sources: [{name: machines, kind: dataset, path: DATA, licence: MIT}]
""",
        {"machines": 8},
        8,
        "MIT",
    ),
    "nltk-corpora": Way(
        """
modality: text
task: {type: none}
attributes: {name_of: {of: sample, values: [female, male]}}
sources:
  - {name: names, kind: files, path: DATA/packages/corpora/names.zip, pattern: 'names/{name_of}.txt',
     format: csv, header_rows: 0, columns: [name], text: name, licence: CC0-1.0}
  - {name: speeches, kind: files, path: DATA/packages/corpora/inaugural.zip,
     pattern: 'inaugural/{year}-{speaker}.txt', contributor: speaker, licence: CC0-1.0}
  - {name: rights, kind: files, path: DATA/packages/corpora/udhr2.zip, licence: CC0-1.0}
  - {name: reviews, kind: files, path: DATA/packages/corpora/product_reviews_1.zip, licence: CC-BY-4.0}
clean: []
""",
        {"names": 7944, "speeches": 59, "rights": 388, "reviews": 5},
        7944 + 59 + 387 + 5,
        "CC0-1.0, CC-BY-4.0",
        quarantined=1,  # one declaration is an empty file
    ),
    "rdatasets-health-survey": Way(
        """
modality: record
task: {type: none}
sources:
  - {name: bfi, kind: files, path: DATA/csv/psych/bfi.csv, key: rownames, licence: GPL-3.0-only}
clean: []
""",
        {"bfi": 2800},
        2800,
        "GPL-3.0-only",
    ),
    "robots-samples": Way(
        """
modality: text
task: {type: none}
sources: [{name: hosts, kind: files, path: DATA, format: text, licence: BSD-3-Clause}]
clean: []
""",
        {"hosts": 200},
        199,
        "BSD-3-Clause",
        quarantined=1,  # one file is empty
    ),
    "sample-videos": Way(
        """
modality: video
task: {type: none}
sources: [{name: films, kind: files, path: DATA, licence: CC-BY-4.0}]
clean: []
""",
        {"films": 23},
        23,
    ),
    "sgd-dialogues": Way(
        """
modality: text
task: {type: dialogue}
sources: [{name: talks, kind: dataset, path: DATA, licence: CC-BY-SA-4.0}]
""",
        {"talks": 256},
        256,
        "CC-BY-SA-4.0",
    ),
    "sms-spam": Way(
        """
modality: text
task: {type: classification, labels: [ham, spam]}
sources:
  [{name: mail, kind: files, path: DATA/SMSSpamCollection, format: tsv, text: SMS, label: Label,
     licence: CC-BY-4.0}]
clean: []
""",
        {"mail": 5574},
        5574,
    ),
    "tiny-coco": Way(
        """
modality: image
task: {type: none}
sources: [{name: coco, kind: dataset, path: DATA}]
""",
        {"coco": 38},
        13,
        "CC-BY-2.0, CC-BY-SA-2.0",
    ),
    "voice-prompts": Way(
        """
modality: audio
task: {type: transcription}
sources:
  - {name: prompts, kind: files, path: DATA/manifest.csv, content: file, label: english_text,
     contributor: speaker, licence_from: licence, values: {licence: {IT: CC-BY-3.0, RU: CC-BY-3.0}}}
clean: [decode]
""",
        {"prompts": 300},
        300,
        "CC-BY-3.0, CC-BY-SA-3.0",
    ),
    "warc-samples": Way(
        """
modality: text
task: {type: none}
sources: [{name: web, kind: dataset, path: DATA, licence: Apache-2.0}]
clean: []
""",
        {"web": 11},
        9,
        "Apache-2.0",
        quarantined=2,  # a file that ends too early, a page that is not what its digest was made of
        lost=14,  # repeats, resources and answers that are no pages, five places where a record is broken
    ),
    "wnut17-ner": Way(
        """
modality: text
task: {type: tagging}
sources: [{name: posts, kind: dataset, path: DATA, licence: CC-BY-4.0}]
clean: []
""",
        {"posts": 3394 + 1009},
        3394 + 1009,
    ),
}
REFUSED: dict[str, tuple[str, ...]] = {
    "common-voice-stats": ("4 JSON documents", "objects with locales", "jsonl"),
    "xlsforms-share": ("XLSForm", "questions to ask people, without an answer", "answers"),
}
"""Folders that bring no samples, and words that must tell why."""
BY_PARTS = {"nltk-corpora": ("4 archives", "Name one of its archives", "inaugural.zip")}
"""Folders that go in, but not as one source: what init says of them."""


def call(*words: str) -> tuple[int, dict[str, Any]]:
    """Runs ``ingather --json`` in this process; returns its exit code and its document."""
    arguments, chosen = settings.split(["--json", *words])
    printed, told = io.StringIO(), io.StringIO()
    settings.use(chosen)
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(told):
            code = main.run(arguments, chosen)
    finally:
        settings.use(settings.Settings())
    return code, json.loads(printed.getvalue())


def test_every_folder_is_listed(data: Path) -> None:
    there = {folder.name for folder in data.iterdir() if folder.is_dir()}
    assert there == WAYS.keys() | REFUSED.keys()


@pytest.mark.parametrize("folder", WAYS)
def test_folder_goes_in(folder: str, data: Path, tmp_path: Path) -> None:
    way = WAYS[folder]
    told = _run(way.plan, folder, way.licences, data, tmp_path, 2 if way.refused else 0)
    stages = {stage["stage"]: stage for stage in told["stages"]}
    sources = stages["collect"]["sources"]
    assert {name: one["new"] for name, one in sources.items()} == way.collected
    assert sum(one["lost"] for one in sources.values()) == way.lost
    assert sum(stages["release"]["splits"].values()) == way.released
    assert stages["release"]["left_out"]["quarantined"] == way.quarantined
    if way.refused:
        words = " ".join(filter(None, told["error"].values()))
        assert [one for one in way.refused if one not in words] == []


@pytest.mark.parametrize("folder", [*REFUSED, *BY_PARTS])
def test_refusal_says_what_is_there_and_what_is_nearest(folder: str, data: Path, tmp_path: Path) -> None:
    code, told = call("init", str(tmp_path / "plan"), "--from", str(data / folder))
    assert code == 2
    words = " ".join(filter(None, told["error"].values()))
    assert [one for one in {**REFUSED, **BY_PARTS}[folder] if one not in words] == []
    assert "The nearest known" in words
    assert not (tmp_path / "plan").exists()


@pytest.mark.parametrize("folder", [name for name in WAYS if name not in BY_PARTS])
def test_first_draft_is_sound(folder: str, data: Path, tmp_path: Path) -> None:
    assert call("init", str(tmp_path), "--from", str(data / folder))[0] == 0
    code, told = call("-C", str(tmp_path), "check")
    assert (code, told["mistakes"]) == (0, [])
    plan = (tmp_path / "plan.yaml").read_text("utf-8")
    said = "licences: []" not in plan
    assert said != ("# licence: CC-BY-4.0" in plan and "fill in, such as" in plan)


def test_first_draft_reaches_a_release_once_its_licence_is_filled_in(data: Path, tmp_path: Path) -> None:
    call("init", str(tmp_path), "--from", str(data / "sms-spam"))
    path = tmp_path / "plan.yaml"
    plan = path.read_text("utf-8")
    assert "recipe: text-classification" in plan
    filled = plan.replace("licences: []", "licences: [CC-BY-4.0]").replace("# licence:", "licence:")
    path.write_text(filled.replace("\ntrain:", "\nx-train:"), "utf-8")
    code, told = call("-C", str(tmp_path), "run")
    assert code == 0
    stages = {stage["stage"]: stage for stage in told["stages"]}
    kept = stages["clean"]["kept"]
    assert kept <= 5171  # distinct messages
    assert sum(stages["release"]["splits"].values()) == kept


def _run(lines: str, folder: str, licences: str, data: Path, place: Path, code: int) -> dict[str, Any]:
    plan = TOP.format(name=folder, licences=licences) + lines.replace("DATA", str(data / folder)) + RELEASE
    (place / "plan.yaml").write_text(plan, "utf-8")
    ended, told = call("-C", str(place), "run")
    assert ended == code, told
    return told
