"""kill -9 at any moment of any stage, run again: the result is that of a run that nobody disturbed."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from command_line import command, environment, ingather, run_json

TEXT = """\
version: 1
name: spam
objective: Tell spam from ham.
modality: text
languages: [en]
task: {type: classification, labels: [ham, spam]}
targets: {groups: [{by: label, each: 100}]}
rights: {licences: [CC-BY-4.0]}
sources:
  - {name: mail, kind: files, path: mail.tsv, format: tsv, text: SMS, label: Label, licence: CC-BY-4.0}
release: {stratify: [label]}
train: {recipe: text-classification, metric: accuracy}
"""

AUDIO = """\
version: 1
name: digits
objective: Tell the ten digits apart.
modality: audio
languages: [en]
task: {type: classification, labels: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']}
targets: {groups: [{by: label, each: 10}]}
rights: {licences: [CC-BY-SA-4.0]}
sources:
  - name: digits
    kind: files
    path: recordings
    pattern: '{label}_{speaker}_{n}.wav'
    contributor: speaker
    licence: CC-BY-SA-4.0
release: {}
train: {recipe: audio-classification, metric: accuracy}
"""


def text_workspace(folder: Path, data: Path, rows: int) -> Path:
    folder.mkdir()
    lines = (data / "sms-spam" / "SMSSpamCollection").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "mail.tsv").write_text("".join(lines[: rows + 1]), encoding="utf-8")
    (folder / "plan.yaml").write_text(TEXT)
    return folder


def audio_workspace(folder: Path, data: Path, rows: int) -> Path:
    (folder / "recordings").mkdir(parents=True)
    for path in sorted((data / "fsdd" / "recordings").iterdir())[:: max(1, 600 // rows)]:
        shutil.copy2(path, folder / "recordings")
    (folder / "plan.yaml").write_text(AUDIO)
    return folder


def copy_secret(source: Path, target: Path) -> None:
    """Ids are keyed: two workspaces are the same only under the same secret."""
    (target / ".ingather").mkdir()
    shutil.copy(source / ".ingather" / "secret", target / ".ingather" / "secret")


def kill_and_compare(undisturbed: Path, disturbed: Path, kills: int, seed: int) -> None:
    began = time.monotonic()
    ingather("-C", undisturbed, "run")
    whole = time.monotonic() - began
    copy_secret(undisturbed, disturbed)
    lots = random.Random(seed)
    killed = 0
    for _ in range(kills):
        process = subprocess.Popen(
            command("-C", disturbed, "run"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment(),
        )
        try:
            process.wait(timeout=lots.uniform(0.3, 1.0) * whole)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
    assert killed, "no run was disturbed: the test says nothing"
    ingather("-C", disturbed, "run")
    assert run_json("-C", disturbed, "doctor")["ok"]
    expected, found = (
        run_json("-C", undisturbed, "doctor", "--digest"),
        run_json("-C", disturbed, "doctor", "--digest"),
    )
    assert found == expected
    again = run_json("-C", disturbed, "run")["stages"]
    assert all(stage["new"] == 0 and stage["changed"] == 0 for stage in again), again


def test_killed_text_runs_end_like_an_undisturbed_one(tmp_path: Path, data: Path) -> None:
    kill_and_compare(
        text_workspace(tmp_path / "a", data, 600), text_workspace(tmp_path / "b", data, 600), 4, 1
    )


def test_killed_audio_runs_end_like_an_undisturbed_one(tmp_path: Path, data: Path) -> None:
    kill_and_compare(
        audio_workspace(tmp_path / "a", data, 100), audio_workspace(tmp_path / "b", data, 100), 4, 2
    )


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(6))
def test_many_kills(tmp_path: Path, data: Path, seed: int) -> None:
    make = text_workspace if seed % 2 else audio_workspace
    kill_and_compare(make(tmp_path / "a", data, 500), make(tmp_path / "b", data, 500), 10, 100 + seed)
