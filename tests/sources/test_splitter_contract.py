"""One contract over every splitter, the installed ones too."""

from __future__ import annotations

import io
import math
import wave
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from films import Take, make
from ingather.formats.series_items import series_item
from ingather.plan.model import Step
from ingather.plugins import SPLITTERS, load, names
from ingather.sample import MODALITIES, Item, Json, Loss
from ingather.series import Stream
from ingather.sources.splitting import SplitterConfig, cut_items, cut_mark, splitters_of


def _picture() -> Item:
    image = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(image, "PNG")
    box = {"x": 10, "y": 10, "width": 50, "height": 50, "rotation": 0, "rectanglelabels": ["cell"]}
    label = [
        {"id": "a", "type": "rectanglelabels", "original_width": 60, "original_height": 40, "value": box}
    ]
    return Item("p.png", "image", content=image.getvalue(), media_type="image/png", label=label)  # type: ignore[arg-type]


def _sound() -> Item:
    rate = 8000
    tone = [0.5 * math.sin(i / 3) if (i // rate) % 2 else 0.0 for i in range(rate * 5)]
    written = io.BytesIO()
    with wave.open(written, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((np.array(tone) * 32767).astype("<i2").tobytes())
    return Item("s.wav", "audio", content=written.getvalue(), media_type="audio/wav", label="tone")


def _text() -> Item:
    text = "# One\n\nThe first paragraph; with two clauses.\n\nThe second one.\n\n# Two\n\nThe last."
    return Item("t.txt", "text", text=text, label="prose")


def _series() -> Item:
    time = np.arange(600, dtype=np.int64) * 10**8
    label: list[Json] = [
        {"type": "timeserieslabels", "value": {"start": 20, "end": 25, "timeserieslabels": ["fall"]}}
    ]
    item = series_item("m.csv", [Stream(time, {"force": np.sin(time / 1e9)}, {"force": "N"})])
    item.label = label
    return item


def _film() -> Item:
    frames = np.random.default_rng(1).integers(0, 255, (24, 48, 64, 3), dtype=np.uint8)
    return Item("f.mp4", "video", content=make(Take(frames, 12.0)), media_type="video/mp4", label="noise")


EXAMPLES = {"image": _picture, "audio": _sound, "text": _text, "sensor": _series, "video": _film}


@pytest.fixture(params=sorted(names(SPLITTERS)))
def splitter(request: pytest.FixtureRequest) -> ModuleType:
    return load(SPLITTERS, request.param)


def test_it_is_described(splitter: ModuleType) -> None:
    assert splitter.reads in MODALITIES
    assert getattr(splitter, "gives", splitter.reads) in MODALITIES
    assert issubclass(splitter.Config, SplitterConfig)
    assert splitter.__doc__


def test_pieces_follow_their_item(splitter: ModuleType) -> None:
    if splitter.reads not in EXAMPLES:
        return
    item = EXAMPLES[splitter.reads]()
    item.contributor, item.licence, item.split, item.session = "ann", "CC0-1.0", "train", "day 1"
    first, *pieces = [x for x in splitter.split(item, splitter.Config()) if isinstance(x, Item)]
    assert first.key == item.key
    for piece in pieces:
        assert first.carrier
        assert piece.parent == item.key
        assert piece.key.startswith(f"{item.key}#")
        assert piece.segment
        assert not piece.carrier
        assert piece.modality == getattr(splitter, "gives", splitter.reads)
        assert (piece.contributor, piece.licence, piece.split) == ("ann", "CC0-1.0", "train")
    assert len({piece.key for piece in pieces}) == len(pieces)


def test_the_same_item_gives_the_same_pieces(splitter: ModuleType) -> None:
    if splitter.reads not in EXAMPLES:
        return
    made = EXAMPLES[splitter.reads]
    once, twice = (list(splitter.split(made(), splitter.Config())) for _ in range(2))
    assert once == twice


@pytest.mark.parametrize("content", [b"", b"\0\1\2 no such thing", None])
def test_what_cannot_be_cut_is_told_or_kept_whole(splitter: ModuleType, content: bytes | None) -> None:
    item = Item("broken", splitter.reads, content=content, text=None)
    found = list(splitter.split(item, splitter.Config()))
    assert any(isinstance(x, Item) and x.key == "broken" for x in found)
    assert all(isinstance(x, Item | Loss) for x in found)


def test_other_options_are_another_mark() -> None:
    plain = splitters_of([Step(operator="crops")])
    wide = splitters_of([Step(operator="crops", options={"margin": 0.5})])
    assert len({cut_mark(()), cut_mark(plain), cut_mark(wide)}) == 3


def test_an_item_of_another_modality_is_at_fault(tmp_path: Path) -> None:
    found = list(cut_items([_text()], splitters_of([Step(operator="crops")])))
    assert [x.fault for x in found if isinstance(x, Item)] == ["it is text, and 'crops' cuts image"]
