"""Reads folders in the layout of Cityscapes: pictures by split and city, beside them outlines and masks."""

from __future__ import annotations

import math
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from ingather.formats.boxes import Box, as_label, bounding, oddity
from ingather.formats.picture_files import is_picture_name, stamp_of
from ingather.formats.split_names import split_of
from ingather.sample import Item, Json, Loss, Part

PICTURES = ("leftImg8bit", "leftImg8bit_trainvaltest", "images", "rgb")
TRUTHS = ("gtFine", "gtCoarse", "gtFine_trainvaltest", "gtBbox", "gt")
MASKS = {"labelIds": "mask", "instanceIds": "mask-instances", "labelTrainIds": "mask-train"}
"""Endings of mask files and the roles of their parts: classes, single things, classes to train on."""
_LARGEST = 64 * 2**20
_MOST_POINTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the pictures lie and where their truth.

    Attributes:
        root: the data set's folder.
        pictures: the folder of pictures, by split and city.
        truth: the folder of outlines and masks, None where there is none.
    """

    root: Path
    pictures: Path
    truth: Path | None


def find_folders(path: Path) -> Folders | None:
    """The two folders below the path, or one level further down; None where there is no such pair."""
    if not path.is_dir():
        return None
    for root in (path, *sorted(folder for folder in path.iterdir() if folder.is_dir())):
        pictures = next((root / name for name in PICTURES[:2] if (root / name).is_dir()), None)
        truth = next((root / name for name in TRUTHS if (root / name).is_dir()), None)
        if pictures is None and truth is not None and truth.name.startswith("gt"):
            pictures = next((root / name for name in PICTURES if (root / name).is_dir()), None)
        if pictures is not None:
            return Folders(root, pictures, truth)
    return None


def read_cityscapes(path: Path) -> Iterator[Item | Loss]:
    """Every picture with outlines as label and masks as parts; what cannot be used as losses."""
    found = find_folders(path)
    if found is None:
        yield Loss(path.name, "there is no folder leftImg8bit beside one such as gtFine: it is no Cityscapes")
        return
    used: set[Path] = set()
    for picture in sorted(found.pictures.rglob("*")):
        if is_picture_name(picture.name) and picture.resolve().is_relative_to(found.root.resolve()):
            yield from _picture(picture, found, path, used)
    if found.truth is not None:
        for file in sorted(found.truth.rglob("*_polygons.json")):
            if file not in used:
                yield Loss(file.relative_to(path).as_posix(), "the picture that it outlines is not there")


def stem_of(picture: Path, folder: str) -> str:
    """The name that a picture shares with its truth: without its ending and its folder's name."""
    return picture.stem.removesuffix(f"_{folder}").removesuffix("_leftImg8bit")


def _picture(picture: Path, found: Folders, path: Path, used: set[Path]) -> Iterator[Item | Loss]:
    inner = picture.relative_to(found.pictures).parent
    label: list[Json] | None = None
    parts: tuple[Part, ...] = ()
    if found.truth is not None:
        base = found.truth / inner / stem_of(picture, found.pictures.name)
        file = _beside(base, found.truth.name, "polygons", ".json")
        if file is not None:
            used.add(file)
            boxes: list[Box] = []
            for thing in _outlines(file, file.relative_to(path).as_posix()):
                if isinstance(thing, Loss):
                    yield thing
                else:
                    boxes.append(thing)
            label = as_label(boxes)
        parts = tuple(_masks(base, found.truth.name, found.root))
    folders = inner.parts
    city = folders[-1] if folders and split_of(folders[-1]) is None else None
    yield Item(
        key=picture.relative_to(path).as_posix(),
        modality="image",
        content=picture,
        media_type=mimetypes.guess_type(picture.name)[0],
        parts=parts,
        label=label,
        session=_drive(picture, found.pictures.name),
        split=next((split for part in folders if (split := split_of(part))), None),
        attributes={"city": city} if city else {},
        stamp=stamp_of(picture, label),
    )


def _beside(base: Path, truth: str, what: str, suffix: str) -> Path | None:
    for name in (f"{base.name}_{truth}_{what}{suffix}", f"{base.name}_{what}{suffix}"):
        file = base.with_name(name)
        if file.is_file():
            return file
    return None


def _masks(base: Path, truth: str, root: Path) -> Iterator[Part]:
    for ending, role in MASKS.items():
        file = _beside(base, truth, ending, ".png")
        if file is not None and file.resolve().is_relative_to(root.resolve()):
            yield Part(role, content=file, media_type="image/png")


def _drive(picture: Path, folder: str) -> str | None:
    """City and number of the sequence, by which neighbouring frames belong together."""
    parts = stem_of(picture, folder).rsplit("_", 1)
    return parts[0] if len(parts) == 2 and parts[1].isdecimal() and "_" in parts[0] else None


def _outlines(file: Path, where: str) -> Iterator[Box | Loss]:
    try:
        if file.stat().st_size > _LARGEST:
            raise ValueError("it is larger than 64 MB")
        content = orjson.loads(file.read_bytes())
    except (ValueError, OSError) as error:
        yield Loss(where, f"the file is not sound JSON: {error}")
        return
    objects = content.get("objects") if isinstance(content, dict) else None
    if not isinstance(objects, list):
        yield Loss(where, "the file has no list of objects")
        return
    size = content.get("imgWidth"), content.get("imgHeight")
    width, height = (one if isinstance(one, int) and one > 0 else None for one in size)
    for number, entry in enumerate(objects, start=1):
        if isinstance(entry, dict) and entry.get("deleted"):
            continue
        try:
            box = _box(entry)
        except ValueError as error:
            yield Loss(f"{where}: object {number}", f"{error}; it is not read")
            continue
        yield box
        odd = oddity(box, width, height)
        if odd:
            yield Loss(f"{where}: object {number}", odd, 0)


def _box(entry: Any) -> Box:
    if not isinstance(entry, dict) or not isinstance(entry.get("label"), str) or not entry["label"]:
        raise ValueError("it has no label")
    points, given = entry.get("polygon"), entry.get("id")
    number = given if isinstance(given, int | str) and not isinstance(given, bool) else None
    if points is None and isinstance(entry.get("bbox"), list):
        left, upper, across, down = _four(entry["bbox"])
        return Box(entry["label"], left, upper, across, down, id=number)
    if not isinstance(points, list) or not 3 <= len(points) <= _MOST_POINTS:
        raise ValueError(f"the outline of {entry['label']} has fewer than three points, or far too many")
    ring: list[Json] = []
    for point in points:
        if not isinstance(point, list) or len(point) != 2 or not all(map(_is_number, point)):
            raise ValueError(f"the outline of {entry['label']} holds what is no point")
        ring += point
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return Box(entry["label"], *bounding(xs, ys), id=number, segmentation=[ring])


def _four(values: list[Any]) -> tuple[float, float, float, float]:
    if len(values) != 4 or not all(map(_is_number, values)) or values[2] < 0 or values[3] < 0:
        raise ValueError("its box is not left, top, width and height")
    return values[0], values[1], values[2], values[3]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
