"""Writes pictures with boxes as Open Images: tables of boxes, classes and pictures, and a folder a split."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from ingather.formats.boxes import Box, oddity, read_label
from ingather.formats.openimages_read import EXTRAS, FLAGS
from ingather.formats.picture_files import FreeNames, file_name_of, size_of, write_picture
from ingather.formats.unsaid import Unsaid, unfit_picture
from ingather.sample import Item, Loss

_BOX_HEAD = ("ImageID", "Source", "LabelName", "Confidence", "XMin", "XMax", "YMin", "YMax", *FLAGS, *EXTRAS)
_IMAGE_HEAD = ("ImageID", "Subset", "OriginalLandingURL", "License", "Author", "Title")
_FOLDERS: dict[str | None, str] = {None: "images"}


def write_openimages(items: Iterable[Item], path: Path) -> list[Loss]:
    """Writes items below ``path`` and tells what the layout could not carry."""
    losses: list[Loss] = []
    unsaid = Unsaid("Open Images", ("licence", "occluded", "truncated", "iscrowd"))
    classes: dict[str, str] = {}
    boxes_of: dict[str, list[list[str]]] = defaultdict(list)
    images_of: dict[str, list[list[str]]] = defaultdict(list)
    names = FreeNames()
    bare = 0
    for item in items:
        reason = unfit_picture(item)
        size = None if reason else size_of(item)
        if reason or size is None:
            losses.append(Loss(item.key, reason or "the picture cannot be read, so its size is not known"))
            continue
        folder = _FOLDERS.get(item.split, str(item.split))
        name = names.free(file_name_of(item))
        write_picture(item, path / folder / name)
        boxes = read_label(item.label) if item.label is not None else []
        bare += item.label == []
        unsaid.see(item, [_plain(box) for box in boxes])
        images_of[folder].append(_image(Path(name).stem, folder, item))
        for box in boxes:
            code = classes.setdefault(box.label, f"/x/{len(classes)}")
            boxes_of[folder].append(_row(Path(name).stem, code, box, size))
            odd = oddity(box, size[0], size[1])
            losses += [Loss(item.key, odd, 0)] if odd else []
    path.mkdir(parents=True, exist_ok=True)
    for folder, rows in images_of.items():
        _write(path / f"{folder}-images-with-rotation.csv", _IMAGE_HEAD, rows)
        _write(path / f"{folder}-annotations-bbox.csv", _BOX_HEAD, boxes_of[folder])
    _write(path / "class-descriptions-boxable.csv", None, [[code, name] for name, code in classes.items()])
    if bare:
        losses.append(Loss(path.name, "Open Images does not carry that a picture shows nothing", bare))
    return losses + unsaid.losses(path.name)


def _row(name: str, code: str, box: Box, size: tuple[int, int, int]) -> list[str]:
    width, height, _ = size
    edges = (box.x / width, (box.x + box.width) / width, box.y / height, (box.y + box.height) / height)
    flags = [str(int(flag in box.flags)) for flag in FLAGS.values()]
    extras = [str(int(box.attributes.get(extra) is True)) for extra in EXTRAS.values()]
    return [name, "xclick", code, "1", *(f"{edge:.12g}" for edge in edges), *flags, *extras]


def _plain(box: Box) -> Box:
    """The box without the attributes that have a column of their own."""
    rest = {name: value for name, value in box.attributes.items() if name not in EXTRAS.values()}
    return Box(
        box.label,
        box.x,
        box.y,
        box.width,
        box.height,
        box.id,
        box.segmentation,
        box.flags,
        box.pose,
        box.keypoints,
        rest,
    )


def _image(name: str, folder: str, item: Item) -> list[str]:
    subset = folder if item.split else ""
    told = [str(item.evidence.get(field) or "") for field in ("Author", "Title")]
    licence = str(item.evidence.get("License") or item.licence or "")
    return [name, subset, item.uri, licence, *told]


def _write(file: Path, head: tuple[str, ...] | None, rows: list[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        if head:
            writer.writerow(head)
        writer.writerows(rows)
