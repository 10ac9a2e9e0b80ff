"""One contract over every format, the installed ones too: what is written reads back, and losses are told."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from format_specimens import dialogues, preferences, questions, sentences, sequences, spoken
from signal_specimens import drives, heartbeats

from ingather.formats.contract import Sniff
from ingather.plugins import FORMATS, load, names
from ingather.sample import Item, Json, Loss, Part

ALL = list(names(FORMATS))
GENERAL = ("csv", "huggingface", "jsonl", "parquet", "webdataset")
"""Layouts that carry items whole, whatever they are."""
WRITTEN = [name for name in ALL if hasattr(load(FORMATS, name), "write")]


def png(shade: int) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (32, 24), (shade, 10, 200)).save(out, "PNG")
    return out.getvalue()


def texts() -> list[Item]:
    return [
        Item("a-1", "text", text='hello, "world"\nand more', label="ham", split="train", contributor="ann"),
        Item("b-2", "text", text="größer — 大きい", label="spam", licence="CC-BY-4.0", session="s1"),
        Item("c-3", "text", text="no label", attributes={"accent": "us"}, bases={"accent": "declared"}),
        Item("d-4", "text", text=""),
        Item("e-5", "text", text="several", label=["x", "y"], at=datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        Item("f-6", "text", text="how much", label=2.5, synthetic=True, uri="https://example.org/f"),
        Item(
            "g-7", "text", text="pair", parts=(Part("chosen", 0, text="yes"), Part("rejected", 1, text="no"))
        ),
        Item("h-8", "text", text="cut", parent="a-1", segment={"from": 3, "to": 9}, fault="too short"),
    ]


def records() -> list[Item]:
    rows: list[dict[str, Json]] = [
        {"age": 31, "name": "Ann", "height": 1.7, "label": "clash"},
        {"age": None, "name": "Bob", "height": 2.0, "label": None},
        {"age": 7, "name": "Cid", "height": 1.0, "label": "clash"},
    ]
    return [Item(f"r-{n}", "record", data=row, label="yes") for n, row in enumerate(rows)]


def pictures() -> list[Item]:
    boxes: list[Json] = [{"label": "cat", "box": [2, 3, 10, 12]}, {"label": "dog", "box": [5, 5, 20, 10]}]
    return [
        Item(f"images/p{n}.png", "image", content=png(n * 30), media_type="image/png", label=boxes[: n % 3],
             split="train" if n < 3 else "validation")
        for n in range(4)
    ]  # fmt: skip


BY_TASK: dict[str, Callable[[], list[Item]]] = {
    "tagging": sentences,
    "dialogue": dialogues,
    "preference": preferences,
}
"""What else a layout that carries a task must carry whole."""
SIGNALS = {"wfdb": [heartbeats], "mcap": [drives]}
"""Layouts of recordings of sensors, and what they carry whole."""
MORE = {
    "squad": [questions],
    "mot": [sequences],
    "kaldi": [spoken("utt-{}")],
    "nemo": [spoken("folder/{}")],
    "common_voice": [spoken("clips/c{}.wav")],
    "jsonl": [spoken("{}.wav")],
}
TWINS = {"openai-chat": "trl"}
"""Layouts that write some kinds of samples in the very form that another has."""


def suits(module: ModuleType) -> list[Callable[[], list[Item]]]:
    makers: list[Callable[[], list[Item]]] = []
    if (short := module.__name__.rpartition(".")[2]) in SIGNALS:
        return [*makers, *SIGNALS[short]]
    if {"boxes", "polygons"} & set(module.tasks):
        makers.append(pictures)
    if "classification" in module.tasks:
        makers += [texts, records]
    makers += MORE.get(module.__name__.rpartition(".")[2], [])
    for task, maker in BY_TASK.items():
        if task in module.tasks:
            makers.append(maker)
    return makers


def of_boxes(name: str) -> bool:
    """Whether a layout carries pictures with boxes and little else, in folders of its own."""
    return bool({"boxes", "polygons"} & set(load(FORMATS, name).tasks)) and name not in GENERAL


def read(module: ModuleType, path: Path) -> tuple[list[Item], list[Loss]]:
    found = list(module.read(path, module.Config()))
    return [x for x in found if isinstance(x, Item)], [x for x in found if isinstance(x, Loss)]


def whole(part: Part) -> Part:
    """A part with its bytes, wherever they lie."""
    return replace(part, content=part.content.read_bytes()) if isinstance(part.content, Path) else part


def facts(item: Item) -> dict[str, Any]:
    content = item.content
    return {
        "key": item.key,
        "modality": item.modality,
        "text": item.text,
        "bytes": content.read_bytes() if isinstance(content, Path) else content,
        "label": item.label,
        "split": item.split,
        "data": dict(item.data) if item.data is not None else None,
        "attributes": item.attributes,
        "bases": item.bases,
        "contributor": item.contributor,
        "licence": item.licence,
        "session": item.session,
        "parent": item.parent,
        "segment": item.segment,
        "parts": tuple(whole(part) for part in item.parts),
        "at": item.at,
        "uri": item.uri,
        "synthetic": item.synthetic,
        "fault": item.fault,
    }


def boxed(told: dict[str, Any]) -> str:
    boxes = [(box["label"], box["box"]) for box in told["label"] or []]
    return str((told["bytes"], told["split"], boxes))


CASES = [(name, maker) for name in WRITTEN for maker in suits(load(FORMATS, name))]


@pytest.mark.parametrize(("name", "make"), CASES, ids=[f"{n}-{m.__name__}" for n, m in CASES])
def test_what_was_written_reads_back(name: str, make: Callable[[], list[Item]], tmp_path: Path) -> None:
    module = load(FORMATS, name)
    told = module.write(iter(make()), tmp_path / "out", module.Config())
    assert all(isinstance(loss, Loss) for loss in told)
    items, losses = read(module, tmp_path / "out")
    assert sum(loss.count for loss in losses) == 0
    wanted = {item.key: facts(item) for item in make()}
    got = {item.key: facts(item) for item in items}
    if of_boxes(name):  # they put pictures into folders of their own, and carry boxes only
        assert sorted(map(boxed, got.values())) == sorted(map(boxed, wanted.values()))
        return
    if name in SIGNALS:  # what they read comes out of files, and its place is the file's
        assert all(told.pop("uri").startswith("file:") for told in got.values())
        assert not any(told.pop("uri") for told in wanted.values())
    assert got == wanted
    assert told == []


@pytest.mark.parametrize(("name", "make"), CASES, ids=[f"{n}-{m.__name__}" for n, m in CASES])
def test_it_knows_its_own(name: str, make: Callable[[], list[Item]], tmp_path: Path) -> None:
    module = load(FORMATS, name)
    module.write(iter(make()), tmp_path / "out", module.Config())
    sure = {
        other: sniffed.sure
        for other in ALL
        if (sniffed := load(FORMATS, other).sniff(tmp_path / "out")) is not None
    }
    assert max(sure, key=lambda other: sure[other]) in (name, TWINS.get(name))
    assert sure[name] >= 0.5


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("count", [0, 1])
def test_none_and_one(name: str, count: int, tmp_path: Path) -> None:
    module = load(FORMATS, name)
    made = suits(module)[0]()[:count]
    module.write(iter(made), tmp_path / "out", module.Config())
    items, _ = read(module, tmp_path / "out")
    assert len(items) == count


@pytest.mark.parametrize("name", [n for n in WRITTEN if {pictures, records} & set(suits(load(FORMATS, n)))])
def test_media_go_along(name: str, tmp_path: Path) -> None:
    module = load(FORMATS, name)
    source = tmp_path / "p0.png"
    source.write_bytes(png(0))
    made = pictures()
    made[0].content = source
    if not of_boxes(name):
        for item in made:
            item.label = "cat"
        made[3].key = "elsewhere/p0.png"
    module.write(iter(made), tmp_path / "out", module.Config())
    items, _ = read(module, tmp_path / "out")
    assert sorted(facts(item)["bytes"] for item in items) == sorted(png(n * 30) for n in range(4))
    assert {item.media_type for item in items} == {"image/png"}


@pytest.mark.parametrize("name", ALL)
def test_nothing_there_is_no_layout(name: str, tmp_path: Path) -> None:
    module = load(FORMATS, name)
    (tmp_path / "empty").mkdir()
    (tmp_path / "binary.bin").write_bytes(bytes(range(256)))
    for path in (tmp_path / "empty", tmp_path / "binary.bin"):
        sniffed = module.sniff(path)
        assert sniffed is None or (isinstance(sniffed, Sniff) and sniffed.sure < 0.5)


@pytest.mark.parametrize("name", ALL)
def test_it_declares_what_it_is(name: str) -> None:
    module = load(FORMATS, name)
    assert module.__doc__
    assert module.Config()
    assert all(field.description for field in module.Config.model_fields.values())
    assert isinstance(module.tasks, tuple)
    assert module.tasks


@pytest.mark.parametrize("name", ALL)
def test_reading_is_lazy_and_repeats_itself(name: str, data: Path) -> None:
    module = load(FORMATS, name)
    paths = [data / inner for inner in ("tiny-coco", "bccd-blood-cells/BCCD", "movielens-small/movies.csv")]
    for path in paths:
        if module.sniff(path) is None:
            continue
        found = module.read(path, module.Config())
        assert isinstance(found, Iterator)
        first = [thing.key if isinstance(thing, Item) else thing for thing in found]
        again = module.read(path, module.Config())
        assert first == [thing.key if isinstance(thing, Item) else thing for thing in again]
