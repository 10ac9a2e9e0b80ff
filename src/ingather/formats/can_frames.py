"""Frames of a CAN bus: gathered from a log, and as a stream of numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ingather.series import Stream

EXTENDED, REMOTE, ERROR, FD = 1, 2, 4, 8
LONGEST = 64
"""Bytes of the longest frame (CAN FD)."""


@dataclass(slots=True)
class Frames:
    """Frames in the order of the log.

    Attributes:
        times: nanoseconds of each, since the epoch or since the start.
        buses: number of the bus of each, as in ``names``.
        ids: arbitration id of each.
        flags: EXTENDED, REMOTE, ERROR and FD, added.
        data: bytes of each.
        names: what the log calls its buses.
        dated: whether times count from the epoch.
        odd: lines or objects that are no frames, by what is wrong with them, with the first place of each.
        fault: why frames may be missing, in words.
    """

    times: list[int] = field(default_factory=list)
    buses: list[int] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)
    data: list[bytes] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    dated: bool = False
    odd: dict[str, list[int]] = field(default_factory=dict)
    fault: str | None = None

    def __len__(self) -> int:
        return len(self.times)

    def add(self, time: int, bus: str, id_: int, flags: int, data: bytes) -> None:
        """Adds a frame."""
        self.times.append(time)
        self.buses.append(self.names.setdefault(bus, len(self.names)))
        self.ids.append(id_)
        self.flags.append(flags)
        self.data.append(data[:LONGEST])

    def refuse(self, reason: str, place: int) -> None:
        """Counts what is no frame; ``place`` is its line or number."""
        self.odd.setdefault(reason, []).append(place)

    def octets(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """(n, longest) bytes, 0 behind each frame's end, and (n,) lengths."""
        lengths = np.array([len(one) for one in self.data], np.int64)
        width = int(lengths.max(initial=0))
        joined = b"".join(one.ljust(width, b"\0") for one in self.data)
        return np.frombuffer(joined, np.uint8).reshape(len(self.data), width), lengths


def raw_stream(frames: Frames, name: str) -> Stream:
    """Frames as they are: bus, address, flags, length, and a channel for each byte, NaN behind the end."""
    octets, lengths = frames.octets()
    flags = np.array(frames.flags, np.int64)
    channels = {
        "bus": np.array(frames.buses, np.float64),
        "address": np.array(frames.ids, np.float64),
        "extended": (flags & EXTENDED > 0).astype(np.float64),
        "remote": (flags & REMOTE > 0).astype(np.float64),
        "error": (flags & ERROR > 0).astype(np.float64),
        "length": lengths.astype(np.float64),
    }
    for place in range(octets.shape[1]):
        channels[f"byte_{place}"] = np.where(place < lengths, octets[:, place], np.nan)
    return Stream(np.array(frames.times, np.int64), channels, {}, None, name)
