"""Hours and tokens are counted by what cleaning measured, and are nothing before it."""

from __future__ import annotations

import shutil
import wave
from pathlib import Path

import pytest

from ingather.cli.coverage import amount
from ingather.pipeline import run_stages
from ingather.plan.read import check_plan
from ingather.status import status_of
from ingather.store.workspace import Workspace

PLAN = """\
version: 1
name: units
objective: Tell digits apart.
modality: audio
task: {type: classification, labels: ["0", "1"]}
targets: {unit: hours, total: 1}
rights: {licences: [CC-BY-SA-4.0]}
sources:
  - {name: d, kind: files, path: rec/, pattern: '{label}_{who}_{n}.wav', licence: CC-BY-SA-4.0}
"""


def test_hours_of_recordings_are_their_length(tmp_path: Path, data: Path) -> None:
    (tmp_path / "rec").mkdir()
    seconds = 0.0
    for path in sorted((data / "fsdd" / "recordings").glob("[01]_jackson_*.wav")):
        shutil.copy2(path, tmp_path / "rec")
        with wave.open(str(path)) as file:
            seconds += file.getnframes() / file.getframerate()
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    workspace = Workspace(tmp_path)
    run_stages(workspace, ("collect",))
    assert status_of(workspace)["quotas"][0]["collected"] == 0
    run_stages(workspace, ("clean",))
    total = status_of(workspace)["quotas"][0]
    assert total["collected"] == pytest.approx(seconds / 3600, rel=1e-3)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("hours", "hours", None),
        ("rights:", "clean: [decode, duration]\nrights:", None),
        ("rights:", "clean: [decode]\nrights:", "counted by duration"),
        ("hours", "tokens", "Nothing measures tokens of audio"),
    ],
)
def test_a_unit_that_nothing_measures_is_warned_of(
    tmp_path: Path, old: str, new: str, words: str | None
) -> None:
    (tmp_path / "rec").mkdir()
    (tmp_path / "plan.yaml").write_text(PLAN.replace(old, new, 1), encoding="utf-8")
    told = [one.message for one in check_plan(tmp_path).warnings if one.field == "targets.unit"]
    assert [words in message for message in told] == [True] if words else not told


def test_large_amounts_are_written_out() -> None:
    assert [amount(one) for one in (0.07196, 60, 12_345, 999.9)] == ["0.072", "60", "12,345", "1,000"]
