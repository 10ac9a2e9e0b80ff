"""What a YOLO data set says of itself: data.yaml, or the lists of names that older tools wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingather.formats.picture_files import safe_relative
from ingather.formats.yolo_lines import Naming
from ingather.sample import Loss

_NAME_FILES = ("classes.txt", "obj.names", "names.txt")
_LARGEST = 1 << 20
_MOST_POINTS = 1000


@dataclass
class Described:
    """What is known before the first picture.

    Attributes:
        root: the folder of the data set.
        naming: what numbers stand for.
        splits: split by the path below the root that holds its pictures, or lists them.
        losses: what of the description could not be used.
    """

    root: Path
    naming: Naming
    splits: dict[str, str] = field(default_factory=dict)
    losses: list[Loss] = field(default_factory=list)


def description_file(path: Path) -> Path | None:
    """The data.yaml of a folder: of that name, or another YAML that has ``names``."""
    if path.is_file():
        return path if path.suffix in (".yaml", ".yml") and _loaded(path) else None
    if not path.is_dir():
        return None
    files = [*path.glob("*.yaml"), *path.glob("*.yml")]
    for file in sorted(files, key=lambda one: (one.stem not in ("data", "dataset"), one.name)):
        content = _loaded(file)
        if isinstance(content, dict) and "names" in content:
            return file
    return None


def describe(path: Path) -> Described:
    """Reads what a folder, or a data.yaml, says of its classes, key points and splits."""
    file = description_file(path)
    root = path if path.is_dir() else path.parent
    if file is None:
        return Described(root, Naming(_plain_names(root)))
    content = _loaded(file)
    told = Described(root, Naming({}))
    if not isinstance(content, dict):
        told.losses.append(Loss(file.name, "it is not YAML that can be read; classes have no names", 0))
        return told
    classes = _names(content.get("names"))
    if not classes:
        told.losses.append(Loss(file.name, "its names are no list of words; classes have no names", 0))
    points, dims = _shape(content.get("kpt_shape"))
    told.naming = Naming(classes, points, dims, _point_names(content.get("kpt_names")))
    _read_splits(content, told, file)
    return told


def _read_splits(content: dict[str, Any], told: Described, file: Path) -> None:
    base = content.get("path")
    inside = (safe_relative(base) if isinstance(base, str) else None) or Path()
    for key, split in (("train", "train"), ("val", "validation"), ("valid", "validation"), ("test", "test")):
        given = content.get(key)
        for name in given if isinstance(given, list) else [given] if given else []:
            found = _place(str(name), told.root, inside.as_posix())
            if found is None:
                told.losses.append(Loss(f"{file.name}: {key}", f"'{name}' is not there or leads out", 0))
            else:
                told.splits[found] = split


def _place(name: str, root: Path, inside: str) -> str | None:
    """The path below the root that a name of data.yaml means; the leading dots of exports are passed over."""
    tail = re.sub(r"^(\.{1,2}/)+", "", name.replace("\\", "/"))
    for candidate in (f"{inside}/{tail}", tail):
        plain = safe_relative(candidate)
        if plain is not None and (root / plain).exists():
            return plain.as_posix()
    return None


def _loaded(file: Path) -> Any:
    from ruamel.yaml import YAML

    try:
        if file.stat().st_size > _LARGEST:
            return None
        return YAML(typ="safe", pure=True).load(file.read_bytes())
    except Exception:  # a parser of hostile text raises nearly anything; None is told by who asks
        return None


def _names(names: Any) -> dict[int, str]:
    if isinstance(names, list):
        return {number: str(name) for number, name in enumerate(names)}
    if isinstance(names, dict):
        return {int(number): str(name) for number, name in names.items() if str(number).isdecimal()}
    return {}


def _plain_names(root: Path) -> dict[int, str]:
    for place in (root, root / "labels", root / "data"):
        for name in _NAME_FILES:
            if (place / name).is_file():
                lines = (place / name).read_text(encoding="utf-8", errors="replace").splitlines()
                return {number: line.strip() for number, line in enumerate(lines) if line.strip()}
    return {}


def _shape(shape: Any) -> tuple[int, int]:
    if isinstance(shape, list) and len(shape) == 2 and all(type(one) is int for one in shape):
        points, dims = shape
        if 0 < points <= _MOST_POINTS and dims in (2, 3):
            return points, dims
    return 0, 0


def _point_names(names: Any) -> tuple[str, ...]:
    if isinstance(names, dict) and names:
        names = next(iter(names.values()))
    return tuple(map(str, names)) if isinstance(names, list) else ()
