"""The media that a row of a table names: a path beside the table, or bytes inside the row."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from ingather.formats.media_types import BY_SUFFIX, HEAD, media_type_of, name_belies
from ingather.sample import Item, Json, Loss, Modality
from ingather.sources.listing import file_entry
from ingather.sources.places import Place
from ingather.sources.table_items import ContentOf


def media_of_rows(column: str, modality: Modality, place: Place, largest: int) -> ContentOf:
    """A function that puts a row's media onto its item.

    Args:
        column: holds a path relative to the table's folder, bytes, or ``{bytes, path}``.
        modality: of the items.
        place: where the table lies.
        largest: bytes of the largest file that is taken.
    """
    root = place.root
    outer = None if root is None else root.resolve()

    def take(item: Item, row: Mapping[str, Json]) -> Loss | None:
        cell: object = row.get(column)
        name = ""
        if isinstance(cell, Mapping):
            name = str(cell.get("path") or "")
            cell = cell.get("bytes") or name
        if isinstance(cell, bytes):
            return _put(item, cell, cell[:HEAD], name, modality)
        if not cell:
            return Loss(item.key, f"a row without a file: its cell '{column}' is empty")
        if root is None or outer is None:
            return Loss(
                item.key, f"a row that names a file, '{cell}', which a table at an address cannot reach"
            )
        name = str(cell).strip().replace("\\", "/")
        path = root / name
        if not path.resolve().is_relative_to(outer):
            return Loss(
                item.key, f"its file '{name}' lies outside the table's folder: put it inside, or link it"
            )
        if not path.is_file():
            return Loss(item.key, f"a row without a file: there is no '{name}'")
        entry = file_entry(path)
        if entry.size > largest:
            return Loss(item.key, f"its file '{name}' is larger than max_file_size")
        item.stamp += f"-{entry.stamp}"
        item.uri = path.as_uri()
        with path.open("rb") as stream:
            return _put(item, path, stream.read(HEAD), name, modality)

    return take


def _put(item: Item, content: bytes | Path, head: bytes, name: str, modality: Modality) -> None:
    suffix = PurePosixPath(name).suffix.lower()
    item.content = content
    real = media_type_of(head)
    named = BY_SUFFIX.get(suffix)
    item.media_type = real[1] if real else named[1] if named else None
    fault = name_belies(suffix, head) if named else None
    if fault is None and real is not None and real[0] != modality:
        fault = f"its bytes are {real[1]}, and the plan is about {modality}"
    item.fault = item.fault or fault
