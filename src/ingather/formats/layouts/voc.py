"""Pascal VOC: one XML file of boxes for every picture, and lists of which picture is in which split.

The layout of the PASCAL Visual Object Classes challenge: ``Annotations/``, ``JPEGImages/`` and
``ImageSets/Main/``. Corners are taken as they stand: left is ``xmin``, width is ``xmax`` less ``xmin``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.voc_read import find_root, read_voc
from ingather.formats.voc_write import write_voc
from ingather.sample import Item, Loss

tasks = ("boxes",)


class Config(FormatConfig):
    """Options of the Pascal VOC layout."""


def sniff(path: Path) -> Sniff | None:
    """Sure where a folder, or one at most two levels below it, has ``Annotations/`` with XML in it."""
    root = find_root(path)
    if root is None:
        return None
    beside = "with JPEGImages beside it" if (root / "JPEGImages").is_dir() else "without JPEGImages"
    return Sniff(0.95 if (root / "JPEGImages").is_dir() else 0.5, f"Annotations holds XML, {beside}")


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every picture with its boxes as label; pictures without XML have none.

    Keys are paths of the pictures relative to ``path``. Broken XML, objects without a box, pictures that
    are not there and names in the lists of splits that stand for nothing are losses.
    """
    return read_voc(path)


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes ``Annotations/``, ``JPEGImages/`` and ``ImageSets/Main/`` below a new folder.

    What VOC cannot carry is told: licences, outlines, crowds, numbers of annotations, contributors.
    """
    return write_voc(items, path)
