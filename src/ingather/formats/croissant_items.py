"""Records of Croissant as items: media where a field holds them, labels and splits where types say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import xxhash

from ingather.formats.croissant_model import Document, Field, RecordSet
from ingather.formats.croissant_read import Reader, Record
from ingather.formats.foreign_rows import foreign_item
from ingather.formats.item_rows import dump
from ingather.formats.media_files import describe_media
from ingather.formats.split_names import split_of
from ingather.formats.values import digest_row
from ingather.sample import Item, Loss

_NOWHERE = Path("/nonexistent")
_MEDIA = {"ImageObject": "image", "AudioObject": "audio", "VideoObject": "video"}
_LABELS = ("Label", "label")
_SPLITS = ("Split", "Q3985153")
"""In 1.x by name, in 0.8 by its number in Wikidata."""


def main_sets(document: Document, asked: str | None) -> list[RecordSet]:
    """The record sets that hold samples: the one asked for, else those that are no list of values.

    Enumerations, lists of splits, and sets that others take fields from or refer to are left out, unless
    nothing would be left.
    """
    if asked is not None:
        return [document.sets[asked]] if asked in document.sets else []
    used: set[str] = set()
    for one in document.sets.values():
        for field in _all_fields(one.fields):
            for source in (field.source, field.references):
                if source is not None and source.how == "field":
                    used.update(
                        n for n in document.sets if n != one.name and source.target.startswith(f"{n}/")
                    )
    sets = [one for one in document.sets.values() if not _is_list(one)]
    return [one for one in sets if one.name not in used] or sets or list(document.sets.values())


def items_of(reader: Reader, chosen: RecordSet, prefix: str, licence: str | None) -> Iterator[Item | Loss]:
    """Every record of a set as an item; keys are its keys' values, else numbers."""
    seen: set[str] = set()
    names = {one.name: one for one in chosen.fields}
    listed = _enumerations(reader.document, chosen)
    for number, record in enumerate(reader.records(chosen), 1):
        if isinstance(record, Loss):
            yield record
            continue
        told = [record.values.get(key) for key in chosen.keys]
        key = "/".join(map(str, told)) if told and None not in told else f"#{number}"
        key = f"{prefix}{key}".replace("\0", "")
        if key in seen:
            yield Loss(key, "the same key came before: the record is named by its number", 0)
            key = f"{key}#{number}"
        seen.add(key)
        yield _item(key, record, names, listed, licence)


def _item(
    key: str,
    record: Record,
    fields: Mapping[str, Field],
    listed: Mapping[str, Mapping[str, str]],
    licence: str | None,
) -> Item | Loss:
    content: bytes | Path | None = None
    medium = ""
    row: dict[str, Any] = {}
    for name, value in record.values.items():
        told = record.paths.get(name, value)
        field = fields.get(name)
        kinds = field.types if field else ()
        media = any(kind in _MEDIA for kind in kinds)
        if content is None and isinstance(told, bytes | Path) and (media or isinstance(told, bytes)):
            content, medium = told, name
        elif not isinstance(told, bytes | Path):
            row[name] = value
    made = foreign_item(row, key, _NOWHERE)
    if isinstance(made, Loss):
        made = Item(key, "record", data=row)
    if content is not None:
        described = content.name if isinstance(content, Path) else medium
        try:
            describe_media(made, described, content)
        except OSError as error:
            record.fault = record.fault or f"its file cannot be read: {error.strerror}"
    for name, field in fields.items():
        value = row.get(name)
        if any(kind in _LABELS for kind in field.types) and value is not None:
            made.label = value
        if isinstance(value, str) and (set(field.types) & set(_SPLITS) or name.lower() == "split"):
            made.split = split_of(value) or value
        if name in listed and isinstance(value, str | int) and made.label == value:
            made.label = listed[name].get(str(value), value)
    made.licence, made.fault = made.licence or licence, record.fault
    mark = content if isinstance(content, bytes) else str(content).encode()
    if isinstance(content, Path) and content.is_file():
        status = content.stat()
        mark = f"{status.st_size}-{status.st_mtime_ns}".encode()
    made.stamp = (
        f"{digest_row({'row': dump(dict(made.data or {}))}).hex()[:24]}{xxhash.xxh3_64_hexdigest(mark)}"
    )
    made.data = made.data or None
    return made


def _enumerations(document: Document, chosen: RecordSet) -> dict[str, dict[str, str]]:
    """Names of numbered values by the field that refers to them, where a set lists both in the document."""
    told: dict[str, dict[str, str]] = {}
    for field in chosen.fields:
        source = field.references
        if source is None or source.how != "field":
            continue
        name, _, own = source.target.rpartition("/")
        other = document.sets.get(name) or document.sets.get(source.target)
        if other is None or other.data is None:
            continue
        own = own if name in document.sets else (other.keys[0] if other.keys else "")
        words = next((n for n in ("name", "label", "title") if any(n in row for row in other.data)), None)
        if words and words != own:
            told[field.name] = {str(r[own]): str(r[words]) for r in other.data if own in r and words in r}
    return told


def _is_list(one: RecordSet) -> bool:
    return one.data is not None or bool({"Enumeration", *_SPLITS} & set(one.types))


def _all_fields(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _all_fields(field.parts)
