"""What a written format does not bring back of a sample is said when it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from format_specimens import dialogues, sentences, spoken
from test_format_contract import facts, pictures, texts

from ingather.plugins import FORMATS, load
from ingather.sample import Item, Part

MAKERS: dict[str, Callable[[], list[Item]]] = {
    "coco": pictures,
    "voc": pictures,
    "yolo": pictures,
    "common-voice": spoken("clips/c{}.wav"),
    "nemo": spoken("folder/{}"),
    "kaldi": spoken("utt-{}"),
    "conll": sentences,
    "trl": dialogues,
    "webdataset": texts,
}
ADDED: dict[str, Any] = {
    "licence": "CC-BY-4.0",
    "contributor": "ann",
    "session": "drive 7",
    "attributes": {"shade": "dark"},
    "at": datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),
    "uri": "https://example.org/one",
    "synthetic": True,
    "fault": "too short",
    "parent": "another",
    "parts": (Part("note", text="said beside it"),),
}


def kept(fact: str, item: Item) -> Any:
    """What of an added fact is there: of parts and attributes, the one that was added."""
    value = facts(item)[fact]
    if fact == "attributes":
        return value.get("shade")
    if fact == "parts":
        return any(part.role == "note" for part in value)
    return value


@pytest.mark.parametrize("name", sorted(MAKERS))
@pytest.mark.parametrize("fact", sorted(ADDED))
def test_what_is_not_carried_is_said(name: str, fact: str, tmp_path: Path) -> None:
    module = load(FORMATS, name)
    made = MAKERS[name]()
    plain = module.write(iter(MAKERS[name]()), tmp_path / "plain", module.Config())
    made[0] = replace(made[0], **{fact: ADDED[fact]})
    told = module.write(iter(made), tmp_path / "out", module.Config())
    items = [one for one in module.read(tmp_path / "out", module.Config()) if isinstance(one, Item)]
    came = any(kept(fact, item) == kept(fact, made[0]) for item in items)
    assert came or len(told) > len(plain), f"{name} neither carries {fact} nor says so"
