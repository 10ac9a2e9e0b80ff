"""Frames of a film as pictures: every so often, or where something changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ingather.media.video_container import Source, open_container, picture_stream
from ingather.media.video_luma import Sampler
from ingather.media.video_write import upright

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from PIL import Image


@dataclass(frozen=True, eq=False)
class Still:
    """One frame of a film.

    Attributes:
        frame: its number, from 0, in the order in which frames are shown.
        start: seconds at which it is shown, by the film's clock.
        end: seconds at which the next one is shown.
        picture: RGB, upright.
    """

    frame: int
    start: float
    end: float
    picture: Image.Image


def stills_of(
    source: Source,
    *,
    every: int | None = None,
    seconds: float | None = None,
    change: float | None = None,
) -> Iterator[Still]:
    """Frames of a film in their order, decoded in one pass; only one of them is held at a time.

    Args:
        source: the film.
        every: frames from one that is looked at to the next.
        seconds: likewise in seconds, in place of ``every``; without both all frames are looked at.
        change: mean change of luma since the last frame taken, 0 to 1, from which one is taken; the first
            frame is taken always. Without it all that are looked at are taken.

    Raises:
        MissingExtra: PyAV is not installed.
        Exception: whatever FFmpeg raises on bytes that are no film.
    """
    seen = _Looking(every or 1, seconds, change)
    waiting: tuple[int, float, VideoFrame] | None = None
    step, last = 0.04, None
    for number, (time, frame) in enumerate(_frames(source)):
        if last is not None and time > last:
            step = time - last
        last = time
        if waiting is not None:
            yield _still(*waiting, time)
        waiting = (number, time, frame) if seen.takes(number, time, frame) else None
    if waiting is not None:
        yield _still(*waiting, waiting[1] + step)


class _Looking:
    def __init__(self, every: int, seconds: float | None, change: float | None) -> None:
        self._every, self._seconds, self._change = every, seconds, change
        self._next: float | None = None
        self._sampler = Sampler()
        self._before: NDArray[np.uint8] | None = None

    def takes(self, number: int, time: float, frame: VideoFrame) -> bool:
        if self._seconds is not None:
            if self._next is not None and time < self._next - 1e-6:
                return False
            # by the clock of the film, so that rounding does not add up
            self._next = time + self._seconds if self._next is None else self._next + self._seconds
            if self._next <= time:
                self._next = time + self._seconds
        elif number % self._every:
            return False
        return self._change is None or self._changed(frame)

    def _changed(self, frame: VideoFrame) -> bool:
        assert self._change is not None
        now = self._sampler.sample(self._sampler.plane(frame))
        if self._before is None or self._before.shape != now.shape:
            self._before = now
            return True
        if self._sampler.numbers(now[None], self._before[None])[0, 3] < self._change:
            return False
        self._before = now
        return True


def _frames(source: Source) -> Iterator[tuple[float, Any]]:
    import av

    with open_container(source) as container:
        picture = picture_stream(container)
        if picture is None:
            return
        picture.codec_context.thread_count = 1  # sources are read beside other work
        time = 0.0
        for packet in container.demux(picture):
            try:
                for frame in packet.decode():
                    time = frame.time if frame.time is not None else time + 0.04
                    yield time, frame
            except av.error.InvalidDataError:
                continue


def _still(number: int, time: float, frame: VideoFrame, end: float) -> Still:
    from PIL import Image

    return Still(number, time, end, Image.fromarray(upright(frame).to_ndarray(format="rgb24")))
