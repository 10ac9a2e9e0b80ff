"""Reads a folder of pictures with YOLO label files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ingather.formats.boxes import Box, as_label, oddity
from ingather.formats.picture_files import BINARY, is_picture_name, picture_type, stamp_of
from ingather.formats.picture_size import size_and_status
from ingather.formats.split_names import split_of
from ingather.formats.yolo_config import Described, describe
from ingather.formats.yolo_lines import read_line, usual_rectangles
from ingather.sample import Item, Json, Loss

_LARGEST = 64 * 2**20
_USUAL = 2**14
_LISTS = frozenset({"classes", "train", "val", "valid", "test", "names", "requirements"})


def read_yolo(path: Path) -> Iterator[Item | Loss]:
    """Every picture below ``path`` with the boxes of its label file; what cannot be used as losses."""
    told = describe(path)
    yield from told.losses
    pictures, labels = _files(told.root)
    listed = _listed_splits(told)
    unused = set(labels)
    split_by_folder: dict[str, str | None] = {}
    for name in pictures:
        folder = name.rpartition("/")[0]
        if folder not in split_by_folder:
            split_by_folder[folder] = _split(name, told)
        label = label_name(name)
        if label not in labels:
            beside = _stem(name) + ".txt"
            label = beside if beside in labels else ""
        unused.discard(label)
        yield from _read_one(told, name, label, listed.get(name) or split_by_folder[folder])
    for name in sorted(unused):
        yield Loss(name, "its picture is not there", 1)


def label_name(picture: str) -> str:
    """Where the label file of a picture lies: ``images/a/b.jpg`` has ``labels/a/b.txt``."""
    head, found, tail = f"/{picture}".rpartition("/images/")
    placed = f"{head}/labels/{tail}"[1:] if found else picture
    return _stem(placed) + ".txt"


def _stem(picture: str) -> str:
    return picture[: picture.rindex(".")]


def _read_one(told: Described, name: str, label: str, split: str | None) -> Iterator[Item | Loss]:
    picture = f"{told.root}/{name}"
    known: list[Json] | None = None
    status: os.stat_result | None = None
    if label:
        size, status = size_and_status(picture)
        content = _content(f"{told.root}/{label}")
        if content is None:
            yield Loss(label, "the file cannot be read, or is larger than a label file can be")
        elif size is None and content.strip():
            yield Loss(
                label, "its picture cannot be read, so places in it are not known", _count(_text(content))
            )
        elif size and (usual := usual_rectangles(content, *size, told.naming)) is not None:
            known = list(usual)
        else:
            boxes: list[Box] = []
            for thing in _boxes(_text(content), label, size or (1, 1), told):
                if isinstance(thing, Loss):
                    yield thing
                else:
                    boxes.append(thing)
            known = as_label(boxes)
    yield Item(
        key=name,
        modality="image",
        content=told.root / name,
        media_type=picture_type(name),
        label=known,
        split=split,
        stamp=stamp_of(picture, known, status),
    )


def _boxes(content: str, label: str, size: tuple[int, int], told: Described) -> Iterator[Box | Loss]:
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            box = read_line(line, size[0], size[1], told.naming)
        except ValueError as error:
            yield Loss(f"{label}, line {number}", f"{error}; it is not read")
            continue
        yield box
        odd = oddity(box, size[0], size[1])
        if odd:
            yield Loss(f"{label}, line {number}", odd, 0)


def _content(file: str) -> bytes | None:
    try:
        descriptor = os.open(file, os.O_RDONLY | BINARY)
    except OSError:
        return None
    try:
        content = os.read(descriptor, _USUAL)
        if len(content) < _USUAL:
            return content
        size = os.fstat(descriptor).st_size
        return content + os.read(descriptor, size) if size <= _LARGEST else None
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _count(content: str) -> int:
    return sum(bool(line.strip()) for line in content.splitlines())


def _files(root: Path) -> tuple[list[str], set[str]]:
    """Pictures and label files below the root, by their paths relative to it; nothing outside is followed."""
    pictures: list[str] = []
    labels: set[str] = set()
    folders = [""]
    while folders:
        base = folders.pop()
        among_labels = "/labels/" in f"/{base}"
        for entry in _entries(root, base):
            name = entry.name
            if entry.is_dir(follow_symlinks=False):
                folders.append(f"{base}{name}/")
            elif is_picture_name(name):
                if not entry.is_symlink() or _inside(Path(entry.path), root):
                    pictures.append(base + name)
            elif name.endswith(".txt") and (
                among_labels or (name[:-4] not in _LISTS and not name.startswith("README"))
            ):
                labels.add(base + name)
    if any(f"/{name}".find("/labels/") >= 0 for name in labels):  # then loose texts are notes, not labels
        labels = {
            name for name in labels if f"/{name}".find("/labels/") >= 0 and not name.endswith("classes.txt")
        }
    return sorted(pictures), labels


def _entries(root: Path, base: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(root / base) as entries:
            return list(entries)
    except OSError:
        return []


def _inside(file: Path, root: Path) -> bool:
    return file.resolve().is_relative_to(root.resolve())


def _listed_splits(told: Described) -> dict[str, str]:
    """Splits of pictures that data.yaml gives as text files, one path a line."""
    found: dict[str, str] = {}
    for name, split in told.splits.items():
        file = told.root / name
        if not file.is_file():
            continue
        content = _text(_content(str(file)) or b"")
        for line in content.splitlines():
            plain = line.strip().replace("\\", "/").removeprefix("./")
            if plain:
                found[plain] = split
                inner = plain.rpartition("images/")[2]
                found.setdefault(f"images/{inner}", split)
    return found


def _split(name: str, told: Described) -> str | None:
    for folder, said in told.splits.items():
        if name.startswith(f"{folder.rstrip('/')}/"):
            return said
    return next((split for part in name.split("/")[:-1] if (split := split_of(part))), None)
