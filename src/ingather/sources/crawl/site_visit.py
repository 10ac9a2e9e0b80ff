"""Reads what a site allows before it is asked for anything else: robots.txt, and the files about training."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from ingather.sources.crawl.address import join, origin_of
from ingather.sources.crawl.exchange import Answer
from ingather.sources.crawl.networks import Unreachable
from ingather.sources.signals.robots import parse_robots
from ingather.sources.signals.site import ROBOTS, SITE_FILES

MOST_ROBOTS = 512_000
"""Bytes of robots.txt that are read (RFC 9309, 2.5: at least 500 kibibytes)."""
MOST_LICENCES = 3
"""How many licences for machines are read of one site."""
HOPS = 5
"""Redirects that are followed (RFC 9309, 2.3.1.2)."""

Ask = Callable[[str, int], Awaitable[Answer]]


@dataclass
class SiteFiles:
    """What was answered.

    Attributes:
        robots: status of robots.txt after redirects; 0 where the server could not be reached.
        files: bodies by path, unpacked, of what was answered with success.
        reason: why nothing of the site may be asked now, or "".
    """

    robots: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    reason: str = ""


async def read_site_files(
    origin: str,
    ask: Ask,
    unpack: Callable[[Answer], bytes],
    heard: Callable[[bytes], None],
    *,
    every: bool,
) -> SiteFiles:
    """Asks for a site's files.

    Where robots.txt is not there (4xx), everything may be asked; where the server fails (5xx) or cannot be
    reached, nothing (RFC 9309, 2.3.1.3 and 2.3.1.4).

    Args:
        origin: scheme, host and port.
        ask: asks for an address, politely, cutting the body at so many bytes.
        unpack: the body of an answer without its codings.
        heard: given robots.txt before anything else is asked, for its delay.
        every: whether the files beside robots.txt are read as well.
    """
    read = SiteFiles()
    try:
        answer = await _followed(origin + ROBOTS, ask, MOST_ROBOTS)
    except Unreachable as wrong:
        read.reason = f"robots.txt: {wrong}"
        return read
    read.robots = answer.status
    if answer.status >= 500 or answer.status == 429:
        read.reason = f"robots.txt was answered with status {answer.status}"
        return read
    if answer.status == 200:
        read.files[ROBOTS] = unpack(answer)[:MOST_ROBOTS]
        heard(read.files[ROBOTS])
    for path in SITE_FILES:
        if path == ROBOTS or not every:
            continue
        try:
            answer = await _followed(origin + path, ask, MOST_ROBOTS)
        except Unreachable:
            continue
        if answer.status == 200 and not answer.truncated:
            read.files[path] = unpack(answer)
    if every and ROBOTS in read.files:
        await _read_licences(origin, read, ask, unpack)
    return read


async def _read_licences(origin: str, read: SiteFiles, ask: Ask, unpack: Callable[[Answer], bytes]) -> None:
    """Licences for machines (RSL) that robots.txt names, of the site itself, the first few."""
    for named in parse_robots(read.files[ROBOTS]).licences[:MOST_LICENCES]:
        address = join(origin + ROBOTS, named)
        if address is None or origin_of(address) != origin:
            continue
        try:
            answer = await _followed(address, ask, MOST_ROBOTS)
        except Unreachable:
            continue
        if answer.status == 200 and not answer.truncated:
            read.files[address] = unpack(answer)


async def _followed(url: str, ask: Ask, most: int) -> Answer:
    for _ in range(HOPS + 1):
        answer = await ask(url, most)
        if answer.status not in (301, 302, 303, 307, 308):
            return answer
        target = join(url, answer.header("location"))
        if target is None:
            break
        url = target
    # RFC 9309: after five redirects it is taken as not available
    return Answer(404, (), b"", b"", b"")
