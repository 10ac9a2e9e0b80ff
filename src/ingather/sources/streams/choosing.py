"""Which segments of a stream become samples: all, every n-th, some by lot, events, by gap."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ingather.plan.quotas import Gap
from ingather.series import SECOND
from ingather.sources.segments import Segment

Take = Literal["all", "every", "reservoir", "event", "gap"]
Range = tuple[float | None, float | None]


@dataclass(frozen=True)
class Policy:
    """What is taken.

    Attributes:
        take: the way.
        every: of so many segments of a session the first, for ``every``.
        most: the most of one window, for ``reservoir``.
        window: seconds of a window.
        usual: lowest and highest usual value by channel, for ``event``.
        seed: of the lots.
    """

    take: Take = "all"
    every: int = 10
    most: int = 10
    window: float = 3_600
    usual: Mapping[str, Range] = field(default_factory=dict)
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """A segment that was decided on.

    Attributes:
        segment: the segment.
        chance: of being taken; None where it is not.
        met: what this adds to the counts of those to come: a name and an amount.
    """

    segment: Segment
    chance: float | None
    met: tuple[str, int] | None = None


class Chooser:
    """Decides on segments in their order; the same segments give the same choices, also after a crash.

    A reservoir keeps those with the smallest hashes (bottom-k sampling), so that it needs no state but the
    segments that it holds; ``counts`` is what was met before by session or window.
    """

    def __init__(self, policy: Policy, gaps: tuple[Gap, ...], unit: str, counts: Mapping[str, float]) -> None:
        self._policy = policy
        self._gaps = gaps
        self._missing = [gap.missing for gap in gaps]
        self._unit = unit
        self._met: Counter[str] = Counter({name: round(amount) for name, amount in counts.items()})
        self._held: list[tuple[str, Segment]] = []
        self._window = 0

    def add(self, segment: Segment, attributes: Mapping[str, str]) -> Iterator[Choice]:
        """Takes one segment; gives what is decided by now."""
        policy = self._policy
        if policy.take == "reservoir":
            yield from self._hold(segment)
        elif policy.take == "every":
            self._met[segment.session] += 1
            taken = (self._met[segment.session] - 1) % policy.every == 0
            yield Choice(segment, 1 / policy.every if taken else None, (segment.session, 1))
        elif policy.take == "event":
            yield Choice(segment, 1.0 if self._is_unusual(segment) else None)
        elif policy.take == "gap":
            yield Choice(segment, 1.0 if self._fills(segment, attributes) else None)
        else:
            yield Choice(segment, 1.0)

    def rest(self) -> Iterator[Choice]:
        """What a reservoir holds: its window ends here."""
        name = str(self._window)
        left = self._met.pop(name, 0)
        for place, (_, segment) in enumerate(self._held):
            chance = len(self._held) / (len(self._held) + left)
            yield Choice(segment, chance, None if place else (name, -left))
        self._held = []

    def _window_of(self, segment: Segment) -> int:
        return segment.readings[0].message.at // round(self._policy.window * SECOND)

    def _hold(self, segment: Segment) -> Iterator[Choice]:
        window = self._window_of(segment)
        if window != self._window:
            yield from self.rest()
            self._window = window
        lot = hashlib.sha256(f"{self._policy.seed}/{segment.key}".encode()).hexdigest()
        self._held.append((lot, segment))
        if len(self._held) > self._policy.most:
            last = max(self._held, key=lambda one: one[0])
            self._held.remove(last)
            self._met[str(window)] += 1
            yield Choice(last[1], None, (str(window), 1))

    def _is_unusual(self, segment: Segment) -> bool:
        for name, (low, high) in self._policy.usual.items():
            for reading in segment.readings:
                value = reading.values.get(name)
                if value is None:
                    continue
                if (low is not None and value < low) or (high is not None and value > high):
                    return True
        return False

    def _fills(self, segment: Segment, attributes: Mapping[str, str]) -> bool:
        amount = segment.seconds / 3_600 if self._unit == "hours" else 1.0
        wanted = [
            place
            for place, gap in enumerate(self._gaps)
            if self._missing[place] > 0
            and all(attributes.get(name) == value for name, value in gap.by.items())
        ]
        for place in wanted:
            self._missing[place] -= amount
        return bool(wanted)
