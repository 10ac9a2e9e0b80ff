"""Addresses in one form, so that the same page is asked for once."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from ingather.errors import MissingExtra

LONGEST = 2_000
"""Characters of an address above which it is a trap rather than a page."""
_TRACKING = re.compile(
    r"^(utm_\w+|gclid|gclsrc|dclid|fbclid|msclkid|yclid|twclid|ttclid|igshid|mc_cid|mc_eid|_ga|_gl|wickedid|oly_\w+id"
    r"|vero_id|_hsenc|_hsmi|mkt_tok|phpsessid|jsessionid|sessionid|sid)$",
    re.IGNORECASE,
)
"""Arguments that tell who came from where, and not which page."""
_REPEATED = re.compile(r"(/[^/]+)\1{3,}")
"""A folder inside itself, four times and more: what broken relative links make."""


def join(base: str, link: str) -> str | None:
    """The address that a link of a page leads to, in one form; None where it is none of the web.

    Raises:
        MissingExtra: the library that reads addresses is not installed.
    """
    mark = link.find("#")
    if mark >= 0:
        link = link[:mark]
    try:
        url = _join()(base, link.strip())
    except ValueError:
        return None
    if not url.startswith(("http://", "https://")) or len(url) > LONGEST or "@" in url[: url.find("/", 8)]:
        return None
    if "?" in url:
        url = _without_tracking(url)
    return None if _REPEATED.search(url) else url


@cache
def _join() -> Callable[[str, str], str]:
    try:
        from ada_url import join_url
    except ImportError as error:
        raise MissingExtra("web", "Reading addresses of the web") from error
    joined: Callable[[str, str], str] = join_url
    return joined


def canonical(url: str) -> str | None:
    """An address in one form: normal spelling of host and path, no fragment, no arguments that only track."""
    return join(url.strip(), "") if "://" in url else None


def origin_of(url: str) -> str:
    """Scheme, host and port of an address in one form, such as ``https://example.org``."""
    end = url.find("/", 8)
    return url if end < 0 else url[:end]


def host_of(url: str) -> str:
    """The host's name of an address in one form, without port."""
    name = origin_of(url).partition("://")[2]
    if name.startswith("["):
        return name[1 : name.find("]")]
    return name.partition(":")[0]


def _without_tracking(url: str) -> str:
    path, _, query = url.partition("?")
    kept = [one for one in query.split("&") if one and not _TRACKING.match(one.partition("=")[0])]
    return f"{path}?{'&'.join(kept)}" if kept else path


@dataclass(frozen=True)
class Scope:
    """Which addresses belong to a crawl.

    Attributes:
        hosts: names of hosts; one that begins with a dot stands for all below it as well.
        include: patterns of whole addresses (``*`` stands for anything), one of which must fit; or none.
        exclude: patterns of which none may fit.
        depth: how many links away from a seed.
    """

    hosts: tuple[str, ...]
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    depth: int | None = None

    def has(self, url: str, depth: int) -> bool:
        """Whether an address in one form belongs to it."""
        if self.depth is not None and depth > self.depth:
            return False
        host = host_of(url)
        if host not in self.hosts and not any(
            one[0] == "." and (host.endswith(one) or host == one[1:]) for one in self.hosts
        ):
            return False
        if self.include and not any(fnmatch.fnmatchcase(url, one) for one in self.include):
            return False
        return not any(fnmatch.fnmatchcase(url, one) for one in self.exclude)
