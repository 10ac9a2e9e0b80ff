"""Where a page leads: its links, and the pictures in it where pictures are collected."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from functools import lru_cache
from html import unescape

from ingather.sources.crawl.address import canonical, join
from ingather.sources.extract.document import Document, parse_document

_MOST_LINKS = 5_000
_MOST_UNPACKED = 50_000_000
_MOST_SEARCHED = 2_000_000
_VALUE = rb"[hH][rR][eE][fF]\s*=\s*(?:\"([^\"]{0,2000})\"|'([^']{0,2000})'|([^\s\"'>]{1,2000}))"
_LINK = re.compile(rb"<[aA](?:[rR][eE][aA])?\s[^>]{0,600}?\b" + _VALUE)
_BASE = re.compile(rb"<base\s[^>]{0,600}?\b" + _VALUE, re.IGNORECASE)
_ROBOTS = re.compile(rb"<meta\s[^>]{0,300}?robots", re.IGNORECASE)
_HIDDEN = re.compile(rb"<(?:!--|(script|style)\b)")
_CLOSING = {name: re.compile(rb"</" + name + rb"\b[^>]{0,100}>") for name in (b"script", b"style")}


def page_links(html: bytes, url: str, content_type: str, *, pictures: bool = False) -> Iterator[str]:
    """Addresses in one form that a page leads to, each once, at most 5,000.

    A page without words about robots is only searched for its links, outside of comments and scripts, in its
    first 2 MB; all others are parsed.

    Args:
        html: the page, unpacked.
        url: its address.
        content_type: what the server says that it is.
        pictures: whether pictures in it are among them.
    """
    lower = html.lower()
    marked = b"nofollow" in lower
    if pictures or (marked and _ROBOTS.search(html)) or b"\x00" in html[:1_000]:
        document = parse_document(html, content_type)
        if isinstance(document, Document):
            yield from links_of(document, url, pictures=pictures)
        return
    html = _without_scripts(html[:_MOST_SEARCHED], lower[:_MOST_SEARCHED])
    if marked:
        html = _without_unfollowed(html)
    first = _BASE.search(html) if b"<base" in lower else None
    base = (join(url, _text(first)) or url) if first else url
    folder = base[: base.rfind("/") + 1]
    found = [double or single or bare for double, single, bare in _LINK.findall(html)[:_MOST_LINKS]]
    for link in dict.fromkeys([one.partition(b"#")[0].strip() for one in found]):
        if not link:
            continue
        address = _joined(base if link[:1] == b"?" else folder, link)
        if address is not None:
            yield address


@lru_cache(maxsize=100_000)
def _joined(base: str, link: bytes) -> str | None:
    """Pages of one folder share most of their links."""
    text = link.decode("utf-8", "replace")
    return join(base, unescape(text) if "&" in text else text)


def _text(found: re.Match[bytes]) -> str:
    return unescape((found[1] or found[2] or found[3] or b"").decode("utf-8", "replace"))


def _without_unfollowed(html: bytes) -> bytes:
    """The same without tags that say ``nofollow``."""
    lower = html.lower()
    kept: list[bytes] = []
    place, at = 0, lower.find(b"nofollow")
    while at >= 0:
        begin, end = lower.rfind(b"<", place, at), lower.find(b">", at)
        if begin >= 0 and end >= 0:
            kept.append(html[place:begin])
            place = end
        at = lower.find(b"nofollow", max(end, at + 8))
    kept.append(html[place:])
    return b"".join(kept)


def _without_scripts(html: bytes, lower: bytes) -> bytes:
    """What is left without comments, scripts and styles; one that is not closed reaches to the end."""
    kept: list[bytes] = []
    place = 0
    for found in _HIDDEN.finditer(lower):
        if found.start() < place:
            continue
        kept.append(html[place : found.start()])
        if found[1] is None:
            end = html.find(b"-->", found.end())
            place = end + 3 if end >= 0 else len(html)
        else:
            closing = _CLOSING[found[1]].search(lower, found.end())
            place = closing.end() if closing else len(html)
        if place >= len(html):
            break
    if not kept:
        return html
    kept.append(html[place:])
    return b"".join(kept)


def links_of(document: Document, url: str, *, pictures: bool = False) -> Iterator[str]:
    """Addresses in one form that a parsed page leads to, each once, at most 5,000.

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
