"""Reads one COCO JSON file: its pictures, boxes, outlines and licences."""

from __future__ import annotations

import mimetypes
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from ingather.formats.boxes import FLAGS, Box, as_label, oddity, read_keypoints, read_rectangle
from ingather.formats.picture_files import safe_relative, stamp_of
from ingather.formats.split_names import split_of
from ingather.sample import Item, Json, Loss

_MARKS = (b'"images"', b'"annotations"', b'"categories"', b'"licenses"', b'"info"')


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
        content = orjson.loads(file.read_bytes())
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

    def __init__(self, file: Path, root: Path, content: dict[str, Any]) -> None:
        self.file = file
        self.root = root
        self.categories = _by_id(_objects(content, "categories"), "name")
        self.points = _point_names(_objects(content, "categories"))
        self.licences = {
            _key(entry["id"]): entry for entry in _objects(content, "licenses") or [] if _has_id(entry)
        }
        self.split = split_of(file.stem) or split_of(file.parent.name)
        self.places = _places(file, root)

    def items(self, images: list[Any], annotations: list[Any]) -> Iterator[Item | Loss]:
        by_image: dict[str, list[dict[str, Any]]] = defaultdict(list)
        malformed = 0
        for annotation in annotations:
            if isinstance(annotation, dict) and _is_id(annotation.get("image_id")):
                by_image[_key(annotation["image_id"])].append(annotation)
            else:
                malformed += 1
        if malformed:
            yield Loss(self.file.name, "annotations that name no image", malformed)
        for place, image in enumerate(images):
            if (
                not isinstance(image, dict)
                or not _has_id(image)
                or not isinstance(image.get("file_name"), str)
            ):
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
        if safe_relative(name) is None:
            yield Loss(where, "the file name leads out of the data set's folder; it is not read")
            return
        picture = self.find(name)
        if picture is None:
            boxes = f"; its {len(annotations)} annotations are not read" if annotations else ""
            yield Loss(where, f"the picture is not there{boxes}")
            return
        boxes_here: list[Box] = []
        for annotation in annotations:
            box = self.box(annotation)
            if isinstance(box, str):
                yield Loss(f"{where}, annotation {annotation.get('id')}", box)
                continue
            boxes_here.append(box)
            odd = oddity(box, _number(image.get("width")), _number(image.get("height")))
            if odd:
                yield Loss(f"{where}, annotation {annotation.get('id')}", odd)
        yield self.item(image, picture, as_label(boxes_here))

    def item(self, image: dict[str, Any], picture: Path, label: list[Json]) -> Item:
        licence = self.licences.get(_key(image["license"])) if _is_id(image.get("license")) else None
        evidence = _evidence(image, licence)
        return Item(
            key=picture.relative_to(self.root).as_posix(),
            modality="image",
            content=picture,
            media_type=mimetypes.guess_type(picture.name)[0],
            label=label,
            split=self.split,
            licence=_spdx(licence),
            uri=str(image.get("flickr_url") or image.get("coco_url") or ""),
            at=_moment(image.get("date_captured")),
            evidence=evidence,
            stamp=stamp_of(picture, [label, evidence]),
        )

    def box(self, annotation: dict[str, Any]) -> Box | str:
        """The box of an annotation, or why there is none."""
        category = _key(annotation.get("category_id"))
        label = self.categories.get(category)
        if label is None:
            return f"its category {annotation.get('category_id')!r} is not among the file's categories"
        try:
            x, y, width, height = read_rectangle(annotation.get("bbox"), "its box")
        except ValueError as error:
            return str(error)
        pose = annotation.get("pose")
        return Box(
            label,
            x,
            y,
            width,
            height,
            id=annotation["id"] if _has_id(annotation) else None,
            segmentation=annotation.get("segmentation") or None,
            flags=frozenset(flag for flag in FLAGS if annotation.get(flag) in (True, 1)),
            pose=pose if isinstance(pose, str) else None,
            keypoints=_keypoints(annotation.get("keypoints"), self.points.get(category, [])),
        )

    def find(self, name: str) -> Path | None:
        for place in self.places:
            candidate = place / name
            if candidate.is_file():
                if not candidate.resolve().is_relative_to(self.root.resolve()):
                    return None
                # pictures of one file lie together: the folder that had one is tried first from now on
                self.places.remove(place)
                self.places.insert(0, place)
                return candidate
        return None


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


def _by_id(entries: list[Any] | None, field: str) -> dict[str, str]:
    return {_key(e["id"]): str(e[field]) for e in entries or [] if _has_id(e) and e.get(field)}


def _point_names(entries: list[Any] | None) -> dict[str, list[str]]:
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
    return isinstance(value, int | str) and not isinstance(value, bool)


def _has_id(entry: Any) -> bool:
    return isinstance(entry, dict) and _is_id(entry.get("id"))


def _key(value: Any) -> str:
    return str(value)


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text).replace("/", "-"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _spdx(licence: dict[str, Any] | None) -> str | None:
    from ingather.plan.licences import spdx_of

    if licence is None:
        return None
    told = (str(licence.get(field) or "") for field in ("url", "name"))
    return next((spdx for text in told if text and (spdx := spdx_of(text))), None)


def _evidence(image: dict[str, Any], licence: dict[str, Any] | None) -> dict[str, Json]:
    names = ("coco_url", "flickr_url", "date_captured", "width", "height")
    told: dict[str, Json] = {name: image[name] for name in names if isinstance(image.get(name), int | str)}
    for field in ("name", "url"):
        if licence and isinstance(licence.get(field), str) and licence[field]:
            told[f"licence_{field}"] = licence[field]
    return told
