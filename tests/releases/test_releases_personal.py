"""No release holds a medical picture that tells of a person, unless the plan says who vouches for it."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from command_line import ingather, run_json

PLAN = """version: 1
name: scans
objective: Pictures of patients' scans that name nobody.
modality: image
task: {{type: none}}
rights: {{licences: [MIT]{rights}}}
sources:
  - {{name: scans, kind: dataset, path: {path}, format: dicom, licence: MIT}}
{clean}release: {{licence: MIT, splits: {{train: 1}}}}
"""
COPY = "clean: [readable, {dicom-deidentify: {to: %s}}, dicom-identifiers, duplicates]\n"
VOUCHED = ', vouched: [{by: "Dr X, x@example.org", for: dicom-identifiers}]'


def write(place: Path, data: Path, *, rights: str = "", clean: str = "") -> None:
    text = PLAN.format(path=data / "dicom-samples", rights=rights, clean=clean)
    (place / "plan.yaml").write_text(text)


@pytest.mark.parametrize("kind", ["png", "dicom"])
def test_only_copies_are_released(kind: str, tmp_path: Path, data: Path) -> None:
    write(tmp_path, data, clean=COPY % kind)
    stages = {one["stage"]: one for one in run_json("-C", tmp_path, "run")["stages"]}
    assert stages["clean"]["quarantined"] == 6
    assert stages["release"]["splits"] == {"train": 3}
    (file,) = (tmp_path / "releases").rglob("*.parquet")
    contents = [one["bytes"] for one in pq.read_table(file)["image"].to_pylist()]
    assert not any(b"CompressedSamples" in one or b"JANCT000" in one for one in contents)


def test_nothing_as_it_came_unless_vouched_for_even_when_taken_back_by_hand(
    tmp_path: Path, data: Path
) -> None:
    write(tmp_path, data)
    ingather("-C", tmp_path, "collect")
    ingather("-C", tmp_path, "clean")
    listed = run_json("-C", tmp_path, "samples", "--quarantined")["samples"]
    medical = [one for one in listed if one["operator"] == "dicom-identifiers"]
    assert len(medical) == 6
    assert all("the patient's name" in one["reason"] for one in medical)
    ingather("-C", tmp_path, "samples", "release", *(one["id"] for one in medical))
    done = ingather("-C", tmp_path, "--json", "run", code=2)
    assert "6 for personal" in done.out
    write(tmp_path, data, rights=VOUCHED)
    stages = {one["stage"]: one for one in run_json("-C", tmp_path, "run")["stages"]}
    assert stages["release"]["splits"] == {"train": 6}


def test_medical_files_that_nobody_asked_are_left_out(tmp_path: Path, data: Path) -> None:
    write(tmp_path, data, clean="clean: [readable]\n")
    done = ingather("-C", tmp_path, "--json", "run", code=2)
    assert "personal" in done.out
