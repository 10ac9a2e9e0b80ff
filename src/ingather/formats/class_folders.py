"""Folders of media as data sets keep them: a folder for each split and class, or a table beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingather.formats.contract import Sniff
from ingather.formats.licence_files import licence_of_folder
from ingather.formats.media_files import describe_media, find_below
from ingather.formats.media_types import BY_SUFFIX
from ingather.formats.split_names import split_of
from ingather.formats.tables import TableFormat, TableOptions, read_table_of_several
from ingather.formats.values import digest_row, plain
from ingather.sample import Item, Json, Loss, Modality

_METADATA: dict[str, TableFormat] = {
    "metadata.csv": "csv",
    "metadata.jsonl": "jsonl",
    "metadata.parquet": "parquet",
}
_FEW = 400


def sniff_folders(path: Path, modality: Modality) -> Sniff | None:
    """How sure it is that a folder holds media of a modality by classes, or with a metadata table."""
    if not path.is_dir():
        return None
    tables = _metadata_tables(path)
    seen = [file for file, _ in zip(_media(path, modality), range(_FEW), strict=False)]
    if not seen:
        return None
    if tables:
        return Sniff(0.92, f"{tables[0].relative_to(path)} lies beside {modality} files")
    depths = {len(file.relative_to(path).parts) for file in seen}
    classes = {file.parent.name for file in seen}
    if depths <= {2, 3} and len(classes) > 1:
        shown = ", ".join(sorted(classes)[:4])
        return Sniff(0.6, f"{modality} files lie in folders named {shown}")
    return Sniff(0.2, f"it holds {modality} files, but no folders of classes and no metadata table")


def read_folders(path: Path, modality: Modality, *, labels: bool) -> Iterator[Item | Loss]:
    """Every media file below a folder: split and class by its folders, the rest by its metadata table.

    Keys are paths below ``path``. Without ``labels`` folders are not taken for classes.
    """
    found = licence_of_folder(path)
    licence = found.spdx if found else None
    tables = _metadata_tables(path)
    described: set[Path] = set()
    for table in tables:
        for made in _described(table, path, modality):
            if isinstance(made, Item):
                assert isinstance(made.content, Path)
                described.add(made.content)
                made.licence = made.licence or licence
            yield made
    rest = 0
    by_folder = labels and not tables
    for file in _media(path, modality):
        if file in described:
            continue
        rest += 1
        yield _by_folders(file, path, modality, licence, by_folder)
    if tables and rest:
        yield Loss(tables[0].name, f"{rest} {modality} files have no row in it: taken without a label", 0)


def _by_folders(file: Path, root: Path, modality: Modality, licence: str | None, labels: bool) -> Item:
    parts = file.relative_to(root).parts
    item = Item("/".join(parts), modality, licence=licence)
    describe_media(item, file.name, file)
    folders = [part for part in parts[:-1] if part != "data"]
    if folders and (split := split_of(folders[0])):
        item.split = split
        folders = folders[1:]
    if labels and folders:
        item.label = folders[-1]
    if item.modality != modality:
        item.fault = f"the name says {modality}, but the bytes are {item.media_type}"
        item.modality = modality
    status = file.stat()
    item.stamp = f"{status.st_size}-{status.st_mtime_ns}"
    return item


def _described(table: Path, root: Path, modality: Modality) -> Iterator[Item | Loss]:
    folder = table.parent
    name = table.relative_to(root).as_posix()
    split = next((s for part in table.relative_to(root).parts[:-1] if (s := split_of(part))), None)
    for row in read_table_of_several(name, lambda: table.open("rb"), TableOptions(_METADATA[table.name])):
        if isinstance(row, Loss):
            yield row
            continue
        line, cells, fault = row
        file_name = cells.get("file_name") or cells.get(f"{modality}_file_name")
        if not isinstance(file_name, str):
            yield Loss(f"{name}, line {line}", "has no file_name: no file can be joined")
            continue
        found = find_below(folder, file_name)
        if isinstance(found, str):
            yield Loss(f"{name}, line {line}", found)
            continue
        item = _by_folders(found, root, modality, None, labels=False)
        item.split = item.split or split
        item.fault = item.fault or fault
        _describe(item, cells)
        yield item


def _describe(item: Item, cells: dict[str, Json]) -> None:
    rest = {column: plain(cell) for column, cell in cells.items() if not column.endswith("file_name")}
    for column in ("label", "transcription", "text", "caption"):
        if rest.get(column) not in (None, ""):
            item.label = rest[column]
            break
    licence = rest.get("licence") or rest.get("license")
    item.licence = licence if isinstance(licence, str) else None
    item.data = rest
    item.stamp += f"-{digest_row(rest).hex()[:12]}"


def _metadata_tables(path: Path) -> list[Path]:
    places = [path, *sorted(folder for folder in path.rglob("*") if folder.is_dir())][:2000]
    return [place / name for place in places for name in _METADATA if (place / name).is_file()]


def _media(path: Path, modality: Modality) -> Iterator[Path]:
    for entry in sorted(path.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if not entry.is_symlink():
                yield from _media(entry, modality)
        elif BY_SUFFIX.get(entry.suffix.lower(), ("",))[0] == modality:
            yield entry
