"""Clips of real films: exact to the frame, copied where they can be, films by themselves."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from films import Take, make, paths, speech, take
from ingather.formats.tracks import Seen, as_tracks, read_tracks
from ingather.media.video import open_film
from ingather.media.video_scan import scan_film
from ingather.sample import Item, Loss
from ingather.sources.splitters import clips, frames


def cut(item: Item, **options: object) -> tuple[list[Item], list[Loss]]:
    found = list(clips.split(item, clips.Config.model_validate(options)))
    return [x for x in found if isinstance(x, Item)], [x for x in found if isinstance(x, Loss)]


def luma(source: Path | bytes) -> np.ndarray:
    with av.open(str(source) if isinstance(source, Path) else io.BytesIO(source)) as container:
        return np.stack([frame.to_ndarray(format="gray") for frame in container.decode(video=0)])


@pytest.mark.parametrize("name", ["car-detection.mp4", "one-by-one-person-detection.mp4"])
def test_clips_by_time_hold_every_frame_once(data: Path, name: str) -> None:
    path = data / "sample-videos" / name
    whole = scan_film(path)
    items, losses = cut(Item(name, "video", content=path), seconds=4)
    places = [item.segment for item in items[1:]]
    assert items[0].carrier
    assert places[0]["frames"][0] == 0  # type: ignore[index]
    assert [p["frames"][1] for p in places[:-1]] == [p["frames"][0] for p in places[1:]]  # type: ignore[index]
    left = len(whole.times) - places[-1]["frames"][1]  # type: ignore[index]
    assert len(losses) == (1 if left else 0)
    for item in items[1:]:
        film, fault = open_film(item.content)  # type: ignore[arg-type]
        assert fault is None
        assert film is not None
        first, past = item.segment["frames"]  # type: ignore[index]
        assert len(film.scan.times) == past - first
        assert film.scan.times == pytest.approx(whole.times[first:past] - whole.times[first], abs=2e-3)
        assert item.segment["start"] == pytest.approx(whole.times[first], abs=1e-5)  # type: ignore[index]
        assert film.told_seconds == pytest.approx(film.scan.seconds, abs=0.02)
        assert film.scan.damaged == 0
        # the same light in each frame: no frame is another's
        assert film.scan.light == pytest.approx(whole.light[first:past], abs=0.004)


def test_what_begins_with_a_key_frame_is_copied_bit_by_bit(data: Path) -> None:
    path = data / "sample-videos" / "one-by-one-person-detection.mp4"
    items, _ = cut(Item("p", "video", content=path), seconds=10)
    assert not any(item.segment["anew"] for item in items[1:])  # type: ignore[index]
    assert (luma(items[2].content) == luma(path)[100:200]).all()  # type: ignore[arg-type]


def test_what_is_encoded_anew_looks_the_same(data: Path) -> None:
    path = data / "sample-videos" / "bottle-detection.mp4"
    items, _ = cut(Item("b", "video", content=path), seconds=1.7, step=9)
    inside = luma(path)
    for item in items[1:]:
        first, past = item.segment["frames"]  # type: ignore[index]
        assert item.segment["anew"]  # type: ignore[index]
        told = luma(item.content)  # type: ignore[arg-type]
        wrong = np.square(told.astype(float) - inside[first:past]).mean(axis=(1, 2))
        assert (10 * np.log10(255**2 / wrong) > 38).all(), "PSNR of every frame"


def test_without_encoding_anew_clips_begin_at_key_frames(data: Path) -> None:
    path = data / "sample-videos" / "car-detection.mp4"
    items, _ = cut(Item("c", "video", content=path), seconds=7, exact=False)
    keys = np.flatnonzero(scan_film(path).keys)
    assert len(items) > 3
    assert not any(item.segment["anew"] for item in items[1:])  # type: ignore[index]
    assert {item.segment["frames"][0] for item in items[1:]} <= set(keys.tolist())  # type: ignore[index]


def test_sound_is_cut_with_the_picture(data: Path) -> None:
    film = take(paths(data)[-1], 192, seconds=4)
    voice = speech(data, 4)
    content = make(Take(film.frames, film.rate, sound=voice))
    items, _ = cut(Item("s", "video", content=content), seconds=1.5)
    for item in items[1:]:
        told = scan_film(item.content).sound  # type: ignore[arg-type]
        assert told is not None
        assert abs(told.start) < 0.08
        start, end = (round(item.segment[n] * 16_000) for n in ("start", "end"))  # type: ignore[index]
        loud = float(np.square(voice[start:end]).mean())
        heard = float((told.power * told.lengths).sum() / told.lengths.sum())
        assert heard == pytest.approx(loud, rel=0.25)


def test_shots_begin_where_scenes_were_joined(data: Path) -> None:
    real = paths(data)
    scenes = [take(path, 256, seconds=3).frames[:24] for path in (real[20], real[21], real[22])]
    rows = min(scene.shape[1] for scene in scenes)
    content = make(Take(np.concatenate([scene[:, :rows] for scene in scenes]), 12.0, None))
    items, losses = cut(Item("j", "video", content=content), by="shot")
    assert [item.segment["frames"] for item in items[1:]] == [[0, 24], [24, 48], [48, 72]]  # type: ignore[index]
    assert losses == []
    shorter, _ = cut(Item("j", "video", content=content), by="shot", most=1.0)
    assert [item.segment["frames"][0] for item in shorter[1:]] == [0, 12, 24, 36, 48, 60]  # type: ignore[index]


def test_subtitles_say_where_and_what(data: Path, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes((data / "sample-videos" / "car-detection.mp4").read_bytes())
    (tmp_path / "a.srt").write_text(
        "1\n00:00:01,000 --> 00:00:03,000\nA red car.\n\n2\n00:05:00,000 --> 00:05:01,000\nLate.\n"
    )
    items, losses = cut(Item("a.mp4", "video", content=tmp_path / "a.mp4"), by="marks", transcript=True)
    assert [item.label for item in items[1:]] == ["A red car."]
    assert items[1].segment["frames"] == [13, 38]  # type: ignore[index]
    told = [(loss.where, loss.reason) for loss in losses]
    assert told == [("a.mp4, 300 s to 301 s", "no frame of the film lies there: no clip is cut")]
    alone, losses = cut(Item("x", "video", content=data / "sample-videos" / "car-detection.mp4"), by="marks")
    assert len(alone) == 1
    assert "no file beside it" in losses[0].reason


def test_tracks_are_cut_with_their_film(data: Path) -> None:
    path = data / "sample-videos" / "car-detection.mp4"
    seen = [Seen("1", frame, "car", frame, 5, 20, 20) for frame in range(1, 120)]
    item = Item("t", "video", content=path, label=as_tracks(seen, 768, 432, 377))
    items, _ = cut(item, seconds=4)
    inside = read_tracks(items[2].label)
    assert [one.frame for one in inside] == list(range(1, 51))
    assert inside[0].x == pytest.approx(51, abs=0.1)
    assert items[4].label == []


def test_a_film_that_lies_is_shown_upright(data: Path) -> None:
    film = take(paths(data)[20], 128, seconds=2)
    lying = io.BytesIO()
    with av.open(io.BytesIO(make(film))) as source, av.open(lying, "w", format="mp4") as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        stream.set_display_rotation(90)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                out.mux(packet)
    assert scan_film(lying.getvalue()).rotation == 90
    items, _ = cut(Item("l", "video", content=lying.getvalue()), seconds=0.9)
    copied, anew = (open_film(item.content)[0] for item in items[1:3])  # type: ignore[arg-type]
    assert copied is not None
    assert anew is not None
    assert (copied.stored_size, copied.scan.rotation) == ((128, film.frames.shape[1]), 90)
    assert (anew.stored_size, anew.scan.rotation) == ((film.frames.shape[1], 128), 0)
    wanted = np.rot90(luma(lying.getvalue()), 1, axes=(1, 2))[items[2].segment["frames"][0]]  # type: ignore[index]
    assert np.abs(luma(items[2].content)[0].astype(int) - wanted).mean() < 4  # type: ignore[arg-type]


def test_the_same_film_gives_the_same_bytes(data: Path) -> None:
    for path in (paths(data)[0], paths(data)[21]):
        item = Item("x", "video", content=path)
        once, twice = (cut(item, seconds=3.1)[0] for _ in range(2))
        assert [one.content for one in once] == [one.content for one in twice]


def test_a_film_that_breaks_off_gives_what_it_has(data: Path) -> None:
    film = take(paths(data)[20], 256, seconds=4)
    whole = make(film, container="matroska")
    items, losses = cut(Item("x", "video", content=whole[: len(whole) // 2]), seconds=0.8)
    assert 2 <= len(items) < 6
    assert all(isinstance(loss, Loss) for loss in losses)


def test_uneven_frames_keep_their_times(data: Path) -> None:
    film = take(paths(data)[-1], 192, seconds=3)
    times = np.cumsum(np.random.default_rng(3).uniform(0.02, 0.2, len(film.frames)))
    content = make(Take(film.frames, film.rate, times=times.tolist()))
    whole = scan_film(content).times
    items, _ = cut(Item("u", "video", content=content), seconds=1.3)
    for item in items[1:]:
        first, past = item.segment["frames"]  # type: ignore[index]
        assert (
            scan_film(item.content).times
            == pytest.approx(  # type: ignore[arg-type]
                whole[first:past] - whole[first], abs=float(Fraction(1, 1000))
            )
        )


@pytest.mark.parametrize("container", ["mp4", "matroska", "avi"])
def test_damaged_films_never_raise(data: Path, container: str) -> None:
    """Every piece that comes out of a damaged film is a film; the rest is told."""
    whole = make(take(paths(data)[21], 128, seconds=3), container=container, keys=12)
    dice = np.random.default_rng(7)
    for _ in range(12):
        broken = bytearray(whole[: int(dice.integers(40, len(whole)))])
        for place in dice.integers(0, len(broken), 6):
            broken[place] = int(dice.integers(256))
        item = Item("x", "video", content=bytes(broken))
        items, losses = cut(item, seconds=0.7)
        assert items
        assert items[0].carrier or items[0].fault or losses
        for piece in items[1:]:
            film, fault = open_film(piece.content)  # type: ignore[arg-type]
            assert film is not None, fault
        assert list(frames.split(item, frames.Config(every=4)))
