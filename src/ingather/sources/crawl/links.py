"""Where a page leads: its links, and the pictures in it where pictures are collected."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from ingather.sources.crawl.address import canonical, join
from ingather.sources.extract.document import Document

_MOST_LINKS = 5_000
_MOST_UNPACKED = 50_000_000


def links_of(document: Document, url: str, *, pictures: bool = False) -> Iterator[str]:
    """Addresses in one form that a page leads to, each once, at most 5,000.

    A link that says ``nofollow``, and all links of a page that says so, lead nowhere.

    Args:
        document: the page.
        url: its address.
        pictures: whether pictures in it are among them.
    """
    tree = document.tree
    for meta in tree.css("meta[name][content]"):
        name = (meta.attributes.get("name") or "").strip().lower()
        if name == "robots" and "nofollow" in (meta.attributes.get("content") or "").lower():
            return
    first = tree.css_first("base[href]")
    base = join(url, (first.attributes.get("href") if first else None) or "") or url
    asked = "a[href], area[href]" + (", img[src]" if pictures else "")
    found: set[str] = set()
    for node in tree.css(asked):
        told = node.attributes
        if "nofollow" in (told.get("rel") or "").lower().split():
            continue
        link = (told.get("src") if node.tag == "img" else told.get("href")) or ""
        if not link or link in found:
            continue
        found.add(link)
        address = join(base, link)
        if address is not None and address not in found:
            found.add(address)
            yield address
        if len(found) > 2 * _MOST_LINKS:
            return


def sitemap_links(body: bytes, url: str) -> Iterator[tuple[str, bool]]:
    """Addresses that a sitemap names, and for each whether it is a sitemap itself.

    Read are sitemaps and their indexes (XML, sitemaps.org 0.9, with the pictures and films that they name),
    packed by gzip or not, and lists with an address a line. What is damaged is read as far as it goes.
    """
    if body[:2] == b"\x1f\x8b":
        engine = zlib.decompressobj(31)
        try:
            body = engine.decompress(body, _MOST_UNPACKED)
        except zlib.error:
            return
    if b"<" not in body[:1_000]:
        for line in body.decode("utf-8", "replace").split("\n"):
            address = canonical(line)
            if address is not None:
                yield address, False
        return
    from lxml import etree

    parser = etree.XMLPullParser(("start", "end"), resolve_entities=False, no_network=True, recover=True)
    inside: list[str] = []
    try:
        parser.feed(body)
    except etree.XMLSyntaxError:
        return
    for event, node in parser.read_events():
        name = etree.QName(node).localname if isinstance(node.tag, str) else ""
        if event == "start":
            inside.append(name)
            continue
        inside.pop()
        if name == "loc" or (name in ("content_loc", "player_loc") and "video" in inside):
            address = join(url, (node.text or "").strip())
            if address is not None:
                yield address, "sitemap" in inside
        node.clear()
