"""Layouts of pictures and general tables under damage: told, never raised, and what was there is counted."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from format_specimens import files_of, sequences, spoken
from hypothesis import given
from hypothesis import strategies as st
from test_format_contract import pictures, png, records, texts
from test_formats_hostile import DAMAGE, SMALL, damage

from ingather.formats.contract import Sniff
from ingather.formats.layouts import coco, voc, yolo
from ingather.plugins import FORMATS, load
from ingather.sample import Item, Loss

MAKERS: dict[str, Callable[[], list[Item]]] = {
    "coco": pictures,
    "voc": pictures,
    "yolo": pictures,
    "kitti": pictures,
    "openimages": pictures,
    "cityscapes": pictures,
    "mot": sequences,
    "csv": lambda: texts() + records(),
    "jsonl": lambda: texts() + records() + pictures(),
    "parquet": lambda: texts() + pictures(),
    "huggingface": lambda: texts() + records(),
    "webdataset": lambda: pictures() + texts(),
    "audiofolder": spoken("clips/{}.wav"),
}
WRITTEN = [name for name in MAKERS if hasattr(load(FORMATS, name), "write")]


def make(name: str, folder: Path) -> None:
    module = load(FORMATS, name)
    module.write(iter(MAKERS[name]()), folder, module.Config())


@pytest.mark.parametrize("name", WRITTEN)
def test_damage_is_told_and_never_raised(name: str) -> None:
    module = load(FORMATS, name)

    @SMALL
    @given(st.lists(DAMAGE, min_size=1, max_size=3))
    def attack(damages: list[tuple[int, float, int, bytes]]) -> None:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "set"
            make(name, folder)
            for one in damages:
                damage(folder, *one)
            sniffed = module.sniff(folder)
            assert sniffed is None or isinstance(sniffed, Sniff)
            for thing in module.read(folder, module.Config()):
                if isinstance(thing, Item):
                    assert thing.key
                    assert "\0" not in thing.key
                else:
                    assert isinstance(thing, Loss)
                    assert thing.where
                    assert thing.reason
                    assert thing.count >= 0

    attack()


@pytest.mark.parametrize("name", WRITTEN)
def test_each_file_empty_in_turn(name: str, tmp_path: Path) -> None:
    module = load(FORMATS, name)
    make(name, tmp_path / "0")
    whole = [thing for thing in module.read(tmp_path / "0", module.Config()) if isinstance(thing, Item)]
    for number, _ in enumerate(files_of(tmp_path / "0"), start=1):
        folder = tmp_path / str(number)
        make(name, folder)
        list(files_of(folder))[number - 1].write_bytes(b"")
        found = list(module.read(folder, module.Config()))
        items = [thing for thing in found if isinstance(thing, Item)]
        assert len(items) <= len(whole)


NUMBERS = st.one_of(st.floats(-50, 700), st.integers(-5, 700), st.sampled_from([0, -1, 1e-9, 1e300]))
WRONG = st.sampled_from([None, True, "7", [], {}, [1], "x"])
SHARES = st.one_of(st.floats(0, 1).map(str), st.sampled_from(["-0.1", "nan", "1e-12", "1e400", "x", "", "0"]))


@st.composite
def annotations(draw: st.DrawFn) -> list[dict[str, Any]]:
    boxes = st.one_of(st.lists(NUMBERS, min_size=4, max_size=4), st.lists(NUMBERS, max_size=5), WRONG)
    made = []
    for number in range(draw(st.integers(1, 12))):
        one: dict[str, Any] = {
            "id": draw(st.one_of(st.just(number), WRONG)),
            "image_id": draw(st.one_of(st.integers(1, 3), st.sampled_from(["1", "2", 9, None, [], True]))),
            "category_id": draw(st.one_of(st.integers(1, 3), st.sampled_from(["1", None, [], 1.0, True]))),
            "bbox": draw(boxes),
        }
        for name in draw(st.lists(st.sampled_from(["iscrowd", "segmentation", "pose", "keypoints"]))):
            one[name] = draw(st.one_of(WRONG, st.just([[1, 2, 3, 4, 5, 6]]), st.just([1, 2, 2])))
        made.append(one)
    return made


@SMALL
@given(annotations())
def test_every_annotation_of_coco_is_a_box_or_counted(made: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in ("a", "b"):
            (folder / f"{name}.png").write_bytes(png(1))
        told = {
            "images": [
                {"id": 1, "file_name": "a.png", "width": 32, "height": 24},
                {"id": 2, "file_name": "b.png"},
                {"id": 3, "file_name": "gone.png"},
            ],
            "categories": [{"id": 1, "name": "cat"}, {"id": "2", "name": "dog"}, {"id": 3}],
            "annotations": made,
        }
        (folder / "instances.json").write_text(json.dumps(told))
        things = list(coco.read(folder, coco.Config()))
        losses = [thing for thing in things if isinstance(thing, Loss)]
        if not any("bbox" in one for one in made):
            return
        boxes = sum(
            len(item.label) for item in things if isinstance(item, Item) and isinstance(item.label, list)
        )
        gone = [loss for loss in losses if "the picture is not there" in loss.reason]
        assert len(gone) == 1
        without = sum(type(one["image_id"]) is int and one["image_id"] == 3 for one in made)
        assert (f"its {without} annotations" in gone[0].reason) == (without > 0)
        assert boxes + sum(loss.count for loss in losses if loss not in gone) + without == len(made)
        assert [item.key for item in things if isinstance(item, Item)] == ["a.png", "b.png"]


@SMALL
@given(st.lists(st.tuples(st.sampled_from(["0", "1", "7", "x", "-1", "0.5"]), *[SHARES] * 4), max_size=12))
def test_every_line_of_yolo_is_a_box_or_counted(lines: list[tuple[str, ...]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for inner in ("images", "labels"):
            (folder / inner).mkdir()
        (folder / "data.yaml").write_text("names: [cat, dog]\n")
        (folder / "images" / "a.png").write_bytes(png(1))
        (folder / "labels" / "a.txt").write_text("".join(" ".join(words) + "\n" for words in lines))
        things = list(yolo.read(folder, yolo.Config()))
        (item,) = (thing for thing in things if isinstance(thing, Item))
        assert isinstance(item.label, list)
        assert len(item.label) + sum(x.count for x in things if isinstance(x, Loss)) == len(lines)


@SMALL
@given(st.lists(st.tuples(st.sampled_from(["cat", "", " "]), *[st.one_of(NUMBERS, WRONG)] * 4), max_size=8))
def test_every_object_of_voc_is_a_box_or_counted(objects: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for inner in ("JPEGImages", "Annotations"):
            (folder / inner).mkdir()
        (folder / "JPEGImages" / "a.png").write_bytes(png(1))
        sides = "<xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax>"
        inner = "".join(
            f"<object><name>{name}</name><bndbox>{sides.format(*box)}</bndbox></object>"
            for name, *box in objects
        )
        size = "<size><width>32</width><height>24</height></size>"
        file = folder / "Annotations" / "a.xml"
        file.write_text(f"<annotation><filename>a.png</filename>{size}{inner}</annotation>")
        things = list(voc.read(folder, voc.Config()))
        (item,) = (thing for thing in things if isinstance(thing, Item))
        assert isinstance(item.label, list)
        assert len(item.label) + sum(x.count for x in things if isinstance(x, Loss)) == len(objects)


def test_hundreds_of_thousands_of_tiny_boxes(tmp_path: Path) -> None:
    for inner in ("images", "labels"):
        (tmp_path / inner).mkdir()
    (tmp_path / "data.yaml").write_text("names: [cat]\n")
    (tmp_path / "images" / "a.png").write_bytes(png(1))
    (tmp_path / "labels" / "a.txt").write_text("0 0.5 0.5 0.001 0.001\n" * 300_000)
    (item,) = yolo.read(tmp_path, yolo.Config())
    assert isinstance(item, Item)
    assert isinstance(item.label, list)
    assert len(item.label) == 300_000
    (tmp_path / "labels" / "a.txt").write_text("0 0.5 0.5 1e-12 1e-12\n" * 3000)
    things = list(yolo.read(tmp_path, yolo.Config()))
    assert sum(isinstance(thing, Loss) for thing in things) == 3000


def test_entities_and_depth_in_voc_cost_one_file(tmp_path: Path) -> None:
    make("voc", tmp_path / "set")
    files = sorted((tmp_path / "set" / "Annotations").glob("*.xml"))
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]><annotation><filename>&l9;</filename></annotation>'
    files[0].write_text(bomb)
    files[1].write_text("<annotation>" + "<part>" * 5000)
    files[2].write_text('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation>&x;</annotation>')
    things = list(voc.read(tmp_path / "set", voc.Config()))
    losses = [thing for thing in things if isinstance(thing, Loss) and "xml" in thing.where]
    assert [loss.where for loss in losses] == [f"Annotations/{file.name}" for file in files[:3]]
    labelled = [thing for thing in things if isinstance(thing, Item) and thing.label is not None]
    assert len(labelled) == len(files) - 3


def test_rows_without_key_or_kind_are_told(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("key,modality,text\n,text,one\nb,tex,two\nc,text,three\n")
    module = load(FORMATS, "csv")
    things = list(module.read(tmp_path, module.Config()))
    assert [thing.key for thing in things if isinstance(thing, Item)] == ["c"]
    reasons = [thing.reason for thing in things if isinstance(thing, Loss)]
    assert ["no key" in reasons[0], "'tex'" in reasons[1], len(reasons)] == [True, True, 2]
