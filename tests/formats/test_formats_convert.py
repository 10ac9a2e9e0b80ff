"""Conversion: every box survives the way there and back, and a target is whole or not there."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import pytest

from ingather.errors import InputError
from ingather.formats.convert import convert
from ingather.formats.layouts import coco
from ingather.sample import Item, Loss


def objects(folder: Path) -> Counter[tuple[str, ...]]:
    """Every object of every XML file: picture, name, corners and flags."""
    found: Counter[tuple[str, ...]] = Counter()
    for file in (folder / "Annotations").glob("*.xml"):
        for element in ElementTree.parse(file).getroot().findall("object"):
            names = (
                "name",
                "bndbox/xmin",
                "bndbox/ymin",
                "bndbox/xmax",
                "bndbox/ymax",
                "truncated",
                "difficult",
            )
            found[(file.stem, *(str(element.findtext(name)) for name in names))] += 1
    return found


def test_blood_cells_there_and_back_keep_every_box(data: Path, tmp_path: Path) -> None:
    source = data / "bccd-blood-cells"
    there = convert("voc", source, "coco", tmp_path / "coco")
    assert there.items == 292
    assert sum("has no area" in loss.reason for loss in there.losses) == 4  # read and written
    back = convert("coco", tmp_path / "coco", "voc", tmp_path / "voc")
    assert back.items == 292
    named = {loss.where for loss in back.losses if "has no area" in loss.reason}
    assert any("BloodImage_00338" in where for where in named)
    assert any("BloodImage_00343" in where for where in named)
    before, after = objects(source / "BCCD"), objects(tmp_path / "voc")
    assert sum(before.values()) == 3943
    assert after == before
    for name in ("train", "val", "trainval"):
        lists = [p / "ImageSets" / "Main" / f"{name}.txt" for p in (source / "BCCD", tmp_path / "voc")]
        old, new = (sorted(file.read_text().split()) for file in lists)
        assert new == old
    assert sorted(p.name for p in (tmp_path / "voc" / "JPEGImages").iterdir()) == sorted(
        p.name for p in (source / "BCCD" / "JPEGImages").iterdir()
    )


def test_what_voc_cannot_carry_of_coco_is_told(data: Path, tmp_path: Path) -> None:
    done = convert("coco", data / "tiny-coco", "voc", tmp_path / "voc")
    told = {loss.reason: loss.count for loss in done.losses}
    assert told["VOC does not carry the licence of a picture"] == 38
    assert told["VOC does not carry outlines"] == 424
    assert told["VOC does not carry that a box is of a crowd"] == 5
    assert sum(objects(tmp_path / "voc").values()) == 424


def test_other_formats_of_boxes(data: Path, tmp_path: Path) -> None:
    convert("coco", data / "tiny-coco", "jsonl", tmp_path / "lines")
    convert("jsonl", tmp_path / "lines", "coco", tmp_path / "coco")
    things = list(coco.read(tmp_path / "coco", coco.Config()))
    assert not [thing for thing in things if isinstance(thing, Loss)]
    items = [thing for thing in things if isinstance(thing, Item)]
    assert sum(len(item.label) for item in items if isinstance(item.label, list)) == 424
    assert Counter(item.licence for item in items)["CC-BY-2.0"] == 12


def test_nothing_is_overwritten_or_left_behind(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "there"
    target.mkdir()
    (target / "mine.txt").write_text("keep")
    with pytest.raises(InputError, match="exists already"):
        convert("coco", data / "tiny-coco", "voc", target)
    assert [file.name for file in tmp_path.rglob("*")] == ["there", "mine.txt"]


@pytest.mark.parametrize(
    ("names", "source", "words"),
    [
        (("cocoo", "voc"), "tiny-coco", "no format named 'cocoo'"),
        (("coco", "common-voice"), "tiny-coco", "common-voice"),
        (("coco", "voc"), "tiny-cocoa", "nothing at"),
        (("coco", "voc"), "bccd-blood-cells", "nothing to convert"),
        (("coco", "voc"), "fsdd", "nothing to convert"),
    ],
)
def test_mistakes_are_told_and_leave_nothing(
    data: Path, tmp_path: Path, names: tuple[str, str], source: str, words: str
) -> None:
    with pytest.raises(InputError, match=words) as told:
        convert(names[0], data / source, names[1], tmp_path / "out")
    assert told.value.fix
    assert list(tmp_path.iterdir()) == []


def test_the_likely_layout_is_named(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError) as told:
        convert("coco", data / "bccd-blood-cells", "voc", tmp_path / "out")
    assert "voc:" in told.value.fix


def test_csv_reads_tables_whatever_stands_between_cells_and_whatever_they_are_called(
    data: Path, tmp_path: Path
) -> None:
    mail = data / "sms-spam" / "SMSSpamCollection"
    (tmp_path / "mail.tsv").write_bytes(mail.read_bytes())
    for number, path in enumerate((mail, tmp_path / "mail.tsv")):
        assert convert("csv", path, "jsonl", tmp_path / f"{number}.jsonl").items == 5574
