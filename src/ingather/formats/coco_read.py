"""Reads one COCO JSON file: its pictures, boxes, outlines and licences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingather.formats.boxes import FLAGS, plain_rectangle, read_keypoints, rectangle_oddity
from ingather.formats.json_document import parse_large
from ingather.formats.picture_files import picture_type, stamp_of
from ingather.formats.picture_folders import PictureFolders, plain_name
from ingather.formats.split_names import split_of
from ingather.sample import Item, Json, Loss

_MARKS = (b'"images"', b'"annotations"', b'"categories"', b'"licenses"', b'"info"')
_EVIDENCE = ("coco_url", "flickr_url", "date_captured", "width", "height")


def annotation_files(path: Path) -> list[Path]:
    """The JSON files that may hold annotations: the file itself, or those of a folder, sorted."""
    if path.is_file():
        return [path] if path.suffix.lower() == ".json" else []
    if not path.is_dir():
        return []
    places = [path / "annotations"] if (path / "annotations").is_dir() else [path, *_folders(path)]
    return sorted(file for place in places for file in place.glob("*.json") if file.is_file())


def looks_like_coco(file: Path) -> bool:
    """Whether a file begins as a COCO JSON does; only its first 64 kB are read."""
    with file.open("rb") as opened:
        start = opened.read(65536)
    named = [mark for mark in _MARKS if mark in start]
    # the file_name and the box need not stand in the first part of a large file: two sections may do
    return start.lstrip()[:1] == b"{" and b'"images"' in named and len(named) >= 2


def read_file(file: Path, root: Path) -> Iterator[Item | Loss]:
    """Every picture that one JSON file names, as items with boxes; what cannot be used as losses.

    Args:
        file: the JSON file.
        root: the folder that keys are relative to, and out of which no file name may lead.
    """
    try:
        content = parse_large(file.read_bytes())
    except (ValueError, OSError) as error:
        yield Loss(file.name, f"the file is not sound JSON: {error}")
        return
    images = _objects(content, "images")
    if images is None:
        yield Loss(file.name, "the file has no list of images: it is not COCO")
        return
    annotations = _objects(content, "annotations") or []
    if annotations and not any("bbox" in a for a in annotations if isinstance(a, dict)):
        yield Loss(file.name, "its annotations have no boxes (captions or the like); it is not read")
        return
    yield from _Reading(file, root, content).items(images, annotations)


class _Reading:
    """What is needed of one file while its pictures are read."""

    def __init__(self, file: Path, root: Path, content: Any) -> None:
        self.file = file
        self.root = root
        categories = _objects(content, "categories")
        self.categories = _by_id(categories, "name")
        self.points = _point_names(categories)
        entries = [entry for entry in _objects(content, "licenses") or [] if _has_id(entry)]
        self.licences = {_key(entry["id"]): (_spdx(entry), _told_of(entry)) for entry in entries}
        self.split = split_of(file.stem) or split_of(file.parent.name)
        self.folders = PictureFolders(_places(file, root), root)

    def items(self, images: list[Any], annotations: list[Any]) -> Iterator[Item | Loss]:
        by_image: dict[int | str, list[dict[str, Any]]] = defaultdict(list)
        malformed = 0
        for annotation in annotations:
            if isinstance(annotation, dict) and _is_id(image_id := annotation.get("image_id")):
                by_image[image_id if type(image_id) is int else _key(image_id)].append(annotation)
            else:
                malformed += 1
        if malformed:
            yield Loss(self.file.name, "annotations that name no image", malformed)
        for place, image in enumerate(images):
            if not _has_id(image) or not isinstance(image.get("file_name"), str):
                yield Loss(f"{self.file.name}: images[{place}]", "the image has no id or no file name")
                continue
            yield from self.picture(image, by_image.pop(_key(image["id"]), []))
        for image_id, orphans in by_image.items():
            yield Loss(
                f"{self.file.name}: image {image_id}",
                "annotations of an image that the file does not list",
                len(orphans),
            )

    def picture(self, image: dict[str, Any], annotations: list[dict[str, Any]]) -> Iterator[Item | Loss]:
        name = image["file_name"]
        where = f"{self.file.name}: {name}"
        key = self.folders.find(name)
        if key is None:
            if plain_name(name) is None:
                yield Loss(where, "the file name leads out of the data set's folder; it is not read")
                return
            boxes = f"; its {len(annotations)} annotations are not read" if annotations else ""
            yield Loss(where, f"the picture is not there{boxes}")
            return
        width, height = _number(image.get("width")), _number(image.get("height"))
        label: list[Json] = []
        for annotation in annotations:
            told = self.told(annotation)
            if isinstance(told, str):
                yield Loss(f"{where}, annotation {annotation.get('id')}", told)
                continue
            label.append(told)
            odd = rectangle_oddity(told["label"], told["box"], width, height)
            if odd:
                yield Loss(f"{where}, annotation {annotation.get('id')}", odd, 0)
        yield self.item(image, key, label)

    def item(self, image: dict[str, Any], key: str, label: list[Json]) -> Item:
        licence = self.licences.get(_key(image["license"])) if _is_id(image.get("license")) else None
        spdx, told = licence or (None, {})
        evidence = {**{n: image[n] for n in _EVIDENCE if isinstance(image.get(n), int | str)}, **told}
        picture = self.root / key
        return Item(
            key=key,
            modality="image",
            content=picture,
            media_type=picture_type(key),
            label=label,
            split=self.split,
            licence=spdx,
            uri=str(image.get("flickr_url") or image.get("coco_url") or ""),
            at=_moment(image.get("date_captured")),
            evidence=evidence,
            stamp=stamp_of(picture, [label, evidence]),
        )

    def told(self, annotation: dict[str, Any]) -> dict[str, Any] | str:
        """An annotation as an object of a boxes label, or why it is none."""
        given = annotation.get("category_id")
        category = given if type(given) is int else _key(given)
        label = self.categories.get(category)
        if label is None:
            return f"its category {given!r} is not among the file's categories"
        try:
            told: dict[str, Any] = {
                "label": label,
                "box": plain_rectangle(annotation.get("bbox"), "its box"),
            }
        except ValueError as error:
            return str(error)
        if _is_id(number := annotation.get("id")):
            told["id"] = number
        if outline := annotation.get("segmentation"):
            told["segmentation"] = outline
        for flag in FLAGS:
            if flag in annotation and annotation[flag] in (True, 1):
                told[flag] = True
        if isinstance(pose := annotation.get("pose"), str) and pose:
            told["pose"] = pose
        if "keypoints" in annotation:
            points = _keypoints(annotation["keypoints"], self.points.get(category, []))
            if points:
                told["keypoints"] = points
        return told


def _places(file: Path, root: Path) -> list[Path]:
    """Folders below the root in which a file's pictures may lie, the likeliest first."""
    stem = file.stem.removeprefix("instances_")
    bases = [file.parent, root] if file.parent == root else [root, file.parent.parent, file.parent]
    found = [
        place
        for base in bases
        if base.is_relative_to(root)
        for place in (base / "images" / stem, base / stem, base / "images", base / "data", base)
        if place.is_dir()
    ]
    return list(dict.fromkeys(found))


def _folders(path: Path) -> list[Path]:
    return sorted(folder for folder in path.iterdir() if folder.is_dir())


def _objects(content: Any, name: str) -> list[Any] | None:
    value = content.get(name) if isinstance(content, dict) else None
    return value if isinstance(value, list) else None


def _by_id(entries: list[Any] | None, field: str) -> dict[int | str, str]:
    return {_key(e["id"]): str(e[field]) for e in entries or [] if _has_id(e) and e.get(field)}


def _point_names(entries: list[Any] | None) -> dict[int | str, list[str]]:
    """Names of the key points of each category, by its id."""
    return {
        _key(entry["id"]): [str(name) for name in entry["keypoints"]]
        for entry in entries or []
        if _has_id(entry) and isinstance(entry.get("keypoints"), list)
    }


def _keypoints(values: Any, names: list[str]) -> dict[str, Json]:
    """Key points by name from a flat list of x, y and visibility; those that are not labelled (0) too."""
    if not isinstance(values, list) or not values or len(values) % 3:
        return {}
    count = len(values) // 3
    names = names if len(names) == count else [str(place) for place in range(count)]
    return read_keypoints({name: values[3 * n : 3 * n + 3] for n, name in enumerate(names)})


def _is_id(value: Any) -> bool:
    return type(value) is int or type(value) is str


def _has_id(entry: Any) -> bool:
    return isinstance(entry, dict) and _is_id(entry.get("id"))


def _key(value: Any) -> int | str:
    """An id such that 7 and "7" are the same."""
    text = str(value)
    digits = text.removeprefix("-")
    plain = (
        digits.isascii() and digits.isdecimal() and len(digits) < 19 and (digits == "0" or digits[0] != "0")
    )
    return int(text) if plain else text


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text).replace("/", "-"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _spdx(licence: dict[str, Any]) -> str | None:
    from ingather.plan.licences import spdx_of

    told = (str(licence.get(field) or "") for field in ("url", "name"))
    return next((spdx for text in told if text and (spdx := spdx_of(text))), None)


def _told_of(licence: dict[str, Any]) -> dict[str, Json]:
    fields = ("name", "url")
    return {f"licence_{n}": licence[n] for n in fields if isinstance(licence.get(n), str) and licence[n]}
