"""Cityscapes: pictures of streets by split and city, with an outline of every thing and masks.

The layout of the Cityscapes data set and of those like it: ``leftImg8bit/SPLIT/CITY/NAME_leftImg8bit.png``
beside ``gtFine/SPLIT/CITY/NAME_gtFine_polygons.json``, ``..._labelIds.png`` and ``..._instanceIds.png``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ingather.formats.cityscapes_read import find_folders, read_cityscapes
from ingather.formats.cityscapes_write import write_cityscapes
from ingather.formats.contract import FormatConfig, Sniff
from ingather.sample import Item, Loss

tasks = ("polygons", "boxes")


class Config(FormatConfig):
    """Cityscapes has no options: its folders say all."""


def sniff(path: Path) -> Sniff | None:
    """Sure where leftImg8bit lies beside gtFine or gtCoarse; less so of images beside a folder gt..."""
    found = find_folders(path)
    if found is None:
        return None
    if found.truth is None:
        return Sniff(0.6, f"there is a folder {found.pictures.name}, without truth beside it")
    own = found.pictures.name.startswith("leftImg8bit")
    return Sniff(0.97 if own else 0.75, f"{found.pictures.name} lies beside {found.truth.name}")


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every picture: its outlines as label, its masks as parts, its city as attribute.

    Keys are paths relative to ``path``. The session is city and sequence, so that neighbouring frames stay
    together. Objects marked deleted are left out, as Cityscapes means it; broken ones are losses.
    """
    return read_cityscapes(path)


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes ``leftImg8bit/`` and ``gtFine/`` below a new folder; things without outline keep their box."""
    return write_cityscapes(items, path)
