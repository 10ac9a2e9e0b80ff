"""KITTI: pictures of a drive with boxes in the plane and in space, and sequences with tracks.

The layouts of the KITTI object benchmark (``training/image_2``, ``label_2``, ``calib``, ``velodyne``) and of
its tracking benchmark (``training/image_02/SEQUENCE``, ``label_02/SEQUENCE.txt``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.kitti_read import folders, read_kitti
from ingather.formats.kitti_write import write_kitti
from ingather.sample import Item, Loss

tasks = ("boxes", "tracks")


class Config(FormatConfig):
    """KITTI has no options: its folders say all."""


def sniff(path: Path) -> Sniff | None:
    """Sure where a folder, or one below it, has image_2 with label_2, or image_02 with label_02."""
    for camera, labels in (("image_2", "label_2"), ("image_02", "label_02")):
        found = folders(path, camera)
        if any((folder / labels).is_dir() for folder in found):
            return Sniff(0.96, f"{camera} lies beside {labels}")
        if found:
            return Sniff(0.7, f"there is a folder {camera} as KITTI has it")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every picture with its boxes, every sequence with its tracks.

    Keys are paths relative to ``path``; ``data.calibration`` holds the matrices; the right camera and the
    laser are parts. What KITTI says of an object in space stands in its attributes. Regions that were not
    labelled keep KITTI's name for them, DontCare. Lines that cannot be read are losses.
    """
    return read_kitti(path)


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes ``training/`` and ``testing/`` below a new folder."""
    return write_kitti(items, path)
