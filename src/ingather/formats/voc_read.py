"""Reads a folder in the layout of Pascal VOC."""

from __future__ import annotations

import math
import mimetypes
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

from ingather.formats.boxes import Box, as_label, oddity
from ingather.formats.picture_files import SUFFIXES, is_picture_name, safe_relative, stamp_of
from ingather.formats.plain_xml import UnsafeXml, parse_xml
from ingather.formats.split_names import split_of
from ingather.sample import Item, Json, Loss


def find_root(path: Path) -> Path | None:
    """The folder that has ``Annotations/`` with XML in it: the path itself or one up to two levels below."""
    if not path.is_dir():
        return None
    for pattern in ("Annotations", "*/Annotations", "*/*/Annotations"):
        for folder in sorted(path.glob(pattern)):
            if folder.is_dir() and next(folder.glob("*.xml"), None):
                return folder.parent
    return None


def read_voc(path: Path) -> Iterator[Item | Loss]:
    """Every picture below ``path``, and a loss for whatever cannot be used."""
    root = find_root(path)
    if root is None:
        yield Loss(str(path.name), "there is no folder Annotations with XML in it: it is not Pascal VOC")
        return
    splits = _splits(root)
    pictures = _pictures(root)
    seen: set[Path] = set()
    for file in sorted((root / "Annotations").glob("*.xml")):
        for thing in _read_one(file, root, path, pictures, splits):
            if isinstance(thing, Item) and isinstance(thing.content, Path):
                if thing.content in seen:
                    yield Loss(file.name, f"{thing.key} was described before; the first is kept")
                    continue
                seen.add(thing.content)
            yield thing
    for picture in sorted(set(pictures.values()) - seen):
        if not (root / "Annotations" / f"{picture.stem}.xml").is_file():
            yield _item(picture, path, None, splits.get(picture.stem), {})
    yield from _names_for_nothing(root, pictures)


def _read_one(
    file: Path, root: Path, base: Path, pictures: dict[str, Path], splits: dict[str, str]
) -> Iterator[Item | Loss]:
    try:
        tree = parse_xml(file.read_bytes())
    except (UnsafeXml, OSError) as error:
        yield Loss(f"Annotations/{file.name}", f"{error}; its picture is not read")
        return
    name = (tree.findtext("filename") or "").strip()
    picture = _picture(root, name, file.stem, pictures)
    if picture is None:
        told = name or file.stem
        yield Loss(f"Annotations/{file.name}", f"its picture {told} is not there")
        return
    width, height = _number(tree.findtext("size/width")), _number(tree.findtext("size/height"))
    boxes: list[Box] = []
    for number, element in enumerate(tree.findall("object"), start=1):
        where = f"Annotations/{file.name}: object {number}"
        try:
            box = _box(element)
        except ValueError as error:
            yield Loss(where, str(error))
            continue
        boxes.append(box)
        odd = oddity(box, width, height)
        if odd:
            yield Loss(where, odd)
    evidence: dict[str, Json] = {
        field: text.strip()
        for field in ("database", "annotation", "image", "flickrid")
        if (text := tree.findtext(f"source/{field}")) and text.strip().lower() != "unknown"
    }
    yield _item(picture, base, as_label(boxes), splits.get(file.stem), evidence)


def _item(
    picture: Path, base: Path, label: list[Json] | None, split: str | None, evidence: dict[str, Json]
) -> Item:
    return Item(
        key=picture.relative_to(base).as_posix(),
        modality="image",
        content=picture,
        media_type=mimetypes.guess_type(picture.name)[0],
        label=label,
        split=split,
        evidence=evidence,
        stamp=stamp_of(picture, label),
    )


def _box(element: ElementTree.Element) -> Box:
    label = (element.findtext("name") or "").strip()
    if not label:
        raise ValueError("the object has no name; it is not read")
    corners = []
    for side in ("xmin", "ymin", "xmax", "ymax"):
        text = element.findtext(f"bndbox/{side}")
        value = _number(text)
        if value is None:
            raise ValueError(f"the object {label} has no number as {side} but {text!r}; it is not read")
        corners.append(value)
    left, upper, right, lower = corners
    if right < left or lower < upper:
        raise ValueError(f"the box of {label} ends before it begins; it is not read")
    pose = (element.findtext("pose") or "").strip()
    flags = (flag for flag in ("truncated", "difficult", "occluded") if _number(element.findtext(flag)) == 1)
    return Box(
        label,
        left,
        upper,
        right - left,
        lower - upper,
        flags=frozenset(flags),
        pose=pose if pose and pose != "Unspecified" else None,
    )


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _pictures(root: Path) -> dict[str, Path]:
    """Every picture of the set by its name within its folder."""
    folder = root / "JPEGImages"
    places = [folder] if folder.is_dir() else [root / "images", root / "Annotations"]
    return {
        file.relative_to(place).as_posix(): file
        for place in places
        if place.is_dir()
        for file in sorted(place.rglob("*"))
        if is_picture_name(file.name) and file.is_file()
    }


def _picture(root: Path, name: str, stem: str, pictures: dict[str, Path]) -> Path | None:
    if name and safe_relative(name) is not None and name in pictures:
        return pictures[name]
    candidates = (pictures.get(stem + end) for suffix in SUFFIXES for end in (suffix, suffix.upper()))
    return next((found for found in candidates if found), None)


def _lists(root: Path) -> dict[str, list[str]]:
    """The names in ImageSets/Main by split; lists of one class (cat_train) repeat those and are not read."""
    found: dict[str, list[str]] = {}
    for file in sorted((root / "ImageSets" / "Main").glob("*.txt")):
        split = split_of(file.stem)
        if split and file.stem.isalpha():
            lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
            found.setdefault(split, []).extend(words[0] for line in lines if (words := line.split()))
    return found


def _splits(root: Path) -> dict[str, str]:
    splits: dict[str, str] = {}
    lists = _lists(root)
    # a picture in several lists belongs to the strictest: what is tested on must not be trained on
    for split in ("train", "validation", "test"):
        splits.update(dict.fromkeys(lists.get(split, []), split))
    return splits


def _names_for_nothing(root: Path, pictures: dict[str, Path]) -> Iterator[Loss]:
    stems = {Path(name).stem for name in pictures}
    for split, listed in _lists(root).items():
        gone = [name for name in listed if name not in stems]
        if gone:
            yield Loss(
                f"ImageSets/Main: {split}",
                f"names without a picture, the first is {gone[0]}",
                len(gone),
            )
