"""Workspaces of real data, small enough to be cut in seconds."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ingather.pipeline import run_stages
from ingather.store.workspace import open_workspace

SECRET = bytes(range(32))

TEXT = """\
version: 1
name: spam
objective: Tell spam from ham.
modality: text
languages: [en]
task: {type: classification, labels: [ham, spam]}
targets: {groups: [{by: label, each: 100}]}
rights: {licences: [CC-BY-4.0], contact: owner@example.org}
sources:
  - {name: mail, kind: files, path: mail.tsv, format: tsv, text: SMS, label: Label, licence: CC-BY-4.0}
release: {stratify: [label], formats: [huggingface, jsonl, csv, parquet]}
"""

AUDIO = """\
version: 1
name: digits
objective: Tell the spoken digits apart.
modality: audio
languages: [en]
task: {type: classification, labels: ['0', '1', '2']}
attributes:
  gender: {of: contributor, values: [female, male]}
  accent: {of: contributor, values: [USA/neutral, BEL/French, DEU/German, GRC/Greek], release: false}
targets:
  groups:
    - {by: gender, each: 30}
    - {by: accent, each: 10}
rights: {licences: [CC-BY-SA-4.0]}
sources:
  - name: digits
    kind: files
    path: recordings
    pattern: '{label}_{speaker}_{n}.wav'
    contributor: speaker
    sidecar: {path: speakers.csv, on: speaker}
    licence: CC-BY-SA-4.0
release: {splits: {train: .7, test: .3}}
"""

BOXES = """\
version: 1
name: cells
objective: Find the cells.
modality: image
task: {type: boxes, labels: [RBC, WBC, Platelets]}
rights: {licences: [MIT]}
sources:
  - {name: smears, kind: dataset, path: smears, format: voc, licence: MIT}
release: {formats: [huggingface, coco, voc]}
"""

PICTURES = """\
version: 1
name: pictures
objective: Look at pictures.
modality: image
task: {type: none}
rights: {licences: [CC-BY-SA-4.0]}
clean: [readable, private-exif]
sources:
  - {name: snaps, kind: files, path: jpg, licence: CC-BY-SA-4.0}
release: {splits: {train: 1}}
"""

RECORDS = """\
version: 1
name: survey
objective: Tell who agrees.
modality: record
task: {type: classification, target: Sex, labels: [Female, Male]}
rights: {licences: [GPL-2.0-only]}
sources:
  - {name: people, kind: files, path: people.csv, label: Sex, licence: GPL-2.0-only}
release: {stratify: [label]}
"""


def prepare(folder: Path, text: str) -> Path:
    """A workspace with a plan and the secret that all of them share, so that ids are the same."""
    (folder / ".ingather").mkdir(parents=True)
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    workspace = open_workspace(folder)
    workspace.folder.mkdir(exist_ok=True)
    (workspace.folder / "secret").write_bytes(SECRET)
    return folder


def run(folder: Path, *stages: str, strict: bool = False) -> dict[str, Any]:
    """Runs stages; returns what the last one tells."""
    names = stages or ("collect", "clean", "release")
    return run_stages(open_workspace(folder), names, strict=strict).results[-1].as_json()


def text_data(folder: Path, data: Path, rows: int) -> Path:
    lines = (data / "sms-spam" / "SMSSpamCollection").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "mail.tsv").write_text("".join(lines[: rows + 1]), encoding="utf-8")
    return folder


def audio_data(folder: Path, data: Path) -> Path:
    (folder / "recordings").mkdir()
    for file in sorted((data / "fsdd" / "recordings").glob("[0-2]_*_[0-4].wav")):
        shutil.copy(file, folder / "recordings")
    shutil.copy(data / "fsdd" / "speakers.csv", folder)
    return folder


def box_data(folder: Path, data: Path, pictures: int) -> Path:
    source, target = data / "bccd-blood-cells" / "BCCD", folder / "smears"
    for name in ("Annotations", "JPEGImages"):
        (target / name).mkdir(parents=True)
        for file in sorted((source / name).iterdir())[:pictures]:
            shutil.copy(file, target / name)
    return folder
