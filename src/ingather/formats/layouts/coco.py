"""COCO: pictures with labelled boxes and outlines in one JSON file a split.

The layout of the COCO data format for object detection: ``images``, ``annotations``, ``categories`` and
``licenses``; pictures lie beside it, in ``images/SPLIT/``, ``SPLIT/`` or the JSON's own folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ingather.formats.coco_read import annotation_files, looks_like_coco, read_file
from ingather.formats.coco_write import write_coco
from ingather.formats.contract import FormatConfig, Sniff
from ingather.sample import Item, Loss

tasks = ("boxes", "polygons")


class Config(FormatConfig):
    """Options of the COCO layout."""


def sniff(path: Path) -> Sniff | None:
    """Sure where a JSON file below ``annotations/`` or the folder has images, annotations and categories."""
    for file in annotation_files(path):
        if looks_like_coco(file):
            return Sniff(0.95, f"{file.name} has images, annotations and categories as COCO names them")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every picture that a JSON file names, with its boxes as label and its own licence.

    Keys are paths of the pictures relative to ``path``. A picture that is not there, a second mention of
    one, annotations without picture or category, and files that are no object detection are losses.
    """
    return _read_all(path)


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes ``annotations/instances_SPLIT.json`` and ``images/SPLIT/`` below a new folder.

    What COCO cannot carry is told: the contributor, attributes, and labels that are no boxes.
    """
    return write_coco(items, path)


def _read_all(path: Path) -> Iterator[Item | Loss]:
    root = path if path.is_dir() else path.parent
    seen: set[str] = set()
    for file in annotation_files(path):
        for thing in read_file(file, root):
            if isinstance(thing, Item):
                if thing.key in seen:
                    yield Loss(
                        f"{file.name}: {thing.key}", "the picture was described before; the first is kept"
                    )
                    continue
                seen.add(thing.key)
            yield thing
