"""Writes pictures with outlines and masks in the layout of Cityscapes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from ingather.formats.boxes import Box, read_label
from ingather.formats.cityscapes_read import MASKS
from ingather.formats.picture_files import FreeNames, file_name_of, size_of, write_picture
from ingather.formats.unsaid import Unsaid, unfit_picture
from ingather.sample import Item, Loss

_FOLDERS = {"validation": "val", None: "all"}


def write_cityscapes(items: Iterable[Item], path: Path) -> list[Loss]:
    """Writes items below ``path`` and tells what the layout could not carry."""
    losses: list[Loss] = []
    unsaid = Unsaid("Cityscapes", ("segmentation", "id", "mask"))
    names = FreeNames()
    (path / "leftImg8bit").mkdir(parents=True, exist_ok=True)
    (path / "gtFine").mkdir(exist_ok=True)
    for item in items:
        reason = unfit_picture(item)
        size = None if reason else size_of(item)
        if reason or size is None:
            losses.append(Loss(item.key, reason or "the picture cannot be read, so its size is not known"))
            continue
        boxes = read_label(item.label) if item.label is not None else []
        attributes = {name: value for name, value in item.attributes.items() if name != "city"}
        parts = tuple(part for part in item.parts if part.role not in MASKS.values())
        unsaid.see(replace(item, attributes=attributes, session=None, parts=parts), boxes)
        losses += _write(item, boxes, size[:2], path, names)
    return losses + unsaid.losses(path.name)


def _write(item: Item, boxes: list[Box], size: tuple[int, int], path: Path, names: FreeNames) -> list[Loss]:
    city = str(item.attributes.get("city") or "city").replace("/", "-")
    inner = Path(_FOLDERS.get(item.split, str(item.split))) / city
    given = PurePosixPath(file_name_of(item))
    name = names.free(f"{given.stem.removesuffix('_leftImg8bit')}{given.suffix}")
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
    write_picture(item, path / "leftImg8bit" / inner / f"{stem}_leftImg8bit{suffix}")
    truth = path / "gtFine" / inner
    truth.mkdir(parents=True, exist_ok=True)
    for part in item.parts:
        ending = next((ending for ending, role in MASKS.items() if role == part.role), None)
        if ending and part.content is not None:
            target = truth / f"{stem}_gtFine_{ending}.png"
            write_picture(Item("", "image", content=part.content), target)
    if item.label is None:
        return []
    objects = [entry for box in boxes for entry in _objects(box)]
    content = {"imgHeight": size[1], "imgWidth": size[0], "objects": objects}
    (truth / f"{stem}_gtFine_polygons.json").write_bytes(orjson.dumps(content))
    coded = sum(1 for box in boxes if box.segmentation and not isinstance(box.segmentation, list))
    several = len(objects) - len(boxes)
    told = (
        ("run-length codes are no outlines: their boxes were written", coded),
        ("outlines of one thing became things of their own", several),
    )
    return [Loss(item.key, what, count) for what, count in told if count]


def _objects(box: Box) -> list[dict[str, Any]]:
    rings = box.segmentation if isinstance(box.segmentation, list) else []
    told: dict[str, Any] = {"label": box.label}
    if box.id is not None:
        told["id"] = box.id
    polygons = [
        [list(point) for point in zip(ring[0::2], ring[1::2], strict=False)]
        for ring in rings
        if isinstance(ring, list) and len(ring) >= 6
    ]
    if not polygons:
        return [{**told, "bbox": [box.x, box.y, box.width, box.height]}]
    return [{**told, "polygon": polygon} for polygon in polygons]
