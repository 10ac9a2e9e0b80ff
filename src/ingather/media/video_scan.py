"""One pass over a film: every frame decoded once, and only small numbers and small pictures kept of it.

A minute of film leaves some 600 kB, however large its frames are, so that an hour fits the memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ingather.errors import MissingExtra
from ingather.media.video_container import Source, fault_in_words, open_container, picture_stream
from ingather.media.video_luma import STILL_SIDE, Sampler, blur_of
from ingather.media.video_sound import Envelope, Sound

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame

STILLS_A_SECOND = 8
BLURS_A_SECOND = 1
_BLOCK = 48
"""Frames whose small pictures are reckoned with at once: enough to make numpy's calls cheap."""


@dataclass(frozen=True, eq=False)
class Scan:
    """What is kept of a film with n frames.

    Attributes:
        times: (n,) float64 seconds at which frames are shown, by the film's clock, as stored.
        keys: (n,) whether the frame stands alone in the coding (a key frame).
        light: (n,) float32 mean luma, 0 to 1.
        dark: (n,) float32 share of pixels with luma below .1.
        blown: (n,) float32 share of pixels with luma above .98.
        change: (n,) float32 mean absolute change of luma since the frame before, 0 to 1; the first is NaN.
        still_times: (m,) float64 seconds, about eight a second.
        stills: (m, 32, 32) uint8 luma of those frames, whatever the picture's shape.
        blur_times: (k,) float64 seconds, one a second.
        blurs: (k,) float32 0 sharp to 1 even, NaN where the frame shows nothing.
        damaged: packets and frames that could not be decoded as they were meant.
        fault: why decoding ended before the film did, in words, or None.
        rotation: degrees counter-clockwise by which players turn it.
        sound: envelope of the first sound track, None where there is none.
    """

    times: NDArray[np.float64]
    keys: NDArray[np.bool_]
    light: NDArray[np.float32]
    dark: NDArray[np.float32]
    blown: NDArray[np.float32]
    change: NDArray[np.float32]
    still_times: NDArray[np.float64]
    stills: NDArray[np.uint8]
    blur_times: NDArray[np.float64]
    blurs: NDArray[np.float32]
    damaged: int
    fault: str | None
    rotation: int
    sound: Sound | None

    @property
    def step(self) -> float:
        """Seconds from frame to frame: the mean of the steps near the median; NaN with fewer than two frames.

        Containers that round times to milliseconds would make 30 frames a second 30.3 by the median alone.
        """
        if len(self.times) < 2:
            return float("nan")
        steps = np.diff(self.times)
        middle = np.median(steps)
        return float(steps[np.abs(steps - middle) <= abs(middle) / 4].mean())

    @property
    def seconds(self) -> float:
        """Seconds from the first frame's start to the last one's end."""
        if not len(self.times):
            return 0.0
        last = self.step if len(self.times) > 1 else 0.0
        return float(self.times.max() - self.times.min()) + max(last, 0.0)


def scan_film(source: Source) -> Scan:
    """Decodes a film to its end and keeps what operators share.

    Damage does not stop it: what can be decoded is. ``fault`` and ``damaged`` tell what could not.

    Raises:
        MissingExtra: PyAV is not installed.
    """
    gathering = _Gathering()
    try:
        with open_container(source) as container:
            gathering.read(container)
    except MissingExtra:
        raise
    except Exception as error:  # decoders of hostile bytes raise nearly anything
        gathering.fault = fault_in_words(source, error)
    return gathering.scan()


class _Gathering:
    """Takes in frames as they come."""

    def __init__(self) -> None:
        self.fault: str | None = None
        self.damaged = 0
        self.rotation = 0
        self.rate = 0.0
        self.times: list[float] = []
        self.keys: list[bool] = []
        self.still_times: list[float] = []
        self.blur_times: list[float] = []
        self.blurs: list[float] = []
        self.sampler = Sampler()
        self.envelope: Envelope | None = None
        self.rows: list[NDArray[np.uint8]] = []
        self.still_rows: list[int] = []
        self.previous: NDArray[np.uint8] | None = None
        self.columns: list[NDArray[np.float32]] = []
        self.stills: list[NDArray[np.uint8]] = []
        self.next_still = self.next_blur = -np.inf

    def read(self, container: InputContainer) -> None:
        picture = picture_stream(container)
        if picture is None:
            return
        picture.codec_context.thread_count = 1  # operators run in as many processes as there are cores
        rate = picture.average_rate or picture.guessed_rate
        self.rate = float(rate) if rate else 25.0
        streams: list[Any] = [picture]
        if container.streams.audio and container.streams.audio[0].codec_context is not None:
            streams.append(container.streams.audio[0])
            self.envelope = Envelope()
        for packet in container.demux(streams):
            self.damaged += packet.is_corrupt
            for frame in self._decoded(packet):
                if packet.stream is picture:
                    self._take(frame)
                elif self.envelope is not None:
                    self.envelope.take(frame)
        self._reckon()

    def _decoded(self, packet: Packet[Any]) -> Iterator[Any]:
        import av

        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            self.damaged += 1

    def _take(self, frame: VideoFrame) -> None:
        self.damaged += frame.is_corrupt
        time = frame.time
        if time is None:
            time = self.times[-1] + 1 / self.rate if self.times else 0.0
        if not self.times:
            self.rotation = int(frame.rotation)
        self.times.append(time)
        self.keys.append(bool(frame.key_frame))
        luma = self.sampler.plane(frame)
        if self.sampler.changed:
            self._reckon()
            self.previous = None
        if time >= self.next_still:
            self.next_still = max(self.next_still, time) + 1 / STILLS_A_SECOND
            self.still_times.append(time)
            self.still_rows.append(len(self.rows))
        if time >= self.next_blur:
            self.next_blur = max(self.next_blur, time) + 1 / BLURS_A_SECOND
            self.blur_times.append(time)
            self.blurs.append(blur_of(luma))
        self.rows.append(self.sampler.sample(luma))
        if len(self.rows) == _BLOCK:
            self._reckon()

    def _reckon(self) -> None:
        """Turns the small pictures that wait into numbers."""
        if not self.rows:
            return
        block = np.stack(self.rows)
        before = np.concatenate([block[:1] if self.previous is None else self.previous[None], block[:-1]])
        numbers = self.sampler.numbers(block, before)
        if self.previous is None:
            numbers[0, -1] = np.nan
        self.columns.append(numbers)
        if self.still_rows:
            self.stills.append(self.sampler.shrink(block[self.still_rows]))
        self.previous = block[-1]
        self.rows, self.still_rows = [], []

    def scan(self) -> Scan:
        self._reckon()
        numbers = np.concatenate(self.columns) if self.columns else np.zeros((0, 4), np.float32)
        stills = (
            np.concatenate(self.stills) if self.stills else np.zeros((0, STILL_SIDE, STILL_SIDE), np.uint8)
        )
        return Scan(
            times=np.array(self.times, np.float64),
            keys=np.array(self.keys, np.bool_),
            light=numbers[:, 0],
            dark=numbers[:, 1],
            blown=numbers[:, 2],
            change=numbers[:, 3],
            still_times=np.array(self.still_times, np.float64),
            stills=stills,
            blur_times=np.array(self.blur_times, np.float64),
            blurs=np.array(self.blurs, np.float32),
            damaged=self.damaged,
            fault=self.fault,
            rotation=self.rotation,
            sound=self.envelope.sound() if self.envelope is not None else None,
        )
