"""COCO: the real set read whole, odd files told, and what is written is what pycocotools reads."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingather.formats.boxes import Box, as_label, is_label, read_label
from ingather.formats.label_studio import from_results, to_results
from ingather.formats.layouts import coco
from ingather.sample import Item, Loss


def split_up(found: Any) -> tuple[list[Item], list[Loss]]:
    things = list(found)
    return [x for x in things if isinstance(x, Item)], [x for x in things if isinstance(x, Loss)]


def read(path: Path, **options: Any) -> tuple[list[Item], list[Loss]]:
    return split_up(coco.read(path, coco.Config(**options)))


@pytest.fixture
def copied(data: Path, tmp_path: Path) -> Path:
    """A copy of tiny-coco's validation part that a test may spoil."""
    target = tmp_path / "coco"
    shutil.copytree(data / "tiny-coco" / "images" / "val2017", target / "images" / "val2017")
    (target / "annotations").mkdir()
    shutil.copy(data / "tiny-coco" / "annotations" / "instances_val2017.json", target / "annotations")
    return target


def edit(folder: Path, change: Any) -> None:
    file = folder / "annotations" / "instances_val2017.json"
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


def test_the_whole_set_is_read(data: Path) -> None:
    items, losses = read(data / "tiny-coco")
    assert losses == []
    assert len(items) == 38
    assert sum(len(read_label(item.label)) for item in items) == 424
    assert Counter(item.split for item in items) == {"train": 32, "validation": 6}
    assert sum("segmentation" in box for item in items for box in item.label) == 424
    assert sum(box.get("iscrowd", False) for item in items for box in item.label) == 5
    assert len({item.key for item in items}) == 38
    assert all(item.uri.startswith("http") and item.at and item.media_type == "image/jpeg" for item in items)


def test_each_picture_has_its_own_licence(data: Path) -> None:
    items, _ = read(data / "tiny-coco")
    found = Counter(item.licence for item in items)
    assert found["CC-BY-2.0"] == 12
    assert found["CC-BY-SA-2.0"] == 1
    assert sum(n for name, n in found.items() if name and ("NC" in name or "ND" in name)) == 25


def test_sniffing(data: Path, tmp_path: Path) -> None:
    sniffed = coco.sniff(data / "tiny-coco")
    assert sniffed is not None
    assert sniffed.sure > 0.9
    for other in ("fsdd", "bccd-blood-cells", "sms-spam", "movielens-small"):
        assert coco.sniff(data / other) is None
    (tmp_path / "table.json").write_text('{"rows": []}')
    assert coco.sniff(tmp_path) is None


def test_a_json_file_alone_is_enough(copied: Path) -> None:
    file = copied / "annotations" / "instances_val2017.json"
    flat = copied / "images" / "val2017" / "labels.json"
    shutil.move(file, flat)
    items, losses = read(flat)
    assert (len(items), losses) == (6, [])


def test_a_missing_picture_and_stray_annotations_are_losses(copied: Path) -> None:
    gone = sorted((copied / "images" / "val2017").glob("*.jpg"))[0]
    gone.unlink()

    def spoil(content: dict[str, Any]) -> None:
        content["annotations"] += [
            {"id": 1, "image_id": 99, "category_id": 1, "bbox": [0, 0, 1, 1]},
            {"id": 2, "image_id": 99, "category_id": 1, "bbox": [0, 0, 1, 1]},
            {"id": 3, "image_id": content["images"][-1]["id"], "category_id": 4444, "bbox": [0, 0, 1, 1]},
            {"id": 4, "image_id": content["images"][-1]["id"], "category_id": 1, "bbox": [0, "a", 1, 1]},
            "not an annotation",
        ]

    edit(copied, spoil)
    items, losses = read(copied)
    assert len(items) == 5
    told = {loss.reason: loss.count for loss in losses}
    assert any("the picture is not there" in reason for reason in told)
    assert told["annotations of an image that the file does not list"] == 2
    assert told["annotations that name no image"] == 1
    assert any("category 4444" in reason for reason in told)
    assert any("'a', which is not a number" in reason for reason in told)


@pytest.mark.parametrize(
    "name", ["../../secret.jpg", "/etc/passwd", "C:\\secret.jpg", "a/../../secret.jpg", ""]
)
def test_no_file_name_leads_out_of_the_folder(copied: Path, name: str) -> None:
    shutil.copy(sorted((copied / "images" / "val2017").glob("*.jpg"))[0], copied.parent / "secret.jpg")
    edit(copied, lambda content: content["images"][0].update(file_name=name))
    items, losses = read(copied)
    assert len(items) == 5
    assert len(losses) == 1


def test_a_link_out_of_the_folder_is_not_followed(copied: Path) -> None:
    picture = sorted((copied / "images" / "val2017").glob("*.jpg"))[0]
    outside = copied.parent / "secret.jpg"
    shutil.move(picture, outside)
    picture.symlink_to(outside)
    items, losses = read(copied)
    assert len(items) == 5
    assert "not there" in losses[0].reason


def test_captions_and_broken_json_are_told(copied: Path) -> None:
    captions = {"images": [], "annotations": [{"image_id": 1, "caption": "a cat"}]}
    (copied / "annotations" / "captions_val2017.json").write_text(json.dumps(captions))
    (copied / "annotations" / "broken.json").write_text('{"images": [')
    items, losses = read(copied)
    assert len(items) == 6
    assert sorted(loss.where for loss in losses) == ["broken.json", "captions_val2017.json"]


def test_what_is_written_is_read_by_others_and_by_us(data: Path, tmp_path: Path) -> None:
    items, _ = read(data / "tiny-coco")
    losses = coco.write(items, tmp_path / "out", coco.Config())
    assert losses == []
    again, told = read(tmp_path / "out")
    assert told == []

    def facts(found: list[Item]) -> list[Any]:
        return sorted(
            (Path(item.key).name, item.split, item.licence, json.dumps(item.label)) for item in found
        )

    assert facts(again) == facts(items)
    tools = pytest.importorskip("pycocotools.coco")
    for name, number in (("train", 288), ("val", 136)):
        opened = tools.COCO(str(tmp_path / "out" / "annotations" / f"instances_{name}.json"))
        assert len(opened.getAnnIds()) == number
        original = tools.COCO(str(data / "tiny-coco" / "annotations" / f"instances_{name}2017.json"))
        for annotation in original.loadAnns(original.getAnnIds(iscrowd=False)[:40]):
            written = opened.loadAnns([annotation["id"]])[0]
            assert written["bbox"] == annotation["bbox"]
            assert written["area"] == pytest.approx(annotation["area"], rel=0.02, abs=2)


def test_what_cannot_be_written_is_told(data: Path, tmp_path: Path) -> None:
    items, _ = read(data / "tiny-coco")
    items[0].label = "cat"
    items[1].content = b"broken"
    items[2].label = None
    items[3].contributor = "ana"
    text = Item("note", "text", text="hello")
    losses = coco.write([*items, text], tmp_path / "out", coco.Config())
    told = {loss.where: loss.reason for loss in losses}
    assert "no list of boxes" in told[items[0].key]
    assert "cannot be read" in told[items[1].key]
    assert "no picture" in told["note"]
    assert any("never labelled" in loss.reason for loss in losses)
    assert any("contributor" in loss.reason for loss in losses)
    assert len(read(tmp_path / "out")[0]) == 36


def test_label_studio_there_and_back(data: Path) -> None:
    items, _ = read(data / "tiny-coco")
    for item in items:
        boxes = read_label(item.label)
        width, height = item.evidence["width"], item.evidence["height"]
        assert isinstance(width, int)
        assert isinstance(height, int)
        again = from_results(json.loads(json.dumps(to_results(boxes, width, height))))
        assert as_label(again) == as_label(boxes)


def test_polygons_and_turned_rectangles_of_label_studio() -> None:
    base = {"original_width": 200, "original_height": 100}
    polygon = {
        "type": "polygonlabels",
        **base,
        "value": {"points": [[10, 10], [50, 10], [10, 60]], "polygonlabels": ["leaf"]},
    }
    turned = {
        "type": "rectanglelabels",
        **base,
        "value": {"x": 50, "y": 50, "width": 10, "height": 10, "rotation": 90, "rectanglelabels": ["leaf"]},
    }
    found = from_results([polygon, {"type": "choices", "value": {"choices": ["ok"]}}, turned])
    assert as_label(found[:1]) == [
        {"label": "leaf", "box": [20, 10, 80, 50], "segmentation": [[20, 10, 100, 10, 20, 60]]}
    ]
    assert as_label(found[1:])[0]["box"] == [90, 50, 10, 20]


@pytest.mark.parametrize(
    "results",
    ["x", [1], [{"type": "rectanglelabels"}], [{"type": "rectanglelabels", "value": {"rectanglelabels": []}}],
     [{"type": "polygonlabels", "original_width": 1, "original_height": 1,
       "value": {"points": [1], "polygonlabels": ["a"]}}]],
)  # fmt: skip
def test_broken_results_are_told_in_words(results: Any) -> None:
    with pytest.raises(ValueError, match=r"result|list"):
        from_results(results)


FIELDS = [
    "id",
    "image_id",
    "bbox",
    "category_id",
    "file_name",
    "license",
    "label",
    "box",
    "segmentation",
    "name",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 700) | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=12,
)


@given(images=JSON, annotations=JSON, categories=JSON, licences=JSON)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hostile_json_never_raises(
    tmp_path: Path, images: Any, annotations: Any, categories: Any, licences: Any
) -> None:
    image = {"id": 1, "file_name": "a.jpg", "license": 1}
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8")
    content = {
        "images": [image, images, *(images if isinstance(images, list) else [])],
        "annotations": [annotations, *(annotations if isinstance(annotations, list) else []),
                        {"image_id": 1, "bbox": annotations, "category_id": 1}],
        "categories": categories if isinstance(categories, list) else [categories],
        "licenses": licences if isinstance(licences, list) else [licences],
    }  # fmt: skip
    (tmp_path / "x.json").write_text(json.dumps(content))
    read(tmp_path / "x.json")


@given(share=st.floats(0, 1))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_cut_file_is_a_loss(tmp_path: Path, data: Path, share: float) -> None:
    whole = (data / "tiny-coco" / "annotations" / "instances_val2017.json").read_bytes().strip()
    (tmp_path / "x.json").write_bytes(whole[: int(share * (len(whole) - 1))])
    items, losses = read(tmp_path / "x.json")
    assert not items
    assert len(losses) == 1


@given(JSON)
def test_a_label_is_boxes_or_a_reason(label: Any) -> None:
    if is_label(label):
        boxes = read_label(label)
        assert all(isinstance(box, Box) for box in boxes)
        assert read_label(as_label(boxes)) == boxes
    else:
        with pytest.raises(ValueError, match=r"box|list"):
            read_label(label)
