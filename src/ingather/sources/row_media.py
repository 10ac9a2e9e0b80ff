"""The media that a row of a table names: a path beside the table, or bytes inside the row."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from ingather.formats.media_types import BY_SUFFIX, HEAD, media_type_of, name_belies
from ingather.formats.picture_files import safe_relative
from ingather.sample import Item, Json, Loss, Modality
from ingather.sources.listing import Entry
from ingather.sources.places import Place
from ingather.sources.table_items import RowMedia


def media_of_rows(column: str, modality: Modality, place: Place, largest: int) -> RowMedia:
    """How the media of a table's rows are found.

    Args:
        column: holds a path relative to the table's folder, bytes, or ``{bytes, path}``.
        modality: of the items.
        place: where the table lies.
        largest: bytes of the largest file that is taken.
    """

    def stamp(row: Mapping[str, Json]) -> str:
        name = _name_in(row.get(column))
        try:
            entry = place.find(name) if safe_relative(name) is not None else None
        except OSError:
            return ""
        return f"-{entry.stamp}" if entry is not None else ""

    def take(item: Item, row: Mapping[str, Json]) -> Loss | None:
        cell: object = row.get(column)
        name = ""
        if isinstance(cell, Mapping):
            name = str(cell.get("path") or "")
            cell = cell.get("bytes") or name
        if isinstance(cell, bytes):
            _put(item, cell, cell[:HEAD], name, modality)
            return None
        if not cell:
            return Loss(item.key, f"a row without a file: its cell '{column}' is empty")
        name = _name_in(cell)
        if safe_relative(name) is None:
            return Loss(item.key, f"its file '{name}' lies outside the table's folder: put it inside")
        try:
            entry = place.find(name)
            if entry is None:
                return Loss(item.key, f"a row without a file: there is no '{name}'")
            if entry.size > largest:
                return Loss(item.key, f"its file '{name}' is larger than max_file_size")
            _take(item, entry, name, modality)
        except OSError as error:
            return Loss(item.key, f"its file '{name}' cannot be read: {error.strerror or error}")
        return None

    return RowMedia(column, stamp, take)


def _name_in(cell: object) -> str:
    return cell.strip().replace("\\", "/").removeprefix("./") if isinstance(cell, str) else ""


def _take(item: Item, entry: Entry, name: str, modality: Modality) -> None:
    item.uri = entry.uri
    with entry.open() as stream:
        content = stream.read(HEAD if entry.path is not None else -1)
    _put(item, entry.path or content, content[:HEAD], name, modality)


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
