"""Reads the CSV files of Open Images beside the pictures that are there."""

from __future__ import annotations

import csv
import math
import mimetypes
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingather.formats.boxes import Box, as_label, oddity
from ingather.formats.picture_files import is_picture_name, stamp_of
from ingather.formats.picture_size import picture_size
from ingather.formats.split_names import split_of
from ingather.plan.licences import spdx_of
from ingather.sample import Item, Json, Loss

BOX_COLUMNS = ("ImageID", "LabelName", "XMin", "XMax", "YMin", "YMax")
LABEL_COLUMNS = ("ImageID", "LabelName", "Confidence")
IMAGE_COLUMNS = ("ImageID", "Subset", "License")
FLAGS = {"IsOccluded": "occluded", "IsTruncated": "truncated", "IsGroupOf": "iscrowd"}
EXTRAS = {"IsDepiction": "depiction", "IsInside": "inside"}


@dataclass
class _Picture:
    name: str
    split: str | None
    rows: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    labels: list[dict[str, str]] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)


def kind_of(file: Path) -> str | None:
    """Whether a CSV holds ``boxes``, ``labels`` or ``images`` by its first line; None for others."""
    try:
        with file.open("rb") as opened:
            head = opened.read(4096).split(b"\n")[0].decode("utf-8", "replace")
    except OSError:
        return None
    names = {name.strip().strip('"') for name in head.removeprefix("\ufeff").split(",")}
    for kind, wanted in (("boxes", BOX_COLUMNS), ("images", IMAGE_COLUMNS), ("labels", LABEL_COLUMNS)):
        if names.issuperset(wanted):
            return kind
    return None


def tables(root: Path) -> list[tuple[Path, str]]:
    """The CSV files of a folder or one level below it that Open Images knows, with what each holds."""
    files = sorted([*root.glob("*.csv"), *root.glob("*/*.csv")])
    return [(file, kind) for file in files if (kind := kind_of(file)) is not None]


def read_openimages(root: Path) -> Iterator[Item | Loss]:
    """Every picture with its boxes, or the labels of the whole picture; what cannot be used as losses."""
    found = tables(root)
    classes = _classes(root)
    pictures = _pictures(root)
    for file, kind in found:
        yield from _gather(file, kind, pictures, root)
    boxed = any(kind == "boxes" for _, kind in found)
    for picture in pictures.values():
        yield from _item(picture, root, classes, boxed)


def _gather(file: Path, kind: str, pictures: dict[str, _Picture], root: Path) -> Iterator[Loss]:
    """Hands the rows of one table to their pictures."""
    name = file.relative_to(root).as_posix()
    gone = 0
    first_gone = ""
    for line, row in _rows(file):
        if isinstance(row, str):
            yield Loss(f"{name}, line {line}", row)
            continue
        picture = pictures.get(row["ImageID"])
        if picture is None:
            gone += 1
            first_gone = first_gone or row["ImageID"]
        elif kind == "boxes":
            picture.rows.append((f"{name}, line {line}", row))
        elif kind == "labels":
            picture.labels.append(row)
        else:
            picture.about = row
            picture.split = split_of(row.get("Subset") or "") or picture.split
        if picture is not None and kind != "images" and picture.split is None:
            picture.split = split_of(file.stem)
    if gone:
        yield Loss(name, f"rows of pictures that are not there, the first is {first_gone}", gone)


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str] | str]]:
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as opened:
        reader = csv.reader(line.replace("\0", "") for line in opened)
        head = next(reader, [])
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield reader.line_num, f"the line is no CSV: {error}"
                continue
            if len(row) != len(head):
                if row:
                    yield reader.line_num, f"has {len(row)} cells where the head has {len(head)}"
                continue
            yield reader.line_num, dict(zip(head, row, strict=True))


def _item(picture: _Picture, root: Path, classes: dict[str, str], boxed: bool) -> Iterator[Item | Loss]:
    file = root / picture.name
    size = picture_size(file) if picture.rows else None
    boxes: list[Box] = []
    if picture.rows and size is None:
        where = picture.rows[0][0]
        yield Loss(where, f"{picture.name} cannot be read, so places in it are not known", len(picture.rows))
    elif size is not None:
        for where, row in picture.rows:
            try:
                box = _box(row, size, classes)
            except ValueError as error:
                yield Loss(where, f"{error}; it is not read")
                continue
            boxes.append(box)
            odd = oddity(box, *size)
            if odd:
                yield Loss(where, odd, 0)
    present, absent = _labels(picture.labels, classes)
    label: Json = as_label(boxes) if picture.rows else None
    if not boxed and picture.labels:
        label = list(present)
    data: dict[str, Json] = {"present": list(present), "absent": list(absent)} if picture.labels else {}
    evidence: dict[str, Json] = {
        name: value
        for name in ("License", "Author", "AuthorProfileURL", "OriginalLandingURL", "Title")
        if (value := picture.about.get(name))
    }
    told: Json = [label, data, evidence]
    yield Item(
        key=picture.name,
        modality="image",
        content=file,
        media_type=mimetypes.guess_type(picture.name)[0],
        label=label,
        split=picture.split,
        data=data or None,
        licence=spdx_of(picture.about.get("License") or "") or None,
        uri=picture.about.get("OriginalLandingURL") or picture.about.get("OriginalURL") or "",
        evidence=evidence,
        stamp=stamp_of(file, told),
    )


def _box(row: dict[str, str], size: tuple[int, int], classes: dict[str, str]) -> Box:
    if not row["LabelName"]:
        raise ValueError("the row names no label")
    left, right, upper, lower = (_share(row, name) for name in ("XMin", "XMax", "YMin", "YMax"))
    if right < left or lower < upper:
        raise ValueError("the box ends before it begins")
    width, height = size
    return Box(
        classes.get(row["LabelName"], row["LabelName"]),
        round(left * width, 6),
        round(upper * height, 6),
        round((right - left) * width, 6),
        round((lower - upper) * height, 6),
        flags=frozenset(flag for column, flag in FLAGS.items() if row.get(column) == "1"),
        attributes={name: True for column, name in EXTRAS.items() if row.get(column) == "1"},
    )


def _share(row: dict[str, str], name: str) -> float:
    try:
        value = float(row[name])
    except ValueError:
        raise ValueError(f"{name} is {row[name]!r}, which is no number") from None
    if not math.isfinite(value):
        raise ValueError(f"{name} is {row[name]!r}, which is no number")
    return value


def _labels(rows: list[dict[str, str]], classes: dict[str, str]) -> tuple[list[str], list[str]]:
    """Labels that were verified to be there, and those verified not to be; a machine's guess is neither."""
    named = {"1": "present", "1.0": "present", "0": "absent", "0.0": "absent"}
    sides: dict[str, list[str]] = {"present": [], "absent": []}
    for row in rows:
        if row.get("Source", "verification") == "machine":
            continue
        side = named.get(row["Confidence"])
        if side:
            sides[side].append(classes.get(row["LabelName"], row["LabelName"]))
    return list(dict.fromkeys(sides["present"])), list(dict.fromkeys(sides["absent"]))


def _classes(root: Path) -> dict[str, str]:
    names: dict[str, str] = {}
    for file in sorted([*root.glob("*class-descriptions*.csv"), *root.glob("*/*class-descriptions*.csv")]):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            code, comma, name = line.partition(",")
            if comma and code.startswith("/"):
                names[code.strip()] = name.strip().strip('"')
    return names


def _pictures(root: Path) -> dict[str, _Picture]:
    found: dict[str, _Picture] = {}
    for folder, folders, files in os.walk(root):
        folders.sort()
        if Path(folder).name.startswith("masks"):
            continue
        for file in sorted(files):
            path = Path(folder, file)
            if is_picture_name(file) and path.resolve().is_relative_to(root.resolve()):
                name = path.relative_to(root).as_posix()
                split = next((s for part in name.split("/")[:-1] if (s := split_of(part))), None)
                found.setdefault(path.stem, _Picture(name, split))
    return found
