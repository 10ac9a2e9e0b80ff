"""How politely one site is asked: its delay, its patience, what waits for it."""

from __future__ import annotations

import email.utils
import time
from collections import deque
from dataclasses import dataclass, field

from ingather.sources.crawl.journal import PageRow
from ingather.sources.signals.robots import RobotsDecision
from ingather.sources.signals.site import Site

QUEUE = 500
"""Addresses of a site that are held in memory; the others wait in the journal."""
SLOWEST = 120.0
"""Seconds that a delay grows to by itself, where a site falters."""
MARGIN = 0.02
"""Seconds on top of each delay: a server may note a request a little later than it answers."""
_FAILURES = 8


@dataclass
class Host:
    """One site: scheme, host and port.

    Attributes:
        origin: its name.
        number: its number in the journal.
        pause: seconds between the end of an answer and the next request that the plan asks for.
        queue: what is asked next.
        more: whether the journal holds addresses that are not in the queue.
        active: the address that is being asked.
        site: what its files say, None until they were read.
        refused: why nothing of it may be asked in this run, or "".
        free_at: when it may be asked again, on the clock of the event loop.
        failures: how often in a row it did not answer.
    """

    origin: str
    number: int
    pause: float
    queue: deque[PageRow] = field(default_factory=deque)
    more: bool = False
    active: PageRow | None = None
    site: Site | None = None
    refused: str = ""
    free_at: float = 0.0
    failures: int = 0
    running: bool = False
    _asked: float | None = None
    _slowed: float = 0.0

    def decide(self, agent: str, url: str) -> RobotsDecision | None:
        """What robots.txt says of an address; None where there is none."""
        robots = self.site.robots if self.site else None
        return robots.decide(agent, url) if robots else None

    def learn_delay(self, agent: str) -> None:
        """Takes over what robots.txt asks for between two requests."""
        said = self.decide(agent, self.origin + "/")
        self._asked = said.crawl_delay if said else None

    @property
    def delay(self) -> float:
        """Seconds between the end of an answer and the next request: never less than the site asks for."""
        asked = max(self.pause, self._asked or 0.0, self._slowed)
        return asked + MARGIN if asked else 0.0

    def answered(self, now: float, status: int, seconds: float, retry_after: str) -> float:
        """Takes note of an answer; returns the seconds that the site wants to be left alone, 0 for none.

        A site that answers slowly is asked slowly: the delay is at least as long as its answers take. One
        that says that it is asked too much, or fails, is given twice the time until it recovers.
        """
        self.failures = 0 if status < 500 and status != 429 else self.failures + 1
        wait = _retry_after(retry_after) if status in (429, 503) else 0.0
        if status == 429 or status >= 500:
            self._slowed = min(SLOWEST, max(2 * self.delay, 1.0))
        elif self.pause:
            self._slowed = min(SLOWEST, max(seconds, self._slowed / 2))
        else:
            self._slowed = 0.0
        self.free_at = now + max(self.delay, wait)
        return wait

    def failed(self, now: float) -> None:
        """Takes note that it did not answer."""
        self.failures += 1
        self._slowed = min(SLOWEST, max(2 * self.delay, 0.5))
        self.free_at = now + self.delay

    @property
    def given_up(self) -> bool:
        """Whether it failed so often in a row that it is left alone in this run."""
        return self.failures >= _FAILURES


def _retry_after(said: str) -> float:
    """Seconds of a Retry-After header: a number, or a date."""
    said = said.strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(said).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 0.0
