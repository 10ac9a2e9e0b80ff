"""Rows of tables that others made, as items: a column is for what its name and its cells say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ingather.formats.media_files import describe_media, find_below
from ingather.formats.values import digest_row, plain
from ingather.sample import Item, Loss

_TEXTS = ("text", "sentence", "content", "message", "document")
_LABELS = ("label", "labels", "class")
_FILES = ("file_name", "file", "path", "audio", "image")
_LICENCES = ("licence", "license")


def foreign_item(
    row: Mapping[str, Any], key: str, root: Path, classes: Mapping[str, Sequence[str]] | None = None
) -> Item | Loss:
    """An item of a row: media where it holds or names them, else text, else a record.

    All columns but bytes stay in ``data``, so that whoever knows better can take them from there.

    Args:
        row: cells by column; bytes, or ``{bytes, path}``, are media.
        key: the item's key.
        root: the folder that paths are relative to.
        classes: names of the numbered values of a column, by column.
    """
    item = Item(key, "record")
    told = dict(row)
    for column, names in (classes or {}).items():
        told[column] = _named(told.get(column), names)
    loss = _media(item, told, root)
    if loss is not None:
        return loss
    item.data = {column: plain(cell) for column, cell in told.items() if not _is_media(cell)}
    text = next((told[name] for name in _TEXTS if isinstance(told.get(name), str)), None)
    if item.content is None and text is not None:
        item.modality, item.text = "text", text
    item.label = next((plain(told[name]) for name in _LABELS if told.get(name) not in (None, "")), None)
    licence = next((told[name] for name in _LICENCES if isinstance(told.get(name), str)), None)
    item.licence = licence or None
    split = told.get("split")
    item.split = split if isinstance(split, str) and split else None
    item.stamp = digest_row(dict(told)).hex()[:32]
    return item


def _media(item: Item, row: dict[str, Any], root: Path) -> Loss | None:
    for column, cell in list(row.items()):
        if isinstance(cell, Mapping) and isinstance(cell.get("bytes"), bytes):
            describe_media(item, str(cell.get("path") or ""), cell["bytes"])
            row[column] = {"bytes": cell["bytes"], "path": cell.get("path")}
            return None
        if isinstance(cell, bytes) and len(cell) > 16:
            describe_media(item, str(row.get("file_name") or ""), cell)
            if item.media_type is not None:
                return None
            item.content = None
        if isinstance(cell, Mapping) and set(cell) == {"bytes", "path"} and cell["path"]:
            row[column] = cell = cell["path"]
            found = find_below(root, str(cell))
            if isinstance(found, str):
                return Loss(item.key, found)
            describe_media(item, str(cell), found)
            return None
    for column in _FILES:
        cell = row.get(column)
        if isinstance(cell, str) and cell:
            found = find_below(root, cell)
            if isinstance(found, Path):
                describe_media(item, cell, found)
                return None
            if column == "file_name":
                return Loss(item.key, found)
    return None


def _is_media(cell: Any) -> bool:
    return isinstance(cell, bytes) or (isinstance(cell, Mapping) and isinstance(cell.get("bytes"), bytes))


def _named(cell: Any, names: Sequence[str]) -> Any:
    if isinstance(cell, list):
        return [_named(one, names) for one in cell]
    if isinstance(cell, int) and not isinstance(cell, bool):
        return names[cell] if 0 <= cell < len(names) else None
    return cell
