"""What comments of a WFDB header tell of a record: lines such as ``Age: 56`` or ``<age>: 56 <sex>: F``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ingather.formats.split_names import split_of
from ingather.sample import AttributeValue, Item

_TAGGED = re.compile(r"<([^<>]{1,60})>\s*:?\s*([^<]*)")
_NAMED = re.compile(r"([A-Za-z][\w /()-]{0,60}?)\s*:\s+(\S.*)")
_PEOPLE = ("contributor", "patient", "patient_id", "subject", "subject_id")
_NOTHING = ("", "?", "unknown", "nan", "n/a", "none", "not provided")


def describe_by(item: Item, comments: Sequence[str]) -> None:
    """Puts what the comments name into the item: attributes, label, split, session, patient, licence.

    Lines that name nothing stay as they are, in ``data.comments``.
    """
    rest: list[str] = []
    for line in comments:
        pairs = _TAGGED.findall(line) if line.startswith("<") else []
        plain = None if pairs else _NAMED.fullmatch(line)
        if plain:
            pairs = [(plain[1], plain[2])]
        if not pairs and line:
            rest.append(line)
        for name, value in pairs:
            _put(item, re.sub(r"\W+", "_", name.strip().lower()).strip("_"), value.strip())
    if rest:
        data: dict[str, Any] = dict(item.data or {})
        data["comments"] = rest
        item.data = data


def _put(item: Item, name: str, value: str) -> None:
    if name == "label":
        item.label = value
    elif name == "split" and split_of(value):
        item.split = split_of(value)
    elif name == "session":
        item.session = value
    elif name in _PEOPLE:
        item.contributor = value
    elif name == "licence":
        item.licence = value
    elif name:
        item.attributes[name] = _value(value)


def _value(text: str) -> AttributeValue:
    if text.lower() in _NOTHING:
        return None
    try:
        number = float(text)
    except ValueError:
        return text
    return number if abs(number) < 1e15 and "_" not in text else text
