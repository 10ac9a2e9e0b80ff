"""Who vouches names operators that look for people, and sources that there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingather.plan.read import check_text

PLAN = """version: 1
name: scans
objective: Pictures of bones.
modality: image
task: {{type: none}}
rights: {{licences: [CC0-1.0], vouched: [{{by: "Dr X", for: [{operator}], sources: [{source}]}}]}}
sources: [{{name: scans, kind: files, path: ., licence: CC0-1.0}}]
"""


@pytest.mark.parametrize(
    ("operator", "source", "field", "words"),
    [
        ("dicom-identifiers", "scans", "", ""),
        ("dicom-identifier", "scans", "rights.vouched[0].for[0]", "dicom-identifiers"),
        ("blur", "scans", "rights.vouched[0].for[0]", "does not look for what tells of people"),
        ("dicom-identifiers", "scan", "rights.vouched[0].sources[0]", "There is no source 'scan'"),
    ],
)
def test_names_under_vouched_are_checked(
    operator: str, source: str, field: str, words: str, tmp_path: Path
) -> None:
    mistakes = check_text(PLAN.format(operator=operator, source=source), tmp_path / "plan.yaml").mistakes
    if not field:
        assert mistakes == ()
        return
    (one,) = mistakes
    assert one.field == field
    assert words in f"{one.message} {one.fix}"


def test_a_sidecar_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "speakers.csv").write_text("speaker,accent\n")
    plan = """version: 1
name: clips
objective: Clips.
modality: audio
task: {type: none}
sources:
  - {name: clips, kind: files, path: clips, pattern: '{speaker}.wav', licence: CC0-1.0,
     sidecar: {path: TABLE, on: speaker}}
"""
    for table, wrong in (("speakers.csv", False), ("clips/speakers.csv", False), ("speaker.csv", True)):
        mistakes = check_text(plan.replace("TABLE", table), tmp_path / "plan.yaml").mistakes
        assert [one.field for one in mistakes] == ["sources[0].sidecar.path"] * wrong
