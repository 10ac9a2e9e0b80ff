"""Registrable domains: the part of a host's name that somebody registered, by the public suffix list."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit


@lru_cache(maxsize=100_000)
def registrable_domain(url: str) -> str:
    """The registrable domain of an address or a host, in lower case; the host itself where it has none.

    The list is the one that comes with the library ``tld``; nothing is fetched. Where that is not
    installed, an address counts for its last two labels.
    """
    host = _host(url)
    if not host or host.replace(".", "").isdigit() or ":" in host:
        return host
    try:
        from tld import get_fld
    except ImportError:
        return ".".join(host.split(".")[-2:])
    found: str | None = get_fld(f"http://{host}/", fail_silently=True)
    return found or host


def _host(url: str) -> str:
    try:
        name = urlsplit(url if "://" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""
    return name.rstrip(".").lower()
