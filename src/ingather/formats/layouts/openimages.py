"""Open Images: tables of boxes, labels of whole pictures, classes and licences, beside the pictures.

The CSV files of the Open Images Dataset V4 to V7: ``SPLIT-annotations-bbox.csv``,
``SPLIT-annotations-human-imagelabels.csv``, ``class-descriptions-boxable.csv``, ``SPLIT-images-*.csv``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.openimages_read import read_openimages, tables
from ingather.formats.openimages_write import write_openimages
from ingather.sample import Item, Loss

tasks = ("boxes",)


class Config(FormatConfig):
    """Open Images has no options: its files say all."""


def sniff(path: Path) -> Sniff | None:
    """Sure where a CSV has ImageID, LabelName and the edges of boxes, or the confidence of a label."""
    if not path.is_dir():
        return None
    found = {kind: file for file, kind in tables(path)}
    for kind, sure in (("boxes", 0.97), ("labels", 0.9)):
        if kind in found:
            return Sniff(sure, f"{found[kind].name} has the columns of Open Images for {kind}")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every picture below ``path``: its boxes as label, or where there are none, labels of the whole picture.

    Keys are paths relative to ``path``. ``data`` holds which labels people found present and absent; a
    picture without any row is unlabelled, for nobody said that it shows nothing. Rows of pictures that are
    not there, and rows that cannot be read, are losses.
    """
    return read_openimages(path)


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes a folder of pictures and two tables a split, and the classes, below a new folder."""
    return write_openimages(items, path)
