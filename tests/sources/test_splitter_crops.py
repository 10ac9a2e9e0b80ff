"""Boxes cut out of real pictures: how many, where, whose."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

from PIL import Image

from ingather.formats.boxes import read_label
from ingather.formats.layouts import coco, voc
from ingather.plan.model import Step
from ingather.sample import Item, Loss
from ingather.sources.splitting import cut_items, splitters_of


def cut(path: Path, layout: object, **options: object) -> tuple[list[Item], list[Loss]]:
    read = layout.read(path, layout.Config())  # type: ignore[attr-defined]
    found = list(cut_items(read, splitters_of([Step(operator="crops", options=options)])))
    return [x for x in found if isinstance(x, Item)], [x for x in found if isinstance(x, Loss)]


def test_all_boxes_with_an_area(data: Path) -> None:
    items, losses = cut(data / "bccd-blood-cells", voc)
    children = [item for item in items if not item.carrier]
    assert Counter(str(child.label) for child in children) == {"RBC": 3348, "WBC": 301, "Platelets": 292}
    assert sum("no crop" in loss.reason for loss in losses) == 2
    assert len({item.key for item in items}) == len(items)
    for child in children[::500]:
        assert isinstance(child.content, bytes)
        assert child.segment is not None
        with Image.open(io.BytesIO(child.content)) as image:
            assert [*image.size] == child.segment["box"][2:]  # type: ignore[index]


def test_a_margin_stays_within_the_picture(data: Path) -> None:
    items, _ = cut(data / "bccd-blood-cells", voc, margin=0.5)
    boxes = [child.segment["box"] for child in items if child.segment]
    assert len(boxes) > 3900
    for left, upper, width, height in boxes:  # type: ignore[misc]
        assert min(left, upper) >= 0
        assert left + width <= 640
        assert upper + height <= 480


def test_children_of_their_picture(data: Path) -> None:
    items, _ = cut(data / "tiny-coco", coco)
    parents = {item.key: item for item in items if item.carrier}
    children = [item for item in items if not item.carrier]
    assert (len(parents), len(children)) == (38, 424)
    assert len({item.key for item in items}) == len(items)
    for child in children[::20]:
        parent = parents[str(child.parent)]
        assert (child.licence, child.split, child.session) == (parent.licence, parent.split, parent.session)
        assert isinstance(child.label, str)
        assert child.segment is not None
        boxes = [box for box in read_label(parent.label) if child.key == f"{parent.key}#{box.id}"]
        left, upper, width, height = child.segment["box"]  # type: ignore[misc]
        assert abs(left - boxes[0].x) <= 0.5
        assert abs(upper + height - boxes[0].y - boxes[0].height) <= 0.5
        assert width >= 1
