"""Films: headers read at once, frames decoded once when first asked for, faults told in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingather.errors import MissingExtra
from ingather.media.video_container import Source, fault_in_words, open_container, picture_stream
from ingather.media.video_scan import Scan, scan_film
from ingather.media.video_shortfall import shortfall

MOST_PIXELS = 8192 * 8192
"""Films of more pixels a frame are not decoded: a small file could otherwise fill the memory (a bomb)."""


@dataclass(frozen=True, eq=False)
class Film:
    """One film, decoded only when somebody asks what it shows.

    Attributes:
        source: the file that holds it, or its bytes.
        container: what the bytes are, by FFmpeg's name: ``mov,mp4,...``, ``matroska,webm``, ``avi``, ...
        codec: of the picture: h264, hevc, vp9, av1, ...
        stored_size: width and height in pixels as stored.
        rate: frames a second as the header says, None where it does not.
        told_seconds: duration as the header says, None where it does not.
        sound: codec of the first sound track, None where there is none.
    """

    source: Source
    container: str
    codec: str
    stored_size: tuple[int, int]
    rate: float | None
    told_seconds: float | None
    sound: str | None

    def in_words(self) -> str:
        """What the header tells: size, codec, frame rate, duration, sound."""
        told = [f"{self.stored_size[0]} x {self.stored_size[1]} {self.codec}"]
        if self.rate is not None:
            told.append(f"{self.rate:.3g} frames/s")
        if self.told_seconds is not None:
            told.append(f"{self.told_seconds:.3g} s")
        return ", ".join([*told, f"sound {self.sound}" if self.sound else "no sound"])

    @cached_property
    def shortfall(self) -> int:
        """Bytes that are missing at the end of the file, by the sizes that its container gives."""
        try:
            return shortfall(self.source)
        except OSError:
            return 0

    @cached_property
    def scan(self) -> Scan:
        """What every frame and every piece of sound told: one pass of decoding, shared by all operators."""
        return scan_film(self.source)


@dataclass(frozen=True, slots=True)
class VideoBatch:
    """Films of a batch of samples.

    Attributes:
        ids: n sample ids.
        films: n films, None where there is none or its header cannot be read.
        faults: n reasons, in words, None where there is none.
    """

    ids: list[str]
    films: list[Film | None]
    faults: list[str | None]

    def __len__(self) -> int:
        """How many samples."""
        return len(self.ids)

    def take(self, rows: Sequence[int] | NDArray[np.int64]) -> VideoBatch:
        """The samples at these rows, in that order; films are shared, so nothing is decoded twice."""
        return VideoBatch(
            [self.ids[i] for i in rows], [self.films[i] for i in rows], [self.faults[i] for i in rows]
        )

    def each(self, measure: Callable[[Scan], float]) -> NDArray[np.float32]:
        """(n,) what a function says of every film's scan; NaN where no frame of a film can be decoded."""
        told = np.full(len(self), np.nan, dtype=np.float32)
        for row, film in enumerate(self.films):
            if film is not None and len(film.scan.times):
                told[row] = measure(film.scan)
        return told


def open_films(ids: Sequence[str], sources: Sequence[Source | None]) -> VideoBatch:
    """Reads the headers of n films; their frames follow when asked for.

    Args:
        ids: n sample ids.
        sources: n files, or films as bytes; None where a sample has none.

    Raises:
        MissingExtra: there is a film, and PyAV is not installed.
    """
    opened = [open_film(source) if source is not None else (None, None) for source in sources]
    return VideoBatch(list(ids), [film for film, _ in opened], [fault for _, fault in opened])


def open_film(source: Source) -> tuple[Film | None, str | None]:
    """Reads the header of one film: the film and None, or None and the fault in words."""
    try:
        with open_container(source) as container:
            picture = picture_stream(container)
            if picture is None:
                return None, "there is no picture in it that can be read, only sound or data"
            context = picture.codec_context
            if context.width * context.height > MOST_PIXELS:
                return None, (
                    f"the film says it is {context.width} x {context.height} pixels; above "
                    f"{MOST_PIXELS // 10**6} million it is not decoded, because it would fill the memory"
                )
            seconds = container.duration / 1_000_000 if container.duration else None
            if picture.duration and picture.time_base:
                seconds = float(picture.duration * picture.time_base)
            rate = picture.average_rate or picture.guessed_rate
            sound = container.streams.audio[0].codec_context if container.streams.audio else None
            return Film(
                source,
                container.format.name,
                context.name,
                (context.width, context.height),
                float(rate) if rate else None,
                seconds,
                sound.name if sound is not None else None,
            ), None
    except MissingExtra:
        raise
    except Exception as error:  # decoders of hostile bytes raise nearly anything
        return None, fault_in_words(source, error)
