"""Pieces of a film as films of their own, exact to the frame: copied where possible, else encoded anew.

A piece that begins with a key frame and shares no packet with its neighbours is copied bit by bit. Any other
has to be encoded anew, in H.264 at a quality at which the difference is not seen. Sound is copied always, at
the borders of its packets (some 20 ms). All pieces that are encoded anew share one pass of decoding.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ingather.media.video_container import Source, fault_in_words, open_container, picture_stream
from ingather.media.video_frames import Frames
from ingather.media.video_write import Encoder, copied, may_copy


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a film in frames.

    Attributes:
        first: its first frame, from 0.
        past: the frame behind its last one.
    """

    first: int
    past: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a film.

    Attributes:
        content: a whole film by itself.
        media_type: of it.
        anew: whether the picture was encoded anew.
    """

    content: bytes
    media_type: str
    anew: bool


def snapped(frames: Frames, stretch: Stretch) -> Stretch | None:
    """The stretch moved to where it can be copied, from key frame to key frame; None where none is left."""
    keys = [place for place in range(len(frames)) if frames.keys[place]]
    first = max((key for key in keys if key <= stretch.first), default=0)
    past = max((key for key in keys if key <= stretch.past), default=0)
    if stretch.past >= len(frames):
        past = len(frames)
    return Stretch(first, past) if past > first else None


def cut_film(
    source: Source, frames: Frames, stretches: Sequence[Stretch], quality: int
) -> Iterator[Piece | str]:
    """The pieces in the order of ``stretches``, or in place of one why there is none, in words.

    Args:
        source: the film.
        frames: its frames.
        stretches: not empty, by rising first frame.
        quality: of pieces encoded anew, as x264 counts it: 0 is lossless, 51 the worst.
    """
    copying = may_copy(source)
    anew = [one for one in stretches if not copying or not frames.is_whole(one.first, one.past)]
    encoding = _encoded(source, frames, anew, quality)
    waiting = set(anew)
    for stretch in stretches:
        try:
            if stretch in waiting:
                yield next(encoding)
            else:
                content, media_type = copied(source, frames.time(stretch.first), frames.time(stretch.past))
                yield Piece(content, media_type, anew=False)
        except StopIteration:
            yield "the film ends before it"
        except Exception as error:  # decoders of hostile bytes raise nearly anything
            yield fault_in_words(source, error)


def _encoded(
    source: Source, frames: Frames, stretches: Sequence[Stretch], quality: int
) -> Iterator[Piece | str]:
    """One pass: every frame decoded goes to all pieces that hold it."""
    if not stretches:
        return
    open_ones: deque[Encoder] = deque()
    coming = deque(stretches)
    with open_container(source) as container:
        picture = picture_stream(container)
        assert picture is not None
        picture.codec_context.thread_count = 1  # the same bytes on every machine
        for frame in _decoded(container, picture, frames, coming):
            time = frame.time
            if time is None:
                continue
            while coming and frames.time(coming[0].first) <= time + 1e-6:
                one = coming.popleft()
                open_ones.append(Encoder(source, frames.time(one.first), frames.time(one.past), quality))
            for encoder in open_ones:
                encoder.take(frame)
            while open_ones and open_ones[0].end <= time + 1e-6:
                yield _finished(open_ones.popleft())
            if not coming and not open_ones:
                return
    for encoder in open_ones:
        yield _finished(encoder)


def _finished(encoder: Encoder) -> Piece | str:
    if not encoder.taken:
        return "not one frame of it can be decoded"
    content, media_type = encoder.finish()
    return Piece(content, media_type, anew=True)


def _decoded(container: Any, picture: Any, frames: Frames, coming: deque[Stretch]) -> Iterator[Any]:
    """Frames from the key frame before the first stretch on; damaged packets are passed over."""
    import av

    keys = [place for place in range(coming[0].first + 1) if frames.keys[place]]
    if keys and keys[-1] > 0 and frames.order[0] >= 0:
        container.seek(round(frames.time(keys[-1]) / picture.time_base), stream=picture)
    for packet in container.demux(picture):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue
