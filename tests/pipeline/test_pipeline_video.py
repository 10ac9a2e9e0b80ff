"""Films go the whole way: cut, cleaned, released, learned from, reported; killed and run again."""

from __future__ import annotations

import base64
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from command_line import command, environment, ingather, run_json
from films import make, take
from ingather.media.video import open_film
from ingather.pipeline import run_stages
from ingather.sample import Item, Part
from ingather.store.workspace import open_workspace

PLAN = """\
version: 1
name: scenes
objective: Tell four scenes apart.
modality: video
task: {type: classification, labels: [bottle, car, person, sign]}
targets: {groups: [{by: label, each: 10}]}
rights: {licences: [CC-BY-4.0]}
sources:
  - name: films
    kind: files
    path: films/
    label: folder
    cut: {clips: {seconds: 2, least: 1}}
    licence: CC-BY-4.0
release: {stratify: [label]}
train: {recipe: video-classification, metric: balanced_accuracy}
"""
SCENES = (
    ("bottle", "bottle-detection", 5),
    ("car", "car-detection", 4),
    ("person", "one-by-one-person-detection", 6),
)


def films(folder: Path, data: Path) -> None:
    """Four seconds from here and there of the shared films, and six of the signs, in folders by scene."""
    shared = data / "sample-videos"
    for label, name, count in SCENES:
        (folder / label).mkdir(parents=True)
        for number in range(count):
            film = take(shared / f"{name}.mp4", 272, first=7 * number, seconds=4)
            (folder / label / f"{number}.mp4").write_bytes(make(film))
    (folder / "sign").mkdir()
    for path in sorted((shared / "asl_gestures").glob("*.mkv"))[::3]:
        (folder / "sign" / f"{path.stem}.mp4").write_bytes(make(take(path, 272, seconds=4)))


@pytest.fixture(scope="module")
def scenes(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scenes")
    films(folder / "films", data)
    (folder / "plan.yaml").write_text(PLAN)
    ingather("-C", folder, "run")
    return folder


def test_from_plan_to_release(scenes: Path) -> None:
    status = run_json("-C", scenes, "status")
    assert status["samples"]["collected"] >= 30
    aside = run_json("-C", scenes, "samples", "--quarantined")["samples"]
    # cameras that stand still see the same empty street twice, and that is a copy
    assert {row["operator"] for row in aside} == {"same-film"}
    assert len(aside) <= 8
    rows = [row for path in sorted((scenes / "releases/v1/data").glob("*.parquet")) for row in _rows(path)]
    assert len(rows) == status["samples"]["kept"]
    split_of: dict[str, set[str]] = {}
    for row in rows:
        film, fault = open_film(row["video"]["bytes"])
        assert fault is None
        assert film is not None
        first, past = row["segment"]["frames"]
        assert len(film.scan.times) == past - first
        split_of.setdefault(row["parent"], set()).add(row["split"])
    assert len(split_of) > 15
    assert all(len(splits) == 1 for splits in split_of.values()), "clips of one film lie in one split"


def _rows(path: Path) -> list[dict]:  # type: ignore[type-arg]
    import json

    rows = pq.read_table(path).to_pylist()
    for row in rows:
        row["segment"] = json.loads(row["segment"])
        row["split"] = path.name.split("-")[0]
    return rows


def test_a_baseline_learns_the_scenes(scenes: Path) -> None:
    told = run_json("-C", scenes, "train")
    assert told["overall"]["value"] > 0.8, "by chance it is .25"


def test_the_report_shows_films_and_stays_small(scenes: Path) -> None:
    page = (scenes / "report.html").read_text()
    sheets = re.findall(
        r'<img src="data:image/webp;base64,([^"]+)" width="(\d+)" height="(\d+)" alt="([^"]+)"', page
    )
    assert 8 <= len(sheets) <= 18
    assert all(base64.b64decode(content)[8:12] == b"WEBP" for content, *_ in sheets)
    assert all(re.match(r"\d frames of a film labelled \w+, at [\d., ]+ s", alt) for *_, alt in sheets)
    assert len(page) < 700_000


def test_inspect_tells_where_a_film_lies(scenes: Path) -> None:
    told = run_json("-C", scenes, "inspect", "car/0.mp4#0")
    assert Path(told["file"]).is_file()
    assert told["film"].startswith("272 x 152 h264, 12.5 frames/s, 2 s")


def test_films_as_loose_files(scenes: Path, tmp_path: Path) -> None:
    shutil.copytree(scenes, tmp_path / "w")
    plan = (
        (tmp_path / "w" / "plan.yaml")
        .read_text()
        .replace("stratify: [label]", "stratify: [label], media: files")
    )
    (tmp_path / "w" / "plan.yaml").write_text(plan)
    told = run_json("-C", tmp_path / "w", "release")
    release = tmp_path / "w" / told["path"]
    loose = [path for path in release.rglob("*") if path.suffix in (".mp4", ".mkv", ".webm")]
    assert len(loose) == sum(told["splits"].values())
    film, _ = open_film(loose[0])
    assert film is not None
    rows = [
        row
        for path in sorted((release / "data").glob("*.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]
    assert {str(path.relative_to(release)) for path in loose} == {row["video"].lstrip("./") for row in rows}


def test_killed_while_cutting_and_while_cleaning(scenes: Path, tmp_path: Path) -> None:
    """The clips are made anew after a kill: the same bytes, so the same blobs."""
    shutil.copytree(scenes / "films", tmp_path / "films")
    shutil.copy(scenes / "plan.yaml", tmp_path / "plan.yaml")
    (tmp_path / ".ingather").mkdir()
    shutil.copy(scenes / ".ingather" / "secret", tmp_path / ".ingather" / "secret")
    _kill(tmp_path, "collect", 0.5)
    ingather("-C", tmp_path, "collect")
    _kill(tmp_path, "clean", 0.5)
    ingather("-C", tmp_path, "run")
    assert run_json("-C", tmp_path, "doctor")["ok"]
    assert run_json("-C", tmp_path, "doctor", "--digest") == run_json("-C", scenes, "doctor", "--digest")


def _kill(folder: Path, stage: str, seconds: float) -> None:
    """Kills a stage some time after it has begun its work, told by what it opens."""
    process = subprocess.Popen(
        command("-C", folder, stage), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()
    )
    began = time.monotonic()
    while process.poll() is None and time.monotonic() - began < 60:
        maps = Path(f"/proc/{process.pid}/maps")
        if maps.exists() and "libavcodec" in maps.read_text():
            break
        time.sleep(0.02)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it was over before it could be killed"


DRIVES = """
version: 1
name: drives
objective: Look out of a car.
modality: record
task: none
rights: {licences: [CC-BY-4.0]}
sources: [{name: drives, kind: cameras, licence: CC-BY-4.0}]
release: {splits: {train: 1}, licence: CC-BY-4.0}
"""


def test_cameras_beside_a_sample_are_cleaned_as_films(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys
    import types

    from ingather import plugins
    from ingather.sources.contract import SourceConfig

    film = take(data / "sample-videos" / "car-detection.mp4", 192, seconds=4)
    whole = make(film, container="matroska")
    frozen = make(film.having(film.frames[[5] * len(film.frames)]))

    def collect(config: object, request: object) -> object:
        for name, left in (("well", whole), ("cut", whole[: len(whole) // 2]), ("frozen", frozen)):
            parts = (
                Part("camera-left", content=left, media_type="video/x-matroska", start=0.0, end=4.0),
                Part("camera-right", content=whole, media_type="video/x-matroska", start=0.0, end=4.0),
            )
            yield Item(name, "record", data={"drive": name}, parts=parts, stamp="1")

    module = types.ModuleType("cameras")
    module.Config, module.collect = SourceConfig, collect  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "cameras", module)
    monkeypatch.setitem(plugins.names(plugins.SOURCES), "cameras", "cameras")
    (tmp_path / "plan.yaml").write_text(DRIVES)
    workspace = open_workspace(tmp_path)
    run_stages(workspace, ("collect", "clean", "release"))
    told = {row["id"]: row for row in workspace.verdicts.read(["id", "verdict", "reason"]).to_pylist()}
    keys = {row["id"]: row["key"] for row in workspace.samples.read(["id", "key"]).to_pylist()}
    reasons = {keys[one]: row["reason"] for one, row in told.items()}
    assert reasons["well"] is None
    assert reasons["cut"].startswith("Its part 'camera-left': ")
    assert reasons["frozen"].startswith("Its part 'camera-left': The picture stands still")
    (row,) = [
        r for p in (tmp_path / "releases/v1/data").glob("*.parquet") for r in pq.read_table(p).to_pylist()
    ]
    assert open_film(row["camera-left"]["bytes"] if "camera-left" in row else row["camera_left"]["bytes"])[0]
