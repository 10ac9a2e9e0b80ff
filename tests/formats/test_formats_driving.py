"""Open Images, Cityscapes, KITTI and MOTChallenge: read, written, read again; odd and hostile files told."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ingather.formats.boxes import Box, as_label, read_label
from ingather.formats.layouts import cityscapes, coco, kitti, mot, openimages
from ingather.formats.tracks import Seen, as_tracks, read_tracks
from ingather.sample import Item, Loss, Part


def picture(shade: int, size: tuple[int, int] = (200, 100)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (shade, 90, 20)).save(out, "PNG")
    return out.getvalue()


def read(module: ModuleType, path: Path) -> tuple[list[Item], list[Loss]]:
    things = list(module.read(path, module.Config()))
    return [x for x in things if isinstance(x, Item)], [x for x in things if isinstance(x, Loss)]


def real(data: Path, count: int = 30) -> list[Item]:
    found = [x for x in coco.read(data / "tiny-coco", coco.Config()) if isinstance(x, Item)][:count]
    return [replace(item, split="train" if n % 3 else "validation") for n, item in enumerate(found)]


def drawn(items: list[Item]) -> dict[str, Any]:
    return {
        Path(item.key).stem.removesuffix("_leftImg8bit"): (
            item.split,
            [(b.label, b.x, b.y, b.width, b.height, b.flags) for b in read_label(item.label or [])],
        )
        for item in items
    }


def test_open_images_there_and_back(data: Path, tmp_path: Path) -> None:
    items = real(data)
    told = openimages.write(items, tmp_path / "out", openimages.Config())
    assert {loss.reason.removeprefix("Open Images does not carry ") for loss in told} <= {
        "numbers of boxes", "outlines", "the time", "where it was found", "that a picture shows nothing",
    }  # fmt: skip
    again, losses = read(openimages, tmp_path / "out")
    assert sum(loss.count for loss in losses) == 0
    assert drawn(again) == drawn(items)
    assert {i.licence for i in again} == {i.licence for i in items}
    sniffed = openimages.sniff(tmp_path / "out")
    assert sniffed is not None
    assert sniffed.sure > 0.9


HEAD = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction"
OPEN_BOXES = f"""{HEAD},IsInside
a,xclick,/m/01,1,0.1,0.5,0.2,0.6,1,0,0,1,0
a,xclick,/m/02,1,0,1,0,1,0,0,1,0,0
gone,xclick,/m/02,1,0,1,0,1,0,0,0,0,0
a,xclick,/m/02,1,0.5,0.1,0,1,0,0,0,0,0
a,xclick,/m/02,1,x,0.1,0,1,0,0,0,0,0
a,xclick
"""


@pytest.fixture
def opened(tmp_path: Path) -> Path:
    root = tmp_path / "open"
    (root / "train").mkdir(parents=True)
    (root / "train" / "a.png").write_bytes(picture(1))
    (root / "train" / "b.png").write_bytes(picture(2))
    (root / "train-annotations-bbox.csv").write_text(OPEN_BOXES)
    (root / "class-descriptions-boxable.csv").write_text("/m/01,Cat\n/m/02,Dog\n")
    (root / "train-annotations-human-imagelabels.csv").write_text(
        "ImageID,Source,LabelName,Confidence\na,verification,/m/01,1\na,verification,/m/09,0\nb,machine,/m/01,0.7\n"
    )
    (root / "train-images-boxable-with-rotation.csv").write_text(
        "ImageID,Subset,OriginalURL,OriginalLandingURL,License,Author\n"
        "a,train,u,https://example.org/a,https://creativecommons.org/licenses/by/2.0/,Ann\n"
    )
    return root


def test_open_images_as_they_come(opened: Path) -> None:
    items, losses = read(openimages, opened)
    assert [item.key for item in items] == ["train/a.png", "train/b.png"]
    assert items[0].label == [
        {"label": "Cat", "box": [20, 20, 80, 40], "occluded": True, "attributes": {"depiction": True}},
        {"label": "Dog", "box": [0, 0, 200, 100], "iscrowd": True},
    ]
    assert items[0].data == {"present": ["Cat"], "absent": ["/m/09"]}
    assert (items[0].licence, items[0].evidence["Author"], items[0].split) == ("CC-BY-2.0", "Ann", "train")
    assert items[1].label is None
    assert sum(loss.count for loss in losses) == 4


def test_labels_of_whole_pictures_where_there_are_no_boxes(opened: Path) -> None:
    (opened / "train-annotations-bbox.csv").unlink()
    items, _ = read(openimages, opened)
    assert [item.label for item in items] == [["Cat"], []]


def test_cityscapes_there_and_back(data: Path, tmp_path: Path) -> None:
    items = [item for item in real(data) if item.label]
    mask = picture(7)
    for item in items:
        item.parts = (Part("mask", content=mask, media_type="image/png"),)
        item.attributes = {"city": "ulm"}
    told = cityscapes.write(items, tmp_path / "out", cityscapes.Config())
    again, losses = read(cityscapes, tmp_path / "out")
    assert sum(loss.count for loss in losses) == 0
    split_up = sum(loss.count for loss in told if "things of their own" in loss.reason)
    boxes = sum(len(read_label(item.label)) for item in items)
    assert sum(len(read_label(item.label)) for item in again) == boxes + split_up
    assert {item.attributes["city"] for item in again} == {"ulm"}
    assert [(part.role, part.content.read_bytes()) for item in again for part in item.parts] == [
        ("mask", mask)
    ] * len(items)
    one_ring = [
        (b.label, b.id, b.segmentation)
        for item in items for b in read_label(item.label)
        if isinstance(b.segmentation, list) and len(b.segmentation) == 1
    ]  # fmt: skip
    new = [(b.label, b.id, b.segmentation) for item in again for b in read_label(item.label)]
    assert all(one in new for one in one_ring)


def test_cityscapes_as_they_come(tmp_path: Path) -> None:
    pictures, truth = tmp_path / "leftImg8bit" / "val" / "ulm", tmp_path / "gtFine" / "val" / "ulm"
    pictures.mkdir(parents=True)
    truth.mkdir(parents=True)
    (pictures / "ulm_000003_000019_leftImg8bit.png").write_bytes(picture(1))
    (truth / "ulm_000003_000019_gtFine_labelIds.png").write_bytes(picture(2))
    (truth / "ulm_000003_000019_gtFine_polygons.json").write_text(
        '{"imgHeight": 100, "imgWidth": 200, "objects": ['
        '{"label": "road", "polygon": [[0, 50], [199, 50], [199, 99], [0, 99]]},'
        '{"label": "car", "polygon": [[1, 2], [3, 4]]}, {"label": "sky", "deleted": 1}, 7]}'
    )
    (truth / "ulm_000003_000020_gtFine_polygons.json").write_text("{}")
    items, losses = read(cityscapes, tmp_path)
    assert (items[0].split, items[0].session, items[0].attributes) == (
        "validation",
        "ulm_000003",
        {"city": "ulm"},
    )
    assert items[0].label == [
        {"label": "road", "box": [0, 50, 199, 49], "segmentation": [[0, 50, 199, 50, 199, 99, 0, 99]]}
    ]
    assert [part.role for part in items[0].parts] == ["mask"]
    assert [loss.count for loss in losses] == [1, 1, 1]


KITTI = (
    "Car 0.30 2 -1.57 10 20 60 80 1.5 1.6 3.9 1.8 1.4 8.4 -1.56\n"
    "DontCare -1 -1 -10 100 10 120 30 -1 -1 -1 -1000 -1000 -1000 -10\n"
)


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    training = tmp_path / "kitti" / "training"
    for folder in ("image_2", "label_2", "calib", "velodyne", "image_02/0001", "label_02"):
        (training / folder).mkdir(parents=True)
    (training / "image_2" / "000000.png").write_bytes(picture(1))
    (training / "image_2" / "000001.png").write_bytes(picture(2))
    (training / "label_2" / "000000.txt").write_text(KITTI)
    (training / "calib" / "000000.txt").write_text("P2: 7.0 0 1 0 0 7 2 0 0 0 1 0\n")
    (training / "velodyne" / "000000.bin").write_bytes(bytes(16))
    for number in range(3):
        (training / "image_02" / "0001" / f"{number:06d}.png").write_bytes(picture(number))
    words = " ".join(KITTI.splitlines()[0].split())
    (training / "label_02" / "0001.txt").write_text(f"0 5 {words}\n2 5 {words}\n1 6 {words}\n")
    return training.parent


def test_kitti_as_it_comes_and_back(drive: Path, tmp_path: Path) -> None:
    items, losses = read(kitti, drive)
    assert losses == []
    single, bare, sequence = items
    car, ignored = read_label(single.label)
    assert (car.x, car.y, car.width, car.height, car.flags) == (10, 20, 50, 60, {"truncated", "occluded"})
    assert car.attributes["location"] == [1.8, 1.4, 8.4]
    assert car.attributes["occlusion"] == 2
    assert (ignored.label, ignored.flags, ignored.attributes) == ("DontCare", frozenset(), {})
    assert single.data == {"calibration": {"P2": [7, 0, 1, 0, 0, 7, 2, 0, 0, 0, 1, 0]}}
    assert [part.role for part in single.parts] == ["lidar"]
    assert bare.label is None
    assert [(one.track, one.frame) for one in read_tracks(sequence.label)] == [("5", 1), ("6", 2), ("5", 3)]
    assert [part.start for part in sequence.parts] == [0, 0.1, 0.2]
    assert kitti.write(items, tmp_path / "out", kitti.Config()) == []
    again, losses = read(kitti, tmp_path / "out")
    assert losses == []
    for old, new in zip(items, again, strict=True):
        assert (old.key, old.label, old.data, old.split) == (new.key, new.label, new.data, new.split)
        assert [(p.role, p.order, p.content.read_bytes()) for p in old.parts] == [
            (p.role, p.order, p.content.read_bytes()) for p in new.parts
        ]


def sequence(frames: int = 4) -> Item:
    seen = [
        Seen("3", frame, "pedestrian", 10.0 * frame, 5.5, 20, 40.25, {"counted": True, "visibility": 0.5})
        for frame in range(1, frames + 1)
    ] + [Seen("8", 2, "car", 1, 2, 3, 4, {"counted": False})]
    parts = tuple(
        Part("frame", n, content=picture(n), media_type="image/png", start=n / 25, end=(n + 1) / 25)
        for n in range(frames)
    )
    label = as_tracks(seen, 200, 100, frames)
    told = {"frame_rate": 25.0, "frames": frames, "width": 200, "height": 100}
    det = (Part("detections", content=b"1,-1,1,2,3,4,0.9,-1,-1,-1\n", media_type="text/csv"),)
    return Item(
        "train/S-01", "video", parts=parts + det, label=label, data=told, split="train", session="S-01"
    )


def test_mot_there_and_back(tmp_path: Path) -> None:
    assert mot.write([sequence()], tmp_path / "out", mot.Config()) == []
    (again,), losses = read(mot, tmp_path / "out")
    assert losses == []
    old = sequence()
    assert (again.key, again.label, again.data, again.split, again.session) == (
        old.key, old.label, old.data, old.split, old.session,
    )  # fmt: skip
    for one, other in zip(again.parts, old.parts, strict=True):
        content = one.content.read_bytes() if isinstance(one.content, Path) else one.content
        assert (one.role, one.order, content, one.start) == (
            other.role,
            other.order,
            other.content,
            other.start,
        )
    sniffed = mot.sniff(tmp_path / "out")
    assert sniffed is not None
    assert sniffed.sure > 0.9


def test_mot_counts_from_one_and_tells_what_is_odd(tmp_path: Path) -> None:
    mot.write([sequence()], tmp_path / "out", mot.Config())
    truth = tmp_path / "out" / "train" / "S-01" / "gt" / "gt.txt"
    truth.write_text(
        "1,1,1,1,10,20,1,3,1\n1,1,1\n0,1,1,1,10,20,1,1,1\nx,1,1,1,2,3,1,1,1\n1,1,1,1,-1,2,1,1,1\n"
    )
    (item,), losses = read(mot, tmp_path / "out")
    (one,) = read_tracks(item.label)
    assert (one.label, one.x, one.y) == ("car", 0, 0)
    assert sum(loss.count for loss in losses) == 4


def test_key_points_of_coco_there_and_back(data: Path, tmp_path: Path) -> None:
    (item,) = real(data, 1)
    box = Box(
        "person", 1, 2, 30, 40, id=5, keypoints={"nose": [3, 4, 2], "ear": [0, 0, 0], "eye": [9.5, 8, 1]}
    )
    item.label = as_label([box, Box("cat", 1, 1, 5, 5, id=6)])
    assert coco.write([item], tmp_path / "out", coco.Config()) == []
    (again,), losses = read(coco, tmp_path / "out")
    assert losses == []
    assert read_label(again.label)[0].keypoints == box.keypoints
    assert not read_label(again.label)[1].keypoints


FILES = [
    (openimages, "train-annotations-bbox.csv"),
    (openimages, "train-images-boxable-with-rotation.csv"),
    (openimages, "class-descriptions-boxable.csv"),
]


@given(place=st.integers(0, 2), content=st.binary(max_size=400))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hostile_tables_never_raise(opened: Path, place: int, content: bytes) -> None:
    module, name = FILES[place]
    kept = (opened / name).read_bytes()
    try:
        (opened / name).write_bytes(kept[: len(content)] + content)
        items, _ = read(module, opened)
        assert len(items) == 2
        module.sniff(opened)
    finally:
        (opened / name).write_bytes(kept)


@given(content=st.binary(max_size=300), words=st.text("0123456789 .-eCarnif\n", max_size=200))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hostile_drives_never_raise(drive: Path, content: bytes, words: str) -> None:
    training = drive / "training"
    (training / "label_2" / "000000.txt").write_bytes(content)
    (training / "calib" / "000000.txt").write_bytes(content)
    (training / "label_02" / "0001.txt").write_text(words)
    items, losses = read(kitti, drive)
    assert len(items) == 3
    seen = sum(1 for line in words.splitlines() if line.strip())
    told = sum(loss.count for loss in losses if "label_02" in loss.where)
    assert told + len(read_tracks(items[2].label)) == seen


@given(content=st.binary(max_size=300), words=st.text("0123456789,.-\n", max_size=200))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hostile_sequences_never_raise(tmp_path: Path, content: bytes, words: str) -> None:
    folder = tmp_path / "seq"
    (folder / "gt").mkdir(parents=True, exist_ok=True)
    (folder / "img1").mkdir(exist_ok=True)
    (folder / "img1" / "000001.png").write_bytes(picture(1))
    (folder / "seqinfo.ini").write_bytes(b"[Sequence]\n" + content)
    (folder / "gt" / "gt.txt").write_text(words)
    (item,), losses = read(mot, folder)
    seen = sum(1 for line in words.splitlines() if line.strip())
    told = sum(loss.count for loss in losses if loss.where.endswith(tuple("0123456789")))
    assert told + len(read_tracks(item.label)) == seen


@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=80).map(str.encode)))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hostile_outlines_never_raise(tmp_path: Path, content: bytes) -> None:
    pictures, truth = tmp_path / "leftImg8bit" / "train" / "a", tmp_path / "gtFine" / "train" / "a"
    pictures.mkdir(parents=True, exist_ok=True)
    truth.mkdir(parents=True, exist_ok=True)
    (pictures / "a_1_2_leftImg8bit.png").write_bytes(picture(1))
    (truth / "a_1_2_gtFine_polygons.json").write_bytes(content)
    items, losses = read(cityscapes, tmp_path)
    assert len(items) == 1
    assert len(losses) == 1
