"""Frames of real films: every n-th, every so often, where something changes; tracks become boxes."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from films import Take, make, paths, take
from ingather.formats.boxes import read_label
from ingather.formats.tracks import Seen, as_tracks
from ingather.media.video_scan import scan_film
from ingather.sample import Item, Loss
from ingather.sources.splitters import frames


def cut(item: Item, **options: object) -> tuple[list[Item], list[Loss]]:
    found = list(frames.split(item, frames.Config.model_validate(options)))
    return [x for x in found if isinstance(x, Item)], [x for x in found if isinstance(x, Loss)]


def test_every_nth_frame_is_the_frame_itself(data: Path) -> None:
    path = data / "sample-videos" / "car-detection.mp4"
    items, losses = cut(Item("c", "video", content=path), every=60, keep="png")
    times = scan_film(path).times
    assert losses == []
    assert items[0].carrier
    assert [item.segment["frame"] for item in items[1:]] == list(range(0, 377, 60))  # type: ignore[index]
    with av.open(str(path)) as container:
        wanted = [
            f.to_ndarray(format="rgb24") for n, f in enumerate(container.decode(video=0)) if n % 60 == 0
        ]
    for item, pixels in zip(items[1:], wanted, strict=True):
        assert isinstance(item.content, bytes)
        assert (np.asarray(Image.open(io.BytesIO(item.content))) == pixels).all()
        assert item.modality == "image"
        assert item.segment["start"] == pytest.approx(times[item.segment["frame"]])  # type: ignore[index]
        assert item.segment["end"] - item.segment["start"] == pytest.approx(0.08, abs=1e-4)  # type: ignore


def test_a_frame_a_second_where_nothing_is_said(data: Path) -> None:
    path = data / "sample-videos" / "one-by-one-person-detection.mp4"
    items, losses = cut(Item("p", "video", content=path), most=20)
    assert [item.segment["frame"] for item in items[1:]] == list(range(0, 200, 10))  # type: ignore[index]
    assert [loss.reason for loss in losses] == ["more than 20 of its frames fit: the rest is left out"]
    assert {item.media_type for item in items[1:]} == {"image/jpeg"}


def test_where_something_changes(data: Path) -> None:
    real = paths(data)
    scenes = [take(path, 256, seconds=3).frames[:1] for path in (real[20], real[23], real[25])]
    rows = min(scene.shape[1] for scene in scenes)
    still = np.concatenate([np.repeat(scene[:, :rows], 15, axis=0) for scene in scenes])
    items, _ = cut(Item("j", "video", content=make(Take(still, 12.0))), change=0.05)
    assert [item.segment["frame"] for item in items[1:]] == [0, 15, 30]  # type: ignore[index]


def test_tracks_become_boxes(data: Path) -> None:
    path = data / "sample-videos" / "car-detection.mp4"
    seen = [Seen("7", frame, "car", 10 + frame, 5, 20, 20) for frame in range(1, 101)]
    item = Item("t", "video", content=path, label=as_tracks(seen, 768, 432, 377))
    items, _ = cut(item, every=90)
    (box,) = read_label(items[2].label)
    assert (box.label, box.id) == ("car", "7")
    assert box.x == pytest.approx(101, abs=0.1)
    assert items[3].label == []


def test_two_rules_at_once_are_a_mistake() -> None:
    with pytest.raises(ValidationError):
        frames.Config(every=3, seconds=2)


def test_a_film_cut_short_gives_the_frames_that_it_has(data: Path) -> None:
    whole = make(take(paths(data)[-1], 256, seconds=4), container="matroska")
    items, _ = cut(Item("x", "video", content=whole[: len(whole) // 2]), every=5)
    assert 2 < len(items) < 12
