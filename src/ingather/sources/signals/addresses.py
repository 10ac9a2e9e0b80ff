"""Addresses as pages write them: joined to the page's own, whatever is wrong with them."""

from __future__ import annotations

from urllib.parse import urljoin


def joined(base: str, link: str) -> str:
    """The address that a link leads to; the link as it stands where it is none."""
    try:
        return urljoin(base, link)
    except ValueError:
        return link
