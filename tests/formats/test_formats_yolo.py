"""YOLO: boxes, turned boxes, outlines and key points read and written back; odd lines told, none lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingather.formats.boxes import as_label, oddity, read_label
from ingather.formats.layouts import coco, voc, yolo
from ingather.formats.picture_size import picture_size
from ingather.formats.yolo_lines import Naming, read_line, usual_rectangles
from ingather.sample import Item, Loss


def read(path: Path) -> tuple[list[Item], list[Loss]]:
    things = list(yolo.read(path, yolo.Config()))
    return [x for x in things if isinstance(x, Item)], [x for x in things if isinstance(x, Loss)]


def places(items: list[Item]) -> dict[str, list[tuple[str, float, float, float, float]]]:
    """The boxes of every picture by its file's name."""
    return {
        item.key.rpartition("/")[2]: [(b.label, b.x, b.y, b.width, b.height) for b in read_label(item.label)]
        for item in items
    }


@pytest.fixture
def small(data: Path, tmp_path: Path) -> Path:
    """Three pictures of 640 x 480 with label files that a test may spoil."""
    root = tmp_path / "yolo"
    for folder in ("images/train", "images/val", "labels/train", "labels/val"):
        (root / folder).mkdir(parents=True)
    found = sorted((data / "bccd-blood-cells" / "BCCD" / "JPEGImages").glob("*.jpg"))[:3]
    for picture, split in zip(found, ("train", "train", "val"), strict=True):
        shutil.copy(picture, root / "images" / split)
        (root / "labels" / split / f"{picture.stem}.txt").write_text(
            "0 .5 .5 .25 .5\n1 0.25 0.25 .125 .125\n"
        )
    (root / "data.yaml").write_text(
        "path: ../datasets/cells\ntrain: images/train\nval: ../images/val\nnames: {0: RBC, 1: WBC}\n"
    )
    return root


def label_files(root: Path) -> list[Path]:
    return sorted((root / "labels").rglob("*.txt"))


def test_boxes_in_pixels_with_names_and_splits(small: Path) -> None:
    items, losses = read(small)
    assert losses == []
    assert [item.split for item in items] == ["train", "train", "validation"]
    assert items[0].label == [
        {"label": "RBC", "box": [240, 120, 160, 240]},
        {"label": "WBC", "box": [120, 90, 80, 60]},
    ]
    sniffed = yolo.sniff(small)
    assert sniffed is not None
    assert sniffed.sure > 0.95


def test_splits_as_folders_and_lists_of_files(small: Path) -> None:
    (small / "images" / "train").rename(small / "images" / "a")
    (small / "labels" / "train").rename(small / "labels" / "a")
    names = sorted(f"./images/a/{file.name}" for file in (small / "images" / "a").iterdir())
    (small / "mine.txt").write_text(names[0] + "\n")
    (small / "data.yaml").write_text("train: mine.txt\ntest: nowhere\nnames: [RBC, WBC]\n")
    items, losses = read(small)
    assert [item.split for item in items] == ["train", None, "validation"]
    assert [loss.where for loss in losses] == ["data.yaml: test"]


def test_outlines_turned_boxes_and_key_points(small: Path) -> None:
    first, second, third = label_files(small)
    first.write_text("0 .1 .1 .3 .1 .3 .2\n")
    second.write_text("0 .5 .4 .6 .5 .5 .6 .4 .5\n")
    items, losses = read(small)
    assert losses == []
    assert read_label(items[0].label)[0].segmentation == [[64, 48, 192, 48, 192, 96]]
    turned = read_label(items[1].label)[0]
    assert (turned.x, turned.y, turned.width, turned.height) == (256, 192, 128, 96)
    (small / "data.yaml").write_text("kpt_shape: [2, 3]\nkpt_names: {0: [eye, ear]}\nnames: [cat, dog]\n")
    third.write_text("0 .5 .5 .25 .5 .5 .5 2 .25 .25 1\n")
    items, _ = read(small)
    assert read_label(items[2].label)[0].keypoints == {"eye": [320, 240, 2], "ear": [160, 120, 1]}


def test_real_sets_there_and_back(data: Path, tmp_path: Path) -> None:
    module, folder = voc, data / "bccd-blood-cells"
    found = [x for x in module.read(folder, module.Config()) if isinstance(x, Item)][:40]
    told = yolo.write(found, tmp_path / "cells", yolo.Config())
    assert {loss.reason for loss in told} <= {"YOLO does not carry that a box is truncated"}
    again, losses = read(tmp_path / "cells")
    assert sum(loss.count for loss in losses) == 0
    old, new = places(found), places(again)
    assert old == new


def test_outlines_of_coco_there_and_back(data: Path, tmp_path: Path) -> None:
    found = [x for x in coco.read(data / "tiny-coco", coco.Config()) if isinstance(x, Item)]
    told = yolo.write(found, tmp_path / "out", yolo.Config(kind="outlines"))
    rings = sum(
        isinstance(b.segmentation, list) and len(b.segmentation) == 1
        for item in found for b in read_label(item.label)
    )  # fmt: skip
    bare = sum(loss.count for loss in told if "single polygon" in loss.reason)
    boxes = sum(len(read_label(item.label)) for item in found)
    assert rings + bare == boxes
    again, _ = read(tmp_path / "out")
    assert sum(len(read_label(item.label)) for item in again) == boxes


def test_a_turned_picture_keeps_the_size_as_stored(data: Path) -> None:
    from PIL import Image

    for file in sorted((data / "exif-samples" / "jpg" / "orientation").glob("*.jpg")):
        with Image.open(file) as image:
            assert picture_size(file) == image.size


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("0 .5 .5 .5", "3 numbers"),
        ("7 .5 .5 .5 .5", "which has no name"),
        ("cat .5 .5 .5 .5", "no number of a class"),
        ("0 .5 .5 x .5", "no number"),
        ("0 nan .5 .5 .5", "without end"),
        ("0 .5 .5 -.5 .5", "negative"),
        ("-1 .5 .5 .5 .5", "no number of a class"),
        ("0 .1 .1 .2 .2 .3 .3 .4", "7 numbers"),
    ],
)
def test_odd_lines_are_told(small: Path, line: str, reason: str) -> None:
    file = label_files(small)[0]
    file.write_text(f"{line}\n0 .5 .5 .25 .5\n")
    items, losses = read(small)
    assert len(losses) == 1
    assert reason in losses[0].reason
    assert losses[0].where.endswith("line 1")
    assert len(read_label(items[0].label)) == 1


def test_labels_without_picture_and_pictures_without_label(small: Path) -> None:
    files = label_files(small)
    files[0].rename(files[0].with_name("gone.txt"))
    items, losses = read(small)
    assert items[0].label is None
    assert [(loss.where, loss.count) for loss in losses] == [("labels/train/gone.txt", 1)]


@given(content=st.binary(max_size=300), text=st.text(max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hostile_files_never_raise(small: Path, content: bytes, text: str) -> None:
    label_files(small)[0].write_bytes(content)
    (small / "data.yaml").write_text(text, encoding="utf-8", errors="replace")
    items, losses = read(small)
    assert len(items) == 3
    boxes = len(read_label(items[0].label)) if items[0].label is not None else 0
    lines = [line for line in content.decode("utf-8", "replace").splitlines() if line.strip()]
    assert boxes + sum(loss.count for loss in losses if loss.where.startswith("labels/")) >= min(
        len(lines), 1
    )
    yolo.sniff(small)


@given(st.lists(st.text("0123456789.-+einfa ", min_size=1, max_size=40), max_size=6))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_line_is_a_box_or_a_loss(small: Path, lines: list[str]) -> None:
    file = label_files(small)[0]
    file.write_text("\n".join(lines))
    items, losses = read(small)
    told = sum(loss.count for loss in losses)
    assert told + len(read_label(items[0].label)) == sum(bool(line.strip()) for line in lines)
    file.write_text("")


_words = st.one_of(
    st.sampled_from(["0", "1", "2", "-0", "0.0", "1.5", "true", "1e400", "nan", ".5", "1", "-.25"]),
    st.floats(-0.5, 1.5).map(lambda v: f"{v:.6f}"),
    st.floats(0, 1).map(repr),
)
_written = st.lists(st.lists(_words, min_size=3, max_size=6).map(" ".join), max_size=3)


@given(lines=_written, ends=st.sampled_from(["\n", "\r\n", " \n", "\n\n", "\n  "]))
def test_the_quick_way_gives_what_the_thorough_one_does(lines: list[str], ends: str) -> None:
    naming = Naming({0: "RBC", 1: "WBC"})
    quick = usual_rectangles(ends.join(lines).encode(), 640, 480, naming)
    if quick is None:
        return
    boxes = [read_line(line, 640, 480, naming) for line in lines]
    assert [oddity(box, 640, 480) for box in boxes] == [None] * len(boxes)
    thorough = as_label(boxes)
    assert [one["label"] for one in quick] == [one["label"] for one in thorough]
    for one, other in zip(quick, thorough, strict=True):
        assert one["box"] == pytest.approx(other["box"], abs=2e-6)


def test_the_quick_way_is_taken_by_files_as_trainers_write_them() -> None:
    naming = Naming({0: "RBC", 1: "WBC"})
    content = b"0 0.5 0.5 0.25 0.5\r\n1 0.25 0.250000 1.25e-1 0.125 \r\n"
    assert usual_rectangles(content, 640, 480, naming) == [
        {"label": "RBC", "box": [240, 120, 160, 240]},
        {"label": "WBC", "box": [120, 90, 80, 60]},
    ]
