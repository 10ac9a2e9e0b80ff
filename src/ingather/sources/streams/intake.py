"""From a spool to samples: read, cut, choose, bring, and forget only what is stored."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ingather.sample import Item, Loss
from ingather.sources.contract import CHECKPOINT
from ingather.sources.segments import Cutter, Segment
from ingather.sources.streams.choosing import Choice, Chooser
from ingather.sources.streams.limits import Limits, amounts_of
from ingather.sources.streams.payloads import Malformed, Shape, understand
from ingather.sources.streams.spool import Message, Spool

COMMIT = 5.0
"""Seconds after which what was brought is stored at the latest."""
_MANY = 50_000
_REST = 0.05


@dataclass
class Intake:
    """One reading of a spool.

    Attributes:
        spool: what came.
        shape: how messages are read.
        cutter: makes segments of them.
        chooser: decides which become samples.
        limits: where it ends.
        attributes: of a segment, for the chooser.
        make: the item of a segment with its chance.
        address: of the stream, for losses.
    """

    spool: Spool
    shape: Shape
    cutter: Cutter
    chooser: Chooser
    limits: Limits
    attributes: Callable[[Segment], dict[str, str]]
    make: Callable[[Segment, float], Item]
    address: str
    _done: list[int] = field(default_factory=list)
    _amounts: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    _wrong: Counter[tuple[str, str]] = field(default_factory=Counter)

    def items(
        self, stop: threading.Event, check: Callable[[], list[str]], quiet: float | None, most: float | None
    ) -> Iterator[Item | Loss]:
        """Samples and losses until it is stopped, a limit is reached, or nothing comes any more.

        Args:
            stop: ends it; what came by then is brought.
            check: asked again and again: what was lost on the way; raises where the receiver failed.
            quiet: seconds of silence that end it; None for none.
            most: seconds after which it ends; None for none.
        """
        begun = heard = stored = time.monotonic()
        last, reached = 0, None
        while reached is None:
            for told in check():
                yield Loss(self.address, told)
            came = self.spool.after(last)
            for message in came:
                last = message.number
                yield from self._decided(self._segments(message))
                if reached := self.limits.reached():
                    break
            now = time.monotonic()
            if came:
                heard = now
            else:
                yield from self._decided(self.cutter.idle(time.time_ns()))
                reached = reached or self.limits.reached()
            if now - stored >= COMMIT or len(self._done) >= _MANY:
                yield from self._commit()
                stored = time.monotonic()
            ended = stop.is_set() or (quiet is not None and now - heard >= quiet)
            if (ended and not came) or (most is not None and now - begun >= most):
                break
            if not came:
                stop.wait(_REST)
                if stop.is_set():
                    time.sleep(_REST)
        if reached is None:
            yield from self._decided(self.cutter.rest())
            yield from self._chosen(self.chooser.rest())
        yield from self._commit()
        if reached:
            yield Loss(self.address, f"{reached}; what comes now stays with the broker", 0)

    def _segments(self, message: Message) -> Iterator[Segment]:
        try:
            reading = understand(message, self.shape)
        except Malformed as wrong:
            self._wrong[message.topic, str(wrong)] += 1
            self._amounts["malformed"] += 1
            self._done.append(message.number)
            return
        yield from self.cutter.add(reading)

    def _decided(self, segments: Iterator[Segment]) -> Iterator[Item]:
        for segment in segments:
            yield from self._chosen(self.chooser.add(segment, self.attributes(segment)))

    def _chosen(self, choices: Iterator[Choice]) -> Iterator[Item]:
        for choice in choices:
            segment = choice.segment
            if choice.chance is not None and self.limits.reached():
                continue  # it stays in the spool
            if choice.chance is not None:
                self.limits.spend(segment)
                for what, amount in amounts_of(segment).items():
                    self._amounts[what] += amount
                yield self.make(segment, choice.chance)
            self._amounts["seen"] += 1
            self._amounts["messages"] += len(segment.readings)
            if choice.met is not None:
                self._amounts[f"met {choice.met[0]}"] += choice.met[1]
            self._done += [reading.message.number for reading in segment.readings]

    def _commit(self) -> Iterator[Loss]:
        for (topic, why), count in self._wrong.items():
            yield Loss(f"{self.address} {topic}", f"a message {why}", count)
        yield CHECKPOINT
        self.spool.settle(self._done, self._amounts)
        self._done, self._amounts, self._wrong = [], defaultdict(float), Counter()
