"""Every example runs on real data, from the plan to what to collect next."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from command_line import ingather, run_json

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SETS = {
    "spam-filter": "sms-spam",
    "recommendations": "movielens-small",
    "blood-cells": "bccd-blood-cells",
    "voice-assistant": "fsdd",
}


def test_every_example_is_run() -> None:
    assert {path.parent.name for path in EXAMPLES.glob("*/plan.yaml")} == set(SETS)


def begin(folder: Path, data: Path, name: str) -> Path:
    shutil.copytree(EXAMPLES / name, folder)
    source = data / SETS[name]
    if name == "blood-cells":  # a third of the pictures: the whole set takes a minute longer
        (folder / "data" / "BCCD").mkdir(parents=True)
        for kind, suffix in (("Annotations", ".xml"), ("JPEGImages", ".jpg")):
            (folder / "data" / "BCCD" / kind).mkdir()
            for path in sorted((source / "BCCD" / "Annotations").glob("*.xml"))[::6]:
                shutil.copy2(source / "BCCD" / kind / (path.stem + suffix), folder / "data" / "BCCD" / kind)
    else:
        (folder / "data").symlink_to(source)
    return folder


@pytest.mark.parametrize("name", sorted(SETS))
def test_an_example_goes_the_whole_way(name: str, tmp_path: Path, data: Path) -> None:
    place = begin(tmp_path / name, data, name)
    assert run_json("-C", place, "check")["ok"] is True
    stages = {one["stage"]: one for one in run_json("-C", place, "run")["stages"]}
    assert stages["collect"]["new"] > 0
    assert stages["clean"]["quarantined"] <= 0.1 * stages["clean"]["in"]
    assert sum(stages["release"]["splits"].values()) > 0
    assert stages["train"]["overall"]["n"] > 0
    assert (place / "report.html").is_file()
    assert {"collect", "stuck", "expected"} <= set(run_json("-C", place, "next"))
    assert "Next:" in ingather("-C", place, "status").out
    assert all(one["new"] == 0 for one in run_json("-C", place, "run")["stages"])


def test_nobody_is_female_in_the_spoken_digits_and_status_says_so(tmp_path: Path, data: Path) -> None:
    place = begin(tmp_path / "voice-assistant", data, "voice-assistant")
    ingather("-C", place, "collect")
    quotas = run_json("-C", place, "status")["quotas"]
    female = next(row for row in quotas if row["by"] == {"gender": "female"})
    assert (female["collected"], female["kept"], female["gap"]) == (0, 0, 300)
