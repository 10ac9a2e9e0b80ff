"""Marks beside a recording that change cut it anew; what has not changed is left as it is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from command_line import run_json

PLAN = """version: 1
name: meetings
objective: Turns of meetings.
modality: audio
task: {type: none}
sources: [{name: m, kind: KIND, path: m, cut: {utterances: {marks: true}}, licence: CC-BY-4.0}]
clean: []
"""
TURN = "SPEAKER {} 1 {} {} <NA> <NA> {} <NA> <NA>\n"


@pytest.mark.parametrize("kind", ["files", "dataset"])
def test_another_turn_in_the_marks_is_another_sample(kind: str, data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    for name in ("trn02", "trn03"):
        shutil.copy(data / "ami-mini" / f"{name}.wav", folder)
        (folder / f"{name}.rttm").write_text(TURN.format(name, "1.0", "2.0", "anna"))
    (tmp_path / "plan.yaml").write_text(PLAN.replace("KIND", kind))

    def collect() -> tuple[int, int]:
        (stage,) = run_json("-C", tmp_path, "collect")["stages"]
        return stage["new"], stage["changed"]

    assert collect() == (4, 0)
    assert collect() == (0, 0)
    marks = folder / "trn02.rttm"
    marks.write_text(marks.read_text() + TURN.format("trn02", "5.0", "1.5", "bob"))
    os.utime(marks, ns=(1, 10**18))
    assert collect() == (1, 2)  # one more turn; the recording and its first turn are written again
    assert collect() == (0, 0)
