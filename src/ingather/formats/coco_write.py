"""Writes pictures with boxes as COCO: one JSON file and one folder of pictures a split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from ingather.formats.boxes import Box, is_label, oddity, read_label
from ingather.formats.picture_files import FreeNames, file_name_of, size_of, write_picture
from ingather.formats.unsaid import beside
from ingather.sample import Item, Loss

FOLDERS = {"validation": "val"}


@dataclass
class _Split:
    names: FreeNames = field(default_factory=FreeNames)
    images: list[dict[str, Any]] = field(default_factory=list)
    annotations: list[dict[str, Any]] = field(default_factory=list)
    licences: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbers: set[int] = field(default_factory=set)
    posed: list[tuple[dict[str, Any], Box]] = field(default_factory=list)

    def number_of(self, box: Box) -> int:
        """The number of an annotation: the one it came with where that is free, else the next."""
        number = box.id if isinstance(box.id, int) and box.id > 0 else 0
        while number <= 0 or number in self.numbers:
            number = max(self._next, 1)
            self._next = number + 1
        self.numbers.add(number)
        return number

    _next: int = 1


def write_coco(items: Iterable[Item], path: Path) -> list[Loss]:
    """Writes items below ``path`` and tells what COCO could not carry; nothing is left out untold."""
    splits: dict[str, _Split] = {}
    labels: dict[str, int] = {}
    points: dict[str, dict[str, None]] = {}
    losses: list[Loss] = []
    unsaid: Counter[str] = Counter()
    for item in items:
        reason = _unfit(item)
        if reason:
            losses.append(Loss(item.key, reason))
            continue
        losses += _add(item, splits, labels, points, unsaid, path)
    for split in splits.values():
        _fill_points(split, points)
    path.mkdir(parents=True, exist_ok=True)
    (path / "annotations").mkdir(exist_ok=True)
    categories: list[dict[str, Any]] = [
        {"id": number, "name": name, "supercategory": "", **_points_of(name, points)}
        for name, number in labels.items()
    ]
    for name, split in splits.items() or {"": _Split()}.items():
        content = {
            "info": {"description": "", "version": "1.0"},
            "licenses": list(split.licences.values()),
            "images": split.images,
            "annotations": split.annotations,
            "categories": categories,
        }
        target = path / "annotations" / (f"instances_{name}.json" if name else "instances.json")
        target.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))
    losses += [Loss(str(path.name), f"COCO does not carry {what}", n) for what, n in sorted(unsaid.items())]
    return losses


def _unfit(item: Item) -> str | None:
    if item.modality != "image" or item.content is None:
        return "it is no picture"
    if item.label is not None and not is_label(item.label):
        return "its label is no list of boxes"
    return None


def _add(
    item: Item,
    splits: dict[str, _Split],
    labels: dict[str, int],
    points: dict[str, dict[str, None]],
    unsaid: Counter[str],
    path: Path,
) -> list[Loss]:
    size = size_of(item)
    if size is None:
        return [Loss(item.key, "the picture cannot be read, so its size is not known")]
    folder = FOLDERS.get(item.split or "", item.split or "")
    split = splits.setdefault(folder, _Split())
    name = split.names.free(file_name_of(item))
    write_picture(item, path / "images" / folder / name)
    image_id = len(split.images) + 1
    split.images.append(_image(item, image_id, name, size, split))
    losses = []
    boxes = read_label(item.label) if item.label is not None else []
    if item.label is None:
        unsaid["that a picture was never labelled: it looks like one that shows nothing"] += 1
    if item.attributes:
        unsaid["attributes"] += 1
    if item.contributor:
        unsaid["the contributor"] += 1
    if item.parts:
        unsaid["further parts"] += len(item.parts)
    image = split.images[-1]
    carried = {"the time": "date_captured" in image, "where it was found": bool(_urls(image))}
    unsaid.update(what for what in beside(item) if not carried.get(what))
    for box in boxes:
        number = labels.setdefault(box.label, len(labels) + 1)
        split.annotations.append(_annotation(box, split.number_of(box), image_id, number))
        if box.keypoints:
            points.setdefault(box.label, {}).update(dict.fromkeys(box.keypoints))
            split.posed.append((split.annotations[-1], box))
        if box.attributes:
            unsaid["attributes of boxes"] += 1
        odd = oddity(box, size[0], size[1])
        if odd:
            losses.append(Loss(item.key, odd))
    return losses


def _image(item: Item, image_id: int, name: str, size: tuple[int, int, int], split: _Split) -> dict[str, Any]:
    told: dict[str, Any] = {"id": image_id, "file_name": name, "width": size[0], "height": size[1]}
    if item.licence:
        url = item.evidence.get("licence_url")
        licence = split.licences.setdefault(
            item.licence,
            {"id": len(split.licences) + 1, "name": item.licence, "url": url if isinstance(url, str) else ""},
        )
        told["license"] = licence["id"]
    for field_name in ("coco_url", "flickr_url", "date_captured"):
        if field_name in item.evidence:
            told[field_name] = item.evidence[field_name]
    if item.at is not None:
        told.setdefault("date_captured", item.at.isoformat(" "))
    if item.uri.startswith(("http://", "https://")) and not _urls(told):
        told["coco_url"] = item.uri
    return told


def _urls(image: dict[str, Any]) -> list[Any]:
    return [image[name] for name in ("flickr_url", "coco_url") if image.get(name)]


def _annotation(box: Box, number: int, image_id: int, category: int) -> dict[str, Any]:
    shape = box.as_json()
    told: dict[str, Any] = {
        "id": number,
        "image_id": image_id,
        "category_id": category,
        "bbox": shape["box"],
        "area": _area(box),
        "iscrowd": int("iscrowd" in box.flags),
        "segmentation": box.segmentation or [],
    }
    for extra in ("truncated", "difficult", "occluded"):
        if extra in box.flags:
            told[extra] = 1
    if box.pose:
        told["pose"] = box.pose
    return told


def _points_of(label: str, points: dict[str, dict[str, None]]) -> dict[str, Any]:
    return {"keypoints": list(points[label]), "skeleton": []} if label in points else {}


def _fill_points(split: _Split, points: dict[str, dict[str, None]]) -> None:
    """Key points as flat lists in the order of their category, which is known when all were seen."""
    for told, box in split.posed:
        flat: list[Any] = []
        for name in points[box.label]:
            point = box.keypoints.get(name)
            flat += (*point, 2)[:3] if isinstance(point, list) else (0, 0, 0)
        told["keypoints"] = flat
        told["num_keypoints"] = sum(1 for seen in flat[2::3] if seen)


def _area(box: Box) -> float:
    """Square pixels inside the outline where it is of polygons (shoelace formula), else of the box."""
    if isinstance(box.segmentation, list) and box.segmentation:
        total = 0.0
        for ring in box.segmentation:
            if not isinstance(ring, list) or len(ring) < 6 or len(ring) % 2:
                return box.width * box.height
            points = [v for v in ring if isinstance(v, int | float)]
            xs, ys = points[0::2], points[1::2]
            pairs = zip(xs, ys, xs[1:] + xs[:1], ys[1:] + ys[:1], strict=False)
            total += abs(sum(x * v - u * y for x, y, u, v in pairs)) / 2
        return total
    return box.width * box.height
