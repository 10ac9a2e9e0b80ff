"""Which frames a film holds and in what order they are coded, read from its packets without decoding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingather.media.video_container import Source, open_container, picture_stream
from ingather.media.video_scan import scan_film

_CLOSE = 1e-4
"""Seconds by which a stretch may begin behind a frame that still belongs to it: rounding."""


@dataclass(frozen=True, eq=False)
class Frames:
    """The n frames of a film in the order in which they are shown.

    Attributes:
        times: (n,) float64 seconds by the film's clock, as stored.
        end: seconds at which the last one ends.
        keys: (n,) whether the frame stands alone in the coding (a key frame).
        order: (n,) the place of each among the packets.
    """

    times: NDArray[np.float64]
    end: float
    keys: NDArray[np.bool_]
    order: NDArray[np.int64]

    def __len__(self) -> int:
        """How many."""
        return len(self.times)

    @property
    def start(self) -> float:
        """Seconds at which the first one is shown; 0 where there is none."""
        return float(self.times[0]) if len(self) else 0.0

    def at(self, seconds: float) -> int:
        """The first frame that is shown at that time or later, n where there is none."""
        if seconds >= self.end - _CLOSE:
            return len(self)
        return int(np.searchsorted(self.times, seconds - _CLOSE))

    def time(self, place: int) -> float:
        """When a frame is shown; n is the film's end."""
        return float(self.times[place]) if place < len(self) else self.end

    def is_whole(self, first: int, past: int) -> bool:
        """Whether frames ``first`` to ``past``, the latter not included, can be decoded by themselves.

        So it is where the first is a key frame and no packet among theirs belongs to others.
        """
        if not self.keys[first] or self.order[first] < 0:
            return False
        inside = self.order[first:past]
        return bool(
            inside.min() == self.order[first]
            and (past >= len(self) or inside.max() < self.order[past:].min())
        )


def frames_of(source: Source) -> Frames:
    """The frames of a film; those of one whose packets carry no times are decoded to know them.

    Raises:
        MissingExtra: PyAV is not installed.
        Exception: whatever FFmpeg raises on bytes that are no film.
    """
    with open_container(source) as container:
        picture = picture_stream(container)
        if picture is None or picture.time_base is None:
            return _decoded(source)
        clock = float(picture.time_base)
        rows: list[tuple[int, bool, int]] = []
        for packet in container.demux(picture):
            if packet.size and not packet.is_discard:
                if packet.pts is None:
                    return _decoded(source)
                rows.append((packet.pts, packet.is_keyframe, packet.duration or 0))
    if not rows:
        return Frames(np.zeros(0), 0.0, np.zeros(0, np.bool_), np.zeros(0, np.int64))
    stamps = np.array([row[0] for row in rows], np.int64)
    order = np.argsort(stamps, kind="stable")
    times = (stamps[order] * clock).astype(np.float64)
    told, usual = rows[int(order[-1])][2] * clock, _step(times)
    step = told if told > usual / 4 else usual  # some writers end with a frame of no length
    return Frames(times, float(times[-1]) + step, np.array([row[1] for row in rows])[order], order)


def _decoded(source: Source) -> Frames:
    """Order -1: nothing is known of their packets, so they are never copied."""
    scan = scan_film(source)
    times = np.sort(scan.times)
    end = float(times[-1]) + _step(times) if len(times) else 0.0
    return Frames(times, end, scan.keys, np.full(len(times), -1, np.int64))


def _step(times: NDArray[np.float64]) -> float:
    return float(np.median(np.diff(times))) if len(times) > 1 else 0.04
