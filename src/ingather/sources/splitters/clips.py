"""Clips: a film cut by time, at its cuts from shot to shot, or where subtitles beside it say."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from pydantic import Field

from ingather.formats.time_marks import Mark
from ingather.media.shot_cuts import shot_cuts
from ingather.media.video import Film, open_film
from ingather.media.video_container import fault_in_words
from ingather.media.video_frames import Frames, frames_of
from ingather.media.video_pieces import Stretch, cut_film, snapped
from ingather.sample import Item, Json, Loss, Modality
from ingather.sources.film_labels import label_of_clip
from ingather.sources.marks_beside import marks_beside
from ingather.sources.splitting import SplitterConfig, child

reads: Modality = "video"
_MOST = 100_000


class Config(SplitterConfig):
    """Where to cut."""

    by: Literal["time", "shot", "marks"] = Field(
        "time",
        description="time: clips of the same length; shot: at hard cuts; marks: where a file beside the film "
        "says, of the same name and ending in .srt, .vtt, .rttm, .ctm or .TextGrid",
    )
    seconds: float = Field(5.0, gt=0, le=3600, description="by time: length of a clip")
    step: float | None = Field(
        None, gt=0, description="by time: seconds from clip to clip; their length if absent"
    )
    least: float = Field(0.5, ge=0, le=3600, description="seconds; shorter clips are left out, and told")
    most: float | None = Field(
        None, gt=0, description="by shot and marks: seconds; longer ones are cut into equal parts"
    )
    exact: bool = Field(
        True,
        description="cut to the frame, encoding anew what cannot be copied; false: never encode anew, and "
        "move every cut to the key frame before it",
    )
    quality: int = Field(
        18, ge=0, le=51, description="of what is encoded anew in H.264: 0 is lossless, 18 looks the same"
    )
    change: float = Field(
        0.04, gt=0, lt=1, description="by shot: mean change of luma, 0 to 1, that a cut brings at the least"
    )
    times_more: float = Field(
        4.0, gt=1, description="by shot: how many times the change of the frames around it a cut brings"
    )
    speakers: bool = Field(False, description="by marks: who speaks is the contributor")
    transcript: bool = Field(False, description="by marks: what is said is the label")


@dataclass(frozen=True, slots=True)
class _Wish:
    stretch: Stretch
    mark: Mark | None = None


def watches_marks(config: Config) -> bool:
    """Whether a change of the file beside a film cuts it anew."""
    return config.by == "marks"


def split(item: Item, config: Config) -> Iterator[Item | Loss]:
    """The film as carrier, then its clips: films of their own with all of the sound that belongs to them.

    A clip is named by its start in milliseconds. Its segment tells what it holds to the frame: ``start`` and
    ``end`` in seconds by the film's clock, ``frames`` as the first one and the one behind the last, counted
    from 0, and whether the picture was encoded ``anew``. Labels with tracks are cut with it. What is too
    short, outside of the film, or cannot be decoded, is a loss.
    """
    if item.content is None:
        yield replace(item, fault=item.fault or "it has no content")
        return
    film, fault = open_film(item.content)
    if film is None:
        yield replace(item, fault=item.fault or fault)
        return
    try:
        frames = frames_of(item.content)
    except Exception as error:  # decoders of hostile bytes raise nearly anything
        yield replace(item, fault=item.fault or fault_in_words(item.content, error))
        return
    if not len(frames):
        yield replace(item, fault=item.fault or "not one frame of it can be decoded")
        return
    yield replace(item, carrier=True)
    wishes: list[_Wish] = []
    for found in _wishes(item, film, frames, config):
        if isinstance(found, Loss):
            yield found
        else:
            wishes.append(found)
    yield from _cut(item, frames, wishes, config)


def _cut(item: Item, frames: Frames, wishes: list[_Wish], config: Config) -> Iterator[Item | Loss]:
    assert item.content is not None
    wishes = sorted(wishes, key=lambda wish: (wish.stretch.first, wish.stretch.past))
    names: dict[str, int] = {}
    pieces = cut_film(item.content, frames, [wish.stretch for wish in wishes], config.quality)
    for wish, piece in zip(wishes, pieces, strict=True):
        first, past = wish.stretch.first, wish.stretch.past
        start, end = frames.time(first), frames.time(past)
        name = f"{round(start * 1000)}"
        names[name] = names.get(name, 0) + 1
        if names[name] > 1:
            name = f"{name}-{names[name]}"
        if isinstance(piece, str):
            yield Loss(f"{item.key}#{name}", f"no clip: {piece}")
            continue
        place: dict[str, Json] = {
            "start": round(start, 6),
            "end": round(end, 6),
            "frames": [first, past],
            "anew": piece.anew,
        }
        made = child(
            item,
            name,
            place,
            content=piece.content,
            media_type=piece.media_type,
            label=label_of_clip(item.label, first, past),
        )
        made.session = item.session or item.key
        if wish.mark is not None:
            if config.speakers and wish.mark.speaker is not None:
                made.contributor = wish.mark.speaker
            if config.transcript:
                made.label = wish.mark.text or None
        yield made


def _wishes(item: Item, film: Film, frames: Frames, config: Config) -> Iterator[_Wish | Loss]:
    if config.by == "time":
        spans = _by_time(frames, config)
    elif config.by == "shot":
        cuts = [frames.start, *shot_cuts(film.scan, config.change, config.times_more).tolist(), frames.end]
        spans = [
            (start, end, None)
            for one, other in itertools.pairwise(cuts)
            for start, end in _parts(one, other, config.most)
        ]
    else:
        _, marks, losses = marks_beside(item)
        yield from losses
        spans = [
            (start, end, mark) for mark in marks for start, end in _parts(mark.start, mark.end, config.most)
        ]
    for start, end, mark in spans:
        first, past = frames.at(start), frames.at(end)
        place = f"{item.key}, {start:.6g} s to {end:.6g} s"
        if past <= first:
            if mark is not None:  # else it is rounding at the film's end
                yield Loss(place, "no frame of the film lies there: no clip is cut")
            continue
        stretch = Stretch(first, past) if config.exact else snapped(frames, Stretch(first, past))
        if stretch is None:
            yield Loss(place, "no key frame lies there: no clip is cut without encoding anew")
        elif frames.time(stretch.past) - frames.time(stretch.first) < config.least - 1e-6:
            yield Loss(place, f"shorter than the {config.least:g} s that a clip needs")
        else:
            yield _Wish(stretch, mark)


def _by_time(frames: Frames, config: Config) -> list[tuple[float, float, Mark | None]]:
    step = config.step or config.seconds
    count = min(int(np.ceil((frames.end - frames.start) / step - 1e-6)), _MOST)
    starts = [frames.start + number * step for number in range(count)]
    return [(start, min(start + config.seconds, frames.end), None) for start in starts]


def _parts(start: float, end: float, most: float | None) -> list[tuple[float, float]]:
    count = max(int(np.ceil((end - start) / most - 1e-6)), 1) if most is not None else 1
    edges = np.linspace(start, end, count + 1).tolist()
    return list(itertools.pairwise(edges))
