"""What others' programs make of a release: datasets, mlcroissant, soundfile, Pillow; and the formats."""

from __future__ import annotations

import csv
import io
import itertools
import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from release_workspaces import (
    AUDIO,
    BOXES,
    PICTURES,
    RECORDS,
    TEXT,
    audio_data,
    box_data,
    prepare,
    run,
    text_data,
)

from ingather.errors import InputError
from ingather.formats.convert import convert
from ingather.releases.manifest import check_manifest


@pytest.fixture(scope="module")
def releases(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One release of each modality."""
    root = tmp_path_factory.mktemp("releases")
    text_data(prepare(root / "text", TEXT), data, 300)
    audio_data(prepare(root / "audio", AUDIO), data)
    box_data(prepare(root / "image", BOXES), data, 12)
    record = prepare(root / "record", RECORDS)
    shutil.copy(data / "rdatasets-health-survey" / "csv" / "MASS" / "survey.csv", record / "people.csv")
    return {name: root / name / run(root / name)["path"] for name in ("text", "audio", "image", "record")}


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for module in ("datasets.config", "huggingface_hub.constants"):
        monkeypatch.setattr(f"{module}.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")


@pytest.mark.parametrize("modality", ["text", "audio", "image", "record"])
def test_loads_in_one_line_and_streams(releases: dict[str, Path], modality: str) -> None:
    from datasets import load_dataset

    folder = releases[modality]
    whole = load_dataset(str(folder))
    splits = json.loads((folder / "manifest.json").read_bytes())["splits"]
    assert {name: part.num_rows for name, part in whole.items()} == {k: n for k, n in splits.items() if n}
    streamed = load_dataset(str(folder), streaming=True)["train"]
    if modality == "audio":
        import soundfile
        from datasets import Audio

        first = next(iter(streamed.cast_column("audio", Audio(decode=False))))
        wave, rate = soundfile.read(io.BytesIO(first["audio"]["bytes"]))
        assert rate == 8000
        assert len(wave) > 1000
    elif modality == "image":
        assert next(iter(streamed))["image"].size == (640, 480)
    elif modality == "text":
        assert next(iter(streamed))["label"] in ("ham", "spam")
    else:
        assert isinstance(next(iter(streamed))["Pulse"], int | None)


@pytest.mark.parametrize("modality", ["text", "audio", "image", "record"])
def test_croissant_is_valid_and_reads_records(
    releases: dict[str, Path], modality: str, caplog: pytest.LogCaptureFixture
) -> None:
    import mlcroissant

    dataset = mlcroissant.Dataset(str(releases[modality] / "croissant.json"))
    issues = dataset.metadata.ctx.issues
    assert not issues.errors
    assert all("date_published" in w or "datePublished" in w or "cite" in w.lower() for w in issues.warnings)
    assert str(dataset.metadata.ctx.conforms_to) == "CroissantVersion.V_1_1"
    assert dataset.metadata.data_collection
    record: dict[str, Any] = next(itertools.islice(dataset.records("samples"), 1))
    assert record["samples/split"] in (b"train", b"validation", b"test")
    assert "Could not match" not in caplog.text
    if modality == "image":
        assert record["samples/image"].size == (640, 480)
    if modality == "audio":
        assert record["samples/audio"][:4] == b"RIFF"


def plain(value: Any) -> Any:
    """A value as mlcroissant gives it in the form in which the shard holds it."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return None if value is None or value != value else value


@pytest.mark.parametrize("modality", ["text", "audio", "image", "record"])
def test_croissant_gives_back_the_release_record_by_record(releases: dict[str, Path], modality: str) -> None:
    import mlcroissant
    from PIL import Image, ImageChops

    folder = releases[modality]
    records = {
        plain(record["samples/id"]): {name.removeprefix("samples/"): value for name, value in record.items()}
        for record in mlcroissant.Dataset(str(folder / "croissant.json")).records("samples")
    }
    rows = {
        row["id"]: {**row, "split": shard.name.partition("-")[0]}
        for shard in (folder / "data").iterdir()
        for row in pq.read_table(shard).to_pylist()
    }
    assert records.keys() == rows.keys()
    for key, row in rows.items():
        record = records[key]
        assert record.keys() == row.keys()
        if modality == "image":
            whole = Image.open(io.BytesIO(row.pop("image")["bytes"]))
            assert ImageChops.difference(record.pop("image").convert("RGB"), whole).getbbox() is None
        if modality == "audio":
            assert record.pop("audio") == row.pop("audio")["bytes"]
        assert {name: plain(value) for name, value in record.items()} == row


def test_croissant_gives_back_parts_of_samples_too(tmp_path: Path) -> None:
    import mlcroissant

    plan = """\
version: 1
name: answers
objective: Tell which answer is better.
modality: text
task: {type: preference}
rights: {licences: [CC0-1.0]}
sources: [{name: asked, kind: dataset, path: asked, format: trl, licence: CC0-1.0}]
clean: []
release: {splits: {train: 1}}
"""
    root = prepare(tmp_path / "answers", plan)
    (root / "asked").mkdir()
    asked = [{"prompt": f"How far is {n}?", "chosen": f"{n} km, größer", "rejected": "?"} for n in range(9)]
    (root / "asked" / "train.jsonl").write_text("".join(json.dumps(one) + "\n" for one in asked))
    folder = root / run(root)["path"]
    records = list(mlcroissant.Dataset(str(folder / "croissant.json")).records("samples"))
    (shard,) = (folder / "data").iterdir()
    rows = pq.read_table(shard).to_pylist()
    assert [bare(record["samples/chosen"]) for record in records] == [row["chosen"] for row in rows]
    told = [{name.removeprefix("samples/"): bare(value) for name, value in one.items()} for one in records]
    assert told == [{"split": "train", **row} for row in rows]
    assert {bare(one["samples/chosen"]) for one in records} == {one["chosen"] for one in asked}


def bare(value: Any) -> Any:
    """As ``plain``, of lists too."""
    listed = value.tolist() if hasattr(value, "tolist") else value
    return [plain(one) for one in listed] if isinstance(listed, list) else plain(listed)


def test_croissant_says_the_day_of_publication_that_the_plan_names(data: Path, tmp_path: Path) -> None:
    import mlcroissant

    plan = TEXT.replace("release: {", "release: {published: 2020-02-29, ")
    text_data(prepare(tmp_path / "text", plan), data, 60)
    cut = tmp_path / "text" / run(tmp_path / "text")["path"] / "croissant.json"
    assert json.loads(cut.read_text())["datePublished"] == "2020-02-29"
    issues = mlcroissant.Dataset(str(cut)).metadata.ctx.issues
    assert not issues.errors
    assert not any("date_published" in one.lower() for one in issues.warnings)


def test_croissant_holds_the_hash_of_every_shard(releases: dict[str, Path]) -> None:
    for folder in releases.values():
        told = json.loads((folder / "croissant.json").read_text())
        manifest = json.loads((folder / "manifest.json").read_bytes())["files"]
        objects = [one for one in told["distribution"] if one["@type"] == "cr:FileObject"]
        assert {one["contentUrl"]: one["sha256"] for one in objects} == {
            name: entry["sha256"] for name, entry in manifest.items() if name.startswith("data/")
        }
        assert check_manifest(folder) == []


def test_media_lie_there_once(releases: dict[str, Path]) -> None:
    shards = list((releases["audio"] / "data").iterdir())
    inside = sum(
        len(row["bytes"])
        for shard in shards
        for row in pq.read_table(shard, columns=["audio"])["audio"].to_pylist()
    )
    everything = sum(file.stat().st_size for file in releases["audio"].rglob("*") if file.is_file())
    assert everything < 1.2 * inside + 100_000


def test_other_formats_hold_the_same_samples(releases: dict[str, Path]) -> None:
    folder = releases["text"]
    rows = [row for shard in (folder / "data").iterdir() for row in pq.read_table(shard).to_pylist()]
    lines = [json.loads(line) for line in (folder / "formats/jsonl/data.jsonl").read_text().splitlines()]
    with (folder / "formats/csv/data.csv").open(newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    typed = pq.read_table(folder / "formats/parquet/data.parquet").to_pylist()
    wanted = {row["id"]: (row["text"], row["label"]) for row in rows}
    for told in (lines, table, typed):
        assert {row["key"]: (row["text"], row["label"]) for row in told} == wanted


def test_boxes_come_back_from_coco_and_voc(releases: dict[str, Path], tmp_path: Path, data: Path) -> None:
    folder = releases["image"]
    truth = sum(
        file.read_text().count("<object>")
        for file in sorted((data / "bccd-blood-cells/BCCD/Annotations").iterdir())[:12]
    )
    told = [json.loads(f.read_bytes()) for f in (folder / "formats/coco/annotations").iterdir()]
    assert sum(len(one["annotations"]) for one in told) == truth
    objects = [f.read_text().count("<object>") for f in (folder / "formats/voc/Annotations").iterdir()]
    assert (len(objects), sum(objects)) == (12, truth)
    assert convert("coco", folder / "formats/coco", "voc", tmp_path / "again").items == 12


def test_what_a_format_cannot_carry_is_told(releases: dict[str, Path]) -> None:
    again = run(releases["image"].parents[1], "release")
    assert any(note.startswith("voc: VOC does not carry the licence") for note in again["notes"])


def test_a_format_that_does_not_fit_is_refused_before_anything_is_written(data: Path, tmp_path: Path) -> None:
    folder = text_data(prepare(tmp_path / "w", TEXT.replace("parquet]", "coco]")), data, 60)
    run(folder, "collect", "clean")
    with pytest.raises(InputError, match="coco"):
        run(folder, "release")
    assert not (folder / "releases").exists()


def test_no_place_of_a_picture_is_released(data: Path, tmp_path: Path) -> None:
    from PIL import Image
    from PIL.ExifTags import IFD

    folder = prepare(tmp_path / "w", PICTURES)
    shutil.copytree(data / "exif-samples" / "jpg", folder / "jpg")

    def places(contents: list[bytes]) -> int:
        found = 0
        for content in contents:
            with Image.open(io.BytesIO(content)) as picture:
                found += 2 in picture.getexif().get_ifd(IFD.GPSInfo)
        return found

    files = sorted((folder / "jpg").rglob("*.jpg"))
    assert places([file.read_bytes() for file in files]) == 9
    told = run(folder)
    shards = (folder / told["path"] / "data").iterdir()
    released = [row["bytes"] for shard in shards for row in pq.read_table(shard)["image"].to_pylist()]
    assert len(released) == 49
    assert places(released) == 0
