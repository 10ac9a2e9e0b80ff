"""Writes pictures with boxes as YOLO: pictures, one text of lines each, and data.yaml."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from ingather.formats.boxes import Box, read_label
from ingather.formats.picture_files import FreeNames, file_name_of, size_of, write_picture
from ingather.formats.unsaid import Unsaid, unfit_picture
from ingather.formats.yolo_lines import polygon_of, write_line
from ingather.sample import Item, Loss

Kind = Literal["boxes", "outlines", "keypoints"]
_FOLDERS = {"validation": "val", None: "all"}


def write_yolo(items: Iterable[Item], path: Path, kind: Kind | None) -> list[Loss]:
    """Writes items below ``path``; all of one kind, since a YOLO model reads one.

    Args:
        items: pictures with boxes.
        path: the new folder.
        kind: what every line is; None: key points where a box has any, else outlines where every box has
            one, else boxes.
    """
    kept, losses = _fit(items)
    boxes = [box for _, found, _ in kept for box in found]
    kind = kind or _kind_of(boxes)
    points = _point_names(boxes) if kind == "keypoints" else ()
    carries = {"boxes": set(), "outlines": {"segmentation"}, "keypoints": {"keypoints"}}[kind]
    unsaid = Unsaid("YOLO", carries)
    numbers: dict[str, int] = {}
    names: dict[str, FreeNames] = {}
    for item, found, size in kept:
        folder = _FOLDERS.get(item.split, str(item.split))
        name = names.setdefault(folder, FreeNames()).free(file_name_of(item))
        write_picture(item, path / "images" / folder / name)
        unsaid.see(item, found)
        if item.label is None:
            continue
        lines = [
            write_line(_shaped(box, kind), numbers.setdefault(box.label, len(numbers)), *size, points)
            for box in found
        ]
        losses += _rings_lost(item, found) if kind == "outlines" else []
        target = path / "labels" / folder / f"{Path(name).stem}.txt"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    path.mkdir(parents=True, exist_ok=True)
    (path / "data.yaml").write_bytes(_description(set(names), numbers, points))
    return losses + unsaid.losses(path.name)


def _fit(items: Iterable[Item]) -> tuple[list[tuple[Item, list[Box], tuple[int, int]]], list[Loss]]:
    kept = []
    losses = []
    for item in items:
        reason = unfit_picture(item)
        size = None if reason else size_of(item)
        if reason or size is None:
            losses.append(Loss(item.key, reason or "the picture cannot be read, so its size is not known"))
            continue
        kept.append((item, read_label(item.label) if item.label is not None else [], size[:2]))
    return kept, losses


def _kind_of(boxes: list[Box]) -> Kind:
    if any(box.keypoints for box in boxes):
        return "keypoints"
    return "outlines" if boxes and all(polygon_of(box) for box in boxes) else "boxes"


def _shaped(box: Box, kind: Kind) -> Box:
    """The box as its kind of line wants it: an outline of its corners where it has none of its own."""
    if kind != "outlines":
        return Box(box.label, box.x, box.y, box.width, box.height, keypoints=box.keypoints)
    if polygon_of(box):
        return box
    right, lower = box.x + box.width, box.y + box.height
    corners = [box.x, box.y, right, box.y, right, lower, box.x, lower]
    return Box(box.label, box.x, box.y, box.width, box.height, segmentation=[[*corners]])


def _rings_lost(item: Item, boxes: list[Box]) -> list[Loss]:
    bare = sum(1 for box in boxes if polygon_of(box) is None)
    return (
        [Loss(item.key, "outlines that are no single polygon: their box was written", bare)] if bare else []
    )


def _point_names(boxes: list[Box]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for box in boxes for name in box.keypoints))


def _description(folders: set[str], numbers: dict[str, int], points: tuple[str, ...]) -> bytes:
    from ruamel.yaml import YAML

    told: dict[str, Any] = {"path": "."}
    for folder in sorted(folders - {"all"}, key=lambda one: ("train", "val", "test", one).index(one)):
        told[folder] = f"images/{folder}"
    told["names"] = {number: name for name, number in numbers.items()}
    if points:
        told["kpt_shape"] = [len(points), 3]
        told["kpt_names"] = {number: list(points) for number in numbers.values()}
    out = io.BytesIO()
    YAML(typ="safe", pure=True).dump(told, out)
    return out.getvalue()
