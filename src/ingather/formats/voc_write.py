"""Writes pictures with boxes in the layout of Pascal VOC."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from ingather.formats.boxes import Box, is_label, oddity, read_label
from ingather.formats.picture_files import FreeNames, file_name_of, size_of, write_picture
from ingather.formats.unsaid import beside
from ingather.sample import Item, Loss

LISTS = {"train": ("train", "trainval"), "validation": ("val", "trainval"), "test": ("test",)}


def write_voc(items: Iterable[Item], path: Path) -> list[Loss]:
    """Writes items below ``path`` and tells what VOC could not carry; nothing is left out untold."""
    for folder in ("Annotations", "JPEGImages", "ImageSets/Main"):
        (path / folder).mkdir(parents=True, exist_ok=True)
    losses: list[Loss] = []
    unsaid: Counter[str] = Counter()
    lists: dict[str, list[str]] = defaultdict(list)
    names = FreeNames()
    for item in items:
        size = size_of(item) if item.modality == "image" else None
        reason = _unfit(item, size)
        if size is None or reason:
            losses.append(Loss(item.key, reason or "the picture cannot be read"))
            continue
        name = names.free(file_name_of(item))
        stem = Path(name).stem
        write_picture(item, path / "JPEGImages" / name)
        for list_name in LISTS.get(item.split or "", ()):
            lists[list_name].append(stem)
        boxes = read_label(item.label) if item.label is not None else None
        if boxes is not None:
            tree = _annotation(name, size, boxes, item)
            ElementTree.indent(tree, "\t")
            (path / "Annotations" / f"{stem}.xml").write_bytes(ElementTree.tostring(tree, encoding="utf-8"))
        losses += [Loss(item.key, odd) for box in boxes or () if (odd := oddity(box, size[0], size[1]))]
        _count_unsaid(item, boxes or [], unsaid)
    for list_name, stems in lists.items():
        text = "".join(f"{stem}\n" for stem in stems)
        (path / "ImageSets" / "Main" / f"{list_name}.txt").write_text(text, encoding="utf-8")
    losses += [Loss(path.name, f"VOC does not carry {what}", n) for what, n in sorted(unsaid.items())]
    return losses


def _unfit(item: Item, size: tuple[int, int, int] | None) -> str | None:
    if item.modality != "image" or item.content is None:
        return "it is no picture"
    if size is None:
        return "the picture cannot be read, so its size is not known"
    if item.label is not None and not is_label(item.label):
        return "its label is no list of boxes"
    return None


def _count_unsaid(item: Item, boxes: list[Box], unsaid: Counter[str]) -> None:
    unsaid.update(
        {
            "the licence of a picture": int(bool(item.licence)),
            "the contributor": int(bool(item.contributor)),
            "attributes": int(bool(item.attributes)),
            f"the split {item.split}": int(bool(item.split) and item.split not in LISTS),
            "outlines": sum(bool(box.segmentation) for box in boxes),
            "that a box is of a crowd": sum("iscrowd" in box.flags for box in boxes),
            "numbers of annotations": sum(box.id is not None for box in boxes),
        }
    )
    unsaid.update(beside(item))
    unsaid["further parts"] += len(item.parts)
    for what in [what for what, count in unsaid.items() if not count]:
        del unsaid[what]


def _annotation(name: str, size: tuple[int, int, int], boxes: list[Box], item: Item) -> ElementTree.Element:
    tree = ElementTree.Element("annotation")
    _put(tree, "folder", "JPEGImages")
    _put(tree, "filename", name)
    source = ElementTree.SubElement(tree, "source")
    for field in ("database", "annotation", "image", "flickrid"):
        value = item.evidence.get(field)
        if isinstance(value, str) or field == "database":
            _put(source, field, str(value) if value else "Unknown")
    extent = ElementTree.SubElement(tree, "size")
    for field, value in zip(("width", "height", "depth"), size, strict=True):
        _put(extent, field, str(value))
    _put(tree, "segmented", "0")
    for box in boxes:
        _object(tree, box)
    return tree


def _object(tree: ElementTree.Element, box: Box) -> None:
    element = ElementTree.SubElement(tree, "object")
    _put(element, "name", box.label)
    _put(element, "pose", box.pose or "Unspecified")
    for flag in ("truncated", "difficult"):
        _put(element, flag, str(int(flag in box.flags)))
    if "occluded" in box.flags:
        _put(element, "occluded", "1")
    rectangle = ElementTree.SubElement(element, "bndbox")
    corners = {"xmin": box.x, "ymin": box.y, "xmax": box.x + box.width, "ymax": box.y + box.height}
    for side, value in corners.items():
        _put(rectangle, side, _figure(value))


def _figure(value: float) -> str:
    """Whole numbers without a point; others to a thousandth of a pixel."""
    return str(int(value)) if float(value).is_integer() else f"{value:.3f}".rstrip("0").rstrip(".")


def _put(parent: ElementTree.Element, tag: str, text: str) -> None:
    # XML 1.0 cannot carry most control characters, not even escaped
    ElementTree.SubElement(parent, tag).text = "".join(c for c in text if c >= " " or c in "\t\n\r")
