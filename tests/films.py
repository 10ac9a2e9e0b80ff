"""Real films taken apart and made anew, so that tests can plant faults in them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

CLOCK = Fraction(1, 90_000)


@dataclass(frozen=True)
class Take:
    """Frames of a film and how they are shown.

    Attributes:
        frames: uint8 RGB, (n, rows, columns, 3).
        rate: frames a second.
        times: seconds of each, None for an even beat.
        sound: (m,) float32, None for a mute film.
        sound_rate: of the sound, in Hz.
        sound_start: seconds at which it begins.
    """

    frames: NDArray[np.uint8]
    rate: float
    times: Sequence[float] | None = None
    sound: NDArray[np.float32] | None = None
    sound_rate: int = 16_000
    sound_start: float = 0.0

    def having(self, frames: NDArray[np.uint8]) -> Take:
        """The same with other frames."""
        return replace(self, frames=np.ascontiguousarray(frames))


def paths(data: Path) -> list[Path]:
    """The real films."""
    found = (data / "sample-videos").rglob("*")
    return sorted(path for path in found if path.suffix in (".mp4", ".mkv", ".gif"))


def take(path: Path, width: int = 320, first: float = 0.0, seconds: float = 3.0) -> Take:
    """Some seconds of a real film, scaled to a width."""
    frames: list[NDArray[np.uint8]] = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        rate = float(stream.average_rate)
        height = round(width * stream.height / stream.width / 2) * 2
        for frame in container.decode(stream):
            if frame.time >= first + seconds:
                break
            if frame.time >= first:
                frames.append(frame.reformat(width, height, "rgb24").to_ndarray())
    return Take(np.stack(frames), rate)


def make(
    film: Take, *, crf: int = 23, container: str = "mp4", codec: str = "libx264", keys: int = 50
) -> bytes:
    """The film's bytes, encoded."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream("libx264", rate=Fraction(film.rate).limit_denominator(1000))
        stream.height, stream.width = film.frames.shape[1:3]
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = CLOCK
        stream.options = {"crf": str(crf), "preset": "superfast", "g": str(keys)}
        if film.sound is not None:
            voice = out.add_stream("aac", rate=film.sound_rate, layout="mono")
        for number, pixels in enumerate(film.frames):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            time = film.times[number] if film.times is not None else number / film.rate
            frame.pts, frame.time_base = round(time / CLOCK), CLOCK
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if film.sound is not None:
            for start in range(0, len(film.sound), 1024):
                piece = av.AudioFrame.from_ndarray(film.sound[None, start : start + 1024], "fltp", "mono")
                piece.sample_rate = film.sound_rate
                piece.pts = start + round(film.sound_start * film.sound_rate)
                piece.time_base = Fraction(1, film.sound_rate)
                out.mux(voice.encode(piece))
            out.mux(voice.encode(None))
    return file.getvalue()


def speech(data: Path, seconds: float, rate: int = 16_000) -> NDArray[np.float32]:
    """Real words, one after another, of that duration."""
    import soxr

    spoken = []
    length = 0
    for path in sorted((data / "fsdd").rglob("*.wav")):
        samples, own = soundfile.read(path, dtype="float32")
        spoken.append(soxr.resample(samples, own, rate))
        length += len(spoken[-1])
        if length >= seconds * rate:
            break
    return np.concatenate(spoken)[: round(seconds * rate)]
