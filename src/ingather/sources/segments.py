"""Streams cut into segments: by time, by number of messages, by size, and where nothing came for a while."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ingather.series import SECOND
from ingather.sources.streams.payloads import Reading

MOST_OPEN = 200_000
"""Messages in segments that are still open, of all sessions; beyond it the longest segment ends."""


@dataclass(frozen=True)
class Cut:
    """Where a segment ends: at whichever comes first.

    Attributes:
        seconds: from its first message.
        messages: the most in it.
        bytes: the most of payload in it.
        gap: seconds of silence.
    """

    seconds: float
    messages: int
    bytes: int
    gap: float


@dataclass
class Segment:
    """Messages of one session that lie together.

    Attributes:
        session: what they share.
        readings: in the order in which they came.
        size: bytes of payload.
    """

    session: str
    readings: list[Reading] = field(default_factory=list)
    size: int = 0

    @property
    def key(self) -> str:
        """Its name: the same messages, cut once more after a crash, have the same one."""
        first = self.readings[0].message
        return f"{self.session}/{first.at}-{first.number}"

    @property
    def seconds(self) -> float:
        """From its earliest to its latest time, at least 0."""
        times = [reading.time for reading in self.readings]
        return (max(times) - min(times)) / SECOND


class Cutter:
    """Cuts by what the messages say, never by when they are read: cut again, they give the same segments."""

    def __init__(self, cut: Cut) -> None:
        self._cut = cut
        self._open: dict[str, Segment] = {}
        self._held = 0

    def add(self, reading: Reading) -> Iterator[Segment]:
        """Takes one message; gives the segment that ended before it or with it."""
        cut, at = self._cut, reading.message.at
        one = self._open.get(reading.session)
        if one is not None and self._ends(one, at):
            yield self._end(reading.session)
            one = None
        if one is None:
            one = self._open[reading.session] = Segment(reading.session)
        one.readings.append(reading)
        one.size += len(reading.message.payload)
        self._held += 1
        if len(one.readings) >= cut.messages or one.size >= cut.bytes:
            yield self._end(reading.session)
        while self._held > MOST_OPEN:
            yield self._end(max(self._open, key=lambda name: len(self._open[name].readings)))

    def idle(self, now: int) -> Iterator[Segment]:
        """Segments that no message can join any more, at a time in nanoseconds."""
        for session in [name for name, one in self._open.items() if self._ends(one, now - SECOND)]:
            yield self._end(session)

    def rest(self) -> Iterator[Segment]:
        """All that are still open, ended here."""
        while self._open:
            yield self._end(next(iter(self._open)))

    def _end(self, session: str) -> Segment:
        one = self._open.pop(session)
        self._held -= len(one.readings)
        return one

    def _ends(self, one: Segment, at: int) -> bool:
        first, last = one.readings[0].message.at, one.readings[-1].message.at
        # a clock that was set back is a gap as well
        return at - first >= self._cut.seconds * SECOND or abs(at - last) >= self._cut.gap * SECOND
