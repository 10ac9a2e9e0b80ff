"""Reads a folder in the layout of Pascal VOC."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from ingather.formats.picture_files import SUFFIXES, is_picture_name, picture_type, stamp_of
from ingather.formats.picture_folders import files_in
from ingather.formats.plain_xml import UnsafeXml
from ingather.formats.split_names import split_of
from ingather.formats.voc_objects import read_document
from ingather.sample import Item, Json, Loss

_EVIDENCE = ("database", "annotation", "image", "flickrid")


def find_root(path: Path) -> Path | None:
    """The folder that has ``Annotations/`` with XML in it: the path itself or one up to two levels below."""
    if not path.is_dir():
        return None
    for pattern in ("Annotations", "*/Annotations", "*/*/Annotations"):
        for folder in sorted(path.glob(pattern)):
            if folder.is_dir() and next(folder.glob("*.xml"), None):
                return folder.parent
    return None


def read_voc(path: Path) -> Iterator[Item | Loss]:
    """Every picture below ``path``, and a loss for whatever cannot be used."""
    root = find_root(path)
    if root is None:
        yield Loss(str(path.name), "there is no folder Annotations with XML in it: it is not Pascal VOC")
        return
    splits = _splits(root)
    pictures = _pictures(root, path)
    described = {name for name in os.listdir(root / "Annotations") if name.endswith(".xml")}
    seen: set[str] = set()
    for file in sorted(described):
        for thing in _read_one(file, root, path, pictures, splits):
            if isinstance(thing, Item):
                if thing.key in seen:
                    yield Loss(file, f"{thing.key} was described before; the first is kept")
                    continue
                seen.add(thing.key)
            yield thing
    for picture in sorted(set(pictures.values()) - seen):
        stem = PurePosixPath(picture).stem
        if f"{stem}.xml" not in described:
            yield _item(picture, path, None, splits.get(stem), {})
    yield from _names_for_nothing(root, pictures)


def _read_one(
    file: str, root: Path, base: Path, pictures: Mapping[str, str], splits: dict[str, str]
) -> Iterator[Item | Loss]:
    try:
        with open(f"{root}/Annotations/{file}", "rb", buffering=0) as opened:
            told = read_document(opened.read())
    except (UnsafeXml, OSError) as error:
        yield Loss(f"Annotations/{file}", f"{error}; its picture is not read")
        return
    stem = file[: -len(".xml")]
    name = (told.tree.findtext("filename") or "").strip()
    picture = _picture(name, stem, pictures)
    if picture is None:
        yield Loss(f"Annotations/{file}", f"its picture {name or stem} is not there")
        return
    for number, wrong, count in told.losses:
        yield Loss(f"Annotations/{file}: object {number}", wrong, count)
    source = told.tree.find("source")
    evidence: dict[str, Json] = {
        field: text
        for field in _EVIDENCE
        if source is not None
        and (text := (source.findtext(field) or "").strip())
        and text.lower() != "unknown"
    }
    yield _item(picture, base, told.label, splits.get(stem), evidence)


def _item(
    key: str, base: Path, label: list[Json] | None, split: str | None, evidence: dict[str, Json]
) -> Item:
    picture = Path(f"{base}/{key}")
    return Item(
        key=key,
        modality="image",
        content=picture,
        media_type=picture_type(key),
        label=label,
        split=split,
        evidence=evidence,
        stamp=stamp_of(picture, label),
    )


def _pictures(root: Path, base: Path) -> dict[str, str]:
    """The path below ``base`` of every picture of the set, by its name within its folder."""
    folder = root / "JPEGImages"
    places = [folder] if folder.is_dir() else [root / "images", root / "Annotations"]
    real = base.resolve()
    found: dict[str, str] = {}
    for place in places:
        for inner, _, _ in os.walk(place):
            below = Path(inner).relative_to(place).as_posix()
            ahead = "" if below == "." else f"{below}/"
            start = Path(inner).relative_to(base).as_posix()
            for name in files_in(Path(inner), real):
                if is_picture_name(name):
                    found[ahead + name] = f"{start}/{name}"
    return found


def _picture(name: str, stem: str, pictures: Mapping[str, str]) -> str | None:
    if name in pictures:
        return pictures[name]
    candidates = (pictures.get(stem + end) for suffix in SUFFIXES for end in (suffix, suffix.upper()))
    return next((found for found in candidates if found), None)


def _lists(root: Path) -> dict[str, list[str]]:
    """The names in ImageSets/Main by split; lists of one class (cat_train) repeat those and are not read."""
    found: dict[str, list[str]] = {}
    for file in sorted((root / "ImageSets" / "Main").glob("*.txt")):
        split = split_of(file.stem)
        if split and file.stem.isalpha():
            lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
            found.setdefault(split, []).extend(words[0] for line in lines if (words := line.split()))
    return found


def _splits(root: Path) -> dict[str, str]:
    splits: dict[str, str] = {}
    lists = _lists(root)
    # a picture in several lists belongs to the strictest: what is tested on must not be trained on
    for split in ("train", "validation", "test"):
        splits.update(dict.fromkeys(lists.get(split, []), split))
    return splits


def _names_for_nothing(root: Path, pictures: Mapping[str, str]) -> Iterator[Loss]:
    stems = {Path(name).stem for name in pictures}
    for split, listed in _lists(root).items():
        gone = [name for name in listed if name not in stems]
        if gone:
            yield Loss(
                f"ImageSets/Main: {split}",
                f"names without a picture, the first is {gone[0]}",
                len(gone),
            )
