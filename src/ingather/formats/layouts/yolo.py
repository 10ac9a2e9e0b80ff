"""YOLO: pictures and one text of lines each, with boxes, turned boxes, outlines or key points in shares.

The layout that the Ultralytics programs read: ``images/SPLIT/``, ``labels/SPLIT/`` (or ``SPLIT/images/``) and
a data.yaml with names of classes, splits and ``kpt_shape``. A turned box is an outline of four points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.picture_files import is_picture_name
from ingather.formats.yolo_config import description_file
from ingather.formats.yolo_read import read_yolo
from ingather.formats.yolo_write import write_yolo
from ingather.sample import Item, Loss

tasks = ("boxes", "polygons")
_FEW = 20


class Config(FormatConfig):
    """Options of the YOLO layout."""

    kind: Literal["boxes", "outlines", "keypoints"] | None = Field(
        None, description="what every line is when written; found out where left out"
    )


def sniff(path: Path) -> Sniff | None:
    """Sure where label files hold a class and shares, beside pictures; more so with a data.yaml."""
    root = path if path.is_dir() else path.parent
    file = description_file(path)
    if path.is_file() and file is None:
        return None
    labels = [one for _, one in zip(range(_FEW), _labels(root), strict=False)]
    sound = sum(_is_label(one) for one in labels)
    if labels and sound == len(labels):
        if file is not None:
            return Sniff(0.97, f"{file.name} names classes, and {labels[0].name} has a class and shares")
        return Sniff(0.9, f"{labels[0].relative_to(root)} has a class and shares of a picture in each line")
    if file is not None and (root / "images").is_dir():
        return Sniff(0.7, f"{file.name} names classes, and there is a folder of images")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every picture with its boxes as label; a picture without a label file has none.

    Keys are paths of the pictures relative to the data set's folder. Lines that are no box, label files
    without picture and pictures of unknown size are losses; a box outside of its picture stays, told.
    """
    return read_yolo(path)


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes ``images/SPLIT/``, ``labels/SPLIT/`` and data.yaml below a new folder.

    All lines are of one kind: boxes, outlines or key points. What it cannot carry is told.
    """
    return write_yolo(items, path, config.kind)


def _labels(root: Path) -> Iterator[Path]:
    for pattern in ("labels/*.txt", "labels/*/*.txt", "*/labels/*.txt", "*/labels/*/*.txt"):
        yield from (file for file in sorted(root.glob(pattern)) if file.stem != "classes")
    if not (root / "labels").is_dir():
        pictures = {file.stem for file in root.glob("*") if is_picture_name(file.name)}
        yield from (file for file in sorted(root.glob("*.txt")) if file.stem in pictures)


def _is_label(file: Path) -> bool:
    with file.open("rb") as opened:
        lines = opened.read(4096).decode("utf-8", "replace").splitlines()[:5]
    return all(_is_line(line.split()) for line in lines[: max(1, len(lines) - 1)] if line.strip())


def _is_line(words: list[str]) -> bool:
    try:
        values = [float(word) for word in words]
    except ValueError:
        return False
    return (
        len(values) >= 5
        and values[0].is_integer()
        and values[0] >= 0
        and all(-1 < v < 3 for v in values[1:5])
    )
