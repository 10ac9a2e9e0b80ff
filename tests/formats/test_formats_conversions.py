"""Between every two written layouts that share a task: labels arrive, and what does not is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path, PurePath
from typing import Any

import pytest
from format_specimens import dialogues, preferences, questions, sentences, sequences, spoken
from signal_specimens import drives, heartbeats
from test_format_contract import WRITTEN, facts, pictures, texts

from ingather.errors import InputError
from ingather.formats.convert import convert
from ingather.plugins import FORMATS, load
from ingather.sample import Item, Loss, Part

Maker = Callable[[], list[Item]]
SPECIMENS: dict[str, Maker] = {
    "tagging": sentences,
    "dialogue": dialogues,
    "preference": preferences,
    "transcription": spoken("utt-{}"),
    "boxes": pictures,
    "tracks": sequences,
    "classification": texts,
    "spans": questions,
}
SIGNALS: dict[str, Maker] = {"wfdb": heartbeats, "mcap": drives}
"""Layouts that hold recordings of sensors and nothing else, whatever their tasks are."""
WORDS = {
    "key": ("names of samples", "keys"),
    "modality": (),
    "text": ("text", "prompt", "words", "tokens"),
    "bytes": ("media", "content", "bytes"),
    "label": ("label", "answer", "box", "track", "tag", "span", "numbers of", "shows nothing"),
    "split": ("split",),
    "data": ("field", "column", "turns", "data", "rate of", "json text"),
    "attributes": ("attribute",),
    "bases": ("attribute", "basis", "bases"),
    "contributor": ("contributor", "speaker"),
    "licence": ("licen",),
    "session": ("session",),
    "parent": ("cut from", "parent"),
    "segment": ("where it was cut", "segment"),
    "parts": ("part", "rate of frames"),
    "at": ("time", "date"),
    "uri": ("found", "uri", "address"),
    "synthetic": ("machine made",),
    "fault": ("unfit", "fault"),
}
"""For every fact of a sample the words that tell that it is not carried."""


UNLIKE = [("mcap", "kitti"), ("mcap", "mot"), ("mcap", "squad"), ("mcap", "wfdb"), ("wfdb", "squad")]
"""Layouts that share the word for a task, but not the kind of samples; WFDB has no stamps out of step."""


def pairs() -> Iterable[tuple[str, str, str]]:
    for one in WRITTEN:
        for other in WRITTEN:
            shared = set(load(FORMATS, one).tasks) & set(load(FORMATS, other).tasks)
            if one == other or (one, other) in UNLIKE:
                continue
            if one in SIGNALS:
                if shared:
                    yield one, other, "signals"
            elif other not in SIGNALS:
                yield from ((one, other, task) for task in SPECIMENS if task in shared)


def read(name: str, path: Path) -> tuple[list[Item], list[Loss]]:
    module = load(FORMATS, name)
    found = list(module.read(path, module.Config()))
    return [x for x in found if isinstance(x, Item)], [x for x in found if isinstance(x, Loss)]


def leaves(value: Any) -> Iterator[str]:
    """Every plain value within a fact with the names that lead to it, numbers to a ten-thousandth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from (f"{name}: {leaf}" for leaf in leaves(inner))
    elif isinstance(value, list | tuple):
        plain = not any(isinstance(inner, dict | list | tuple | Part) for inner in value)
        yield from [str([leaf for inner in value for leaf in leaves(inner)])] if plain else ()
        for inner in () if plain else value:
            yield from leaves(inner)
    elif isinstance(value, Part):
        yield from leaves(asdict(value))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(round(float(value), 4))
    elif value not in (None, "", False):
        yield str(value)


def told_of(items: list[Item]) -> dict[str, Counter[str]]:
    """How often each value of each fact stands among the items; of keys, the files' own names."""
    told: dict[str, Counter[str]] = {name: Counter() for name in WORDS}
    for item in items:
        stem = PurePath(item.key).stem.removesuffix("_leftImg8bit")
        for name, value in {**facts(item), "key": stem}.items():
            told[name].update(leaves(value))
    return told


@pytest.mark.parametrize(("one", "other", "task"), list(pairs()))
def test_what_is_lost_is_named(one: str, other: str, task: str, tmp_path: Path) -> None:
    make = SIGNALS[one] if task == "signals" else SPECIMENS[task]
    writer = load(FORMATS, one)
    writer.write(iter(make()), tmp_path / "one", writer.Config())
    before, _ = read(one, tmp_path / "one")
    before = [item for item in before if not item.carrier]
    assert before
    done = convert(one, tmp_path / "one", other, tmp_path / "other")
    after, unread = read(other, tmp_path / "other")
    after = [item for item in after if not item.carrier]
    assert sum(loss.count for loss in unread) == 0
    refused = {loss.where for loss in done.losses if "does not carry" not in loss.reason}
    assert len(after) == len([item for item in before if item.key not in refused]), done.losses
    assert after
    reasons = " | ".join(loss.reason for loss in done.losses).lower()
    was, became = told_of([item for item in before if item.key not in refused]), told_of(after)
    silent = {
        name: gone
        for name, words in WORDS.items()
        if (gone := was[name] - became[name]) and not any(word in reasons for word in words)
    }
    assert not silent, f"{silent}\n told: {reasons}"


@pytest.mark.parametrize(("one", "other"), UNLIKE)
def test_what_no_item_fits_is_refused_in_words(one: str, other: str, tmp_path: Path) -> None:
    writer = load(FORMATS, one)
    writer.write(iter(SIGNALS[one]()), tmp_path / "one", writer.Config())
    with pytest.raises(InputError, match=f"can be written as {other}") as refused:
        convert(one, tmp_path / "one", other, tmp_path / "other")
    assert refused.value.why
    assert refused.value.fix
    assert not (tmp_path / "other").exists()
