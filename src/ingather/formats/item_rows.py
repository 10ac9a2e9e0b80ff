"""Items as flat rows of a table, and back: the columns that Ingather's own CSV and Parquet tables have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

import orjson

from ingather.sample import MODALITIES, Item, Json, Part

WORDS = ("key", "modality", "text", "media_type", "parent", "session", "split", "contributor", "licence",
         "consent", "uri", "fault", "stamp")  # fmt: skip
"""Columns that hold words, named as the item's own fields."""
STRUCTURES = ("segment", "evidence", "parts")
"""Columns that hold JSON."""
FILE = "file"
LABEL, LABEL_JSON = "label", "label_json"
_words_of = attrgetter(*WORDS)
_FURTHER = frozenset(WORDS[2:])
ATTRIBUTE, BASIS, FIELD = "attr_", "basis_", "data."
_FLAGS = ("synthetic", "carrier")
RESERVED = frozenset({*WORDS, *STRUCTURES, *_FLAGS, FILE, LABEL, LABEL_JSON, "at", "data"})


def flat_row(item: Item, file: str | None, part_files: Mapping[int, str]) -> dict[str, Json]:
    """One row of an item; what it has not is left out.

    Words and numbers stay as they are, a label that is no word goes into ``label_json``, attributes into
    ``attr_NAME``, a record's fields into columns of their own names (``data.NAME`` where that name is taken).

    Args:
        item: the item.
        file: where its bytes were written, relative to the table.
        part_files: likewise for its parts, by their place.
    """
    row: dict[str, Json] = {name: value for name, value in zip(WORDS, _words_of(item), strict=True) if value}
    row["key"] = item.key
    if item.text is not None:
        row["text"] = item.text
    if file is not None:
        row[FILE] = file
    if isinstance(item.label, str):
        row[LABEL] = item.label
    elif item.label is not None:
        row[LABEL_JSON] = dump(item.label)
    if item.segment is not None:
        row["segment"] = dump(dict(item.segment))
    if item.evidence:
        row["evidence"] = dump(item.evidence)
    if item.parts:
        row["parts"] = dump([_part(part, part_files.get(place)) for place, part in enumerate(item.parts)])
    if item.at is not None:
        row["at"] = item.at.isoformat()
    row.update({flag: True for flag in _FLAGS if getattr(item, flag)})
    row.update({ATTRIBUTE + name: value for name, value in item.attributes.items()})
    row.update({BASIS + name: basis for name, basis in item.bases.items()})
    if item.data is not None:
        row.update({field_column(name): value for name, value in item.data.items()})
        if not item.data:
            row["data"] = "{}"
    return row


def field_column(name: str) -> str:
    """The column of a record's field."""
    taken = name in RESERVED or name.startswith((ATTRIBUTE, BASIS, FIELD, "#"))
    return FIELD + name if taken else name


def is_own_table(columns: Any) -> bool:
    """Whether a table has the columns that ``flat_row`` writes."""
    return {"key", "modality"} <= set(columns)


def item_of_row(row: Mapping[str, Any]) -> Item:
    """The item that ``flat_row`` wrote; its ``file`` is left to the caller.

    Raises:
        ValueError: it has no key, no modality that is known, or a column that holds JSON does not.
    """
    key = row.get("key")
    if key in (None, ""):
        raise ValueError("it has no key")
    modality = row.get("modality") or "record"
    if modality not in MODALITIES:
        raise ValueError(f"its modality is {modality!r}, which is none of {', '.join(MODALITIES)}")
    item = Item(str(key), modality)
    data: dict[str, Json] = {}
    for column, value in row.items():
        if column in _FURTHER:
            if value is not None and value != "":
                setattr(item, column, str(value))
        elif column.startswith(ATTRIBUTE):
            if value is not None and value != "":
                item.attributes[column.removeprefix(ATTRIBUTE)] = value
        elif column.startswith(BASIS):
            if value:
                item.bases[column.removeprefix(BASIS)] = value
        elif column in _FLAGS:
            setattr(item, column, value in (True, "true", "True"))
        elif column not in RESERVED and not column.startswith("#"):
            data[column.removeprefix(FIELD)] = None if value == "" else value
    if item.modality == "text" and item.text is None and row.get("text") is not None:
        item.text = ""
    label = row.get(LABEL)
    if label is not None and label != "":
        item.label = label
    elif row.get(LABEL_JSON):
        item.label = load(row[LABEL_JSON])
    if row.get("segment"):
        item.segment = load(row["segment"])
    if row.get("evidence"):
        item.evidence = load(row["evidence"])
    if row.get("parts"):
        item.parts = tuple(Part(**{**part, "content": None}) for part in load(row["parts"]))
    if row.get("at"):
        item.at = datetime.fromisoformat(str(row["at"]))
    if item.modality == "record" or any(value is not None for value in data.values()):
        item.data = data
    return item


def part_files_of(row: Mapping[str, Any]) -> dict[int, str]:
    """The files of a row's parts, by their place."""
    if not row.get("parts"):
        return {}
    parts = enumerate(load(row["parts"]))
    return {place: part["content"] for place, part in parts if part.get("content")}


def dump(value: Json) -> str:
    """JSON on one line, keys sorted."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode()


def load(text: Any) -> Any:
    """What ``dump`` wrote; what is no text is taken as it is."""
    return orjson.loads(text) if isinstance(text, str | bytes) else text


def _part(part: Part, file: str | None) -> dict[str, Json]:
    told: dict[str, Json] = {
        "role": part.role,
        "order": part.order,
        "text": part.text,
        "content": file,
        "media_type": part.media_type,
        "start": part.start,
        "end": part.end,
    }
    return {name: value for name, value in told.items() if value is not None}
