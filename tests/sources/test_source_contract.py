"""One contract over every kind of source, the installed ones too."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from ingather.errors import IngatherError
from ingather.plan.model import Plan
from ingather.plugins import SOURCES, load, names
from ingather.sample import MODALITIES, Item, Loss
from ingather.sources.contract import Request, SourceConfig

ALL = list(names(SOURCES))
EXAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "files": ("audio", {"path": "recordings", "pattern": "{label}_{speaker}_{n}.wav"}),
    "dataset": ("audio", {"path": "recordings", "format": "audiofolder"}),
}
KINDS = [name for name in ALL if name in EXAMPLES]


def request_of(folder: Path, kind: str, known: set[tuple[str, str]] | None = None) -> Request:
    modality = EXAMPLES[kind][0]
    plan = Plan.model_validate(
        {
            "version": 1,
            "name": "test",
            "objective": "A test.",
            "modality": modality,
            "task": {"type": "classification"},
            "attributes": {"speaker": {"of": "contributor"}},
            "sources": [{"name": "s", "kind": kind}],
        }
    )
    asked = known or set()
    return Request(
        "s", plan, folder, folder / "cache", known=lambda pairs: [pair in asked for pair in pairs], seed=7
    )


@pytest.fixture
def folder(data: Path, tmp_path: Path) -> Path:
    (tmp_path / "recordings").mkdir()
    for path in sorted((data / "fsdd" / "recordings").glob("*_theo_[0-2].wav")):
        shutil.copy(path, tmp_path / "recordings")
    (tmp_path / "recordings" / "9_theo_9.wav").write_bytes(b"no sound at all")
    return tmp_path


def collected(kind: str, folder: Path, known: set[tuple[str, str]] | None = None) -> list[Item | Loss]:
    module = load(SOURCES, kind)
    config = module.Config.model_validate(EXAMPLES[kind][1])
    return list(module.collect(config, request_of(folder, kind, known)))


@pytest.mark.parametrize("kind", ALL)
def test_it_declares_its_options(kind: str) -> None:
    module = load(SOURCES, kind)
    assert issubclass(module.Config, SourceConfig)
    assert module.__doc__
    assert all(field.description for field in module.Config.model_fields.values())
    assert module.Config.model_json_schema()
    with pytest.raises(ValidationError):
        module.Config.model_validate({"no_such_option": 1})


@pytest.mark.parametrize("kind", KINDS)
def test_it_answers_alike_twice(kind: str, folder: Path) -> None:
    first, again = collected(kind, folder), collected(kind, folder)
    assert first == again
    items = [thing for thing in first if isinstance(thing, Item)]
    assert len(items) == 31
    assert len({item.key for item in items}) == len(items)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_known_is_left_out_and_the_rest_comes(kind: str, folder: Path) -> None:
    items = [thing for thing in collected(kind, folder) if isinstance(thing, Item)]
    known = {(item.key, item.stamp) for item in items[::2]}
    rest = [thing for thing in collected(kind, folder, known) if isinstance(thing, Item)]
    assert [item.key for item in rest] == [item.key for item in items[1::2]]


@pytest.mark.parametrize("kind", KINDS)
def test_items_are_whole(kind: str, folder: Path) -> None:
    for thing in collected(kind, folder):
        if isinstance(thing, Loss):
            assert thing.where
            assert thing.reason
            assert thing.count >= 0
            continue
        assert thing.key
        assert thing.stamp
        assert thing.uri
        assert thing.modality in MODALITIES
        assert thing.text is not None or thing.content is not None or thing.data is not None or thing.fault


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_sound_is_kept_with_its_fault(kind: str, folder: Path) -> None:
    items = {thing.key: thing for thing in collected(kind, folder) if isinstance(thing, Item)}
    assert items["9_theo_9.wav"].fault
    assert sum(item.fault is not None for item in items.values()) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_lazy_and_touches_nothing(kind: str, folder: Path) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*"))
    module = load(SOURCES, kind)
    config = module.Config.model_validate(EXAMPLES[kind][1])
    found = module.collect(config, request_of(folder, kind))
    assert isinstance(found, Iterator)
    next(found)
    found.close()
    assert sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*")) == before


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_there_is_told_in_words(kind: str, tmp_path: Path) -> None:
    with pytest.raises(IngatherError) as told:
        collected(kind, tmp_path)
    assert told.value.message
    assert told.value.why
    assert told.value.fix
