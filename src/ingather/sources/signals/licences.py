"""Where a page states the licence of itself or of what is on it: links, headers, embedded data.

A bare link to a licence is no statement: a footer that links to Creative Commons may speak of anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ingather.plan.licences import spdx_of
from ingather.sources.signals.addresses import joined
from ingather.sources.signals.embedded import linked_data, types_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_MACHINE = "application/rsl+xml"
_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[^;,\"]+(?:\"[^\"]*\")?)*)")
_PARAMETER = re.compile(r";\s*([a-z]+)\*?\s*=\s*(?:\"([^\"]*)\"|([^;,\s]*))", re.I)
_DUBLIN = frozenset({"dc.rights", "dcterms.rights", "dcterms.license", "dc.rights.license", "dc.license"})
_RDFA = frozenset({"license", "cc:license", "dct:license", "dcterms:license", "dc:license", "schema:license",
                   "xhv:license", "dc:rights", "dct:rights"})  # fmt: skip
_PICTURES = frozenset({"ImageObject", "Photograph", "MediaObject", "VideoObject", "AudioObject"})
_PAGES = frozenset({"Article", "NewsArticle", "BlogPosting", "WebPage", "TechArticle", "ScholarlyArticle",
                    "Dataset", "CreativeWork", "Recipe", "QAPage", "DiscussionForumPosting", "Report",
                    "HowTo", "Book",
                    "LearningResource", "SocialMediaPosting", "ItemPage", "AboutPage"})  # fmt: skip

Claim = tuple[str, str, str]
"""kind, value as it stands, what it is of (``page`` or an address)"""


def link_headers(values: Iterable[str], base: str) -> Iterator[tuple[str, str, str]]:
    """Relation, address and media type of every link in ``Link`` headers."""
    for value in values:
        for found in _LINK.finditer(value):
            parameters = {
                name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(found[2])
            }
            for relation in parameters.get("rel", "").lower().split():
                yield relation, joined(base, found[1].strip()), parameters.get("type", "").lower()


def stated(tree: LexborHTMLParser, url: str) -> Iterator[Claim]:
    """Every licence that the page's markup states."""
    for node in tree.css('a[rel~="license"], link[rel~="license"], area[rel~="license"]'):
        address = node.attributes.get("href")
        if address and (node.attributes.get("type") or "").lower() != _MACHINE:
            yield "rel-license", joined(url, address), _subject(node, url)
    for node in tree.css("[itemprop=license]"):
        value = _value(node)
        if value:
            yield "microdata", _absolute(value, url), _subject(node, url)
    for node in tree.css("[property]"):
        if _RDFA.intersection((node.attributes.get("property") or "").lower().split()):
            value = _value(node)
            if value:
                yield "rdfa", _absolute(value, url), _subject(node, url)
    for node in tree.css("meta[name][content], link[rel][href]"):
        name = (node.attributes.get("name") or node.attributes.get("rel") or "").lower()
        said = node.attributes.get("content") or node.attributes.get("href")
        if said and name in _DUBLIN:
            yield "dublin-core", said.strip(), "page"
    for item in linked_data(tree):
        yield from _in_linked_data(item, url)


def licence_of(value: str) -> str | None:
    """The SPDX identifier that a stated licence means, None where it is none that is known."""
    return spdx_of(value) if len(value) < 300 else None


def _in_linked_data(item: dict[str, Any], url: str) -> Iterator[Claim]:
    licence = item.get("license")
    if not licence:
        return
    types = types_of(item)
    of = "page"
    if types & _PICTURES or not types & _PAGES:
        address = next(
            (item[name] for name in ("contentUrl", "url", "@id") if isinstance(item.get(name), str)), None
        )
        of = joined(url, address) if address else "a part of the page"
    for one in licence if isinstance(licence, list) else [licence]:
        if isinstance(one, dict):
            one = one.get("url") or one.get("@id") or one.get("name")
        if isinstance(one, str) and one.strip():
            yield "json-ld", _absolute(one.strip(), url), of


def _subject(node: LexborNode, url: str) -> str:
    """What a statement stands in: a figure or a described object of its own, else the page."""
    above: LexborNode | None = node.parent
    for _ in range(40):
        if above is None or above.tag in ("body", "html", "-document"):
            break
        about = above.attributes.get("about") or above.attributes.get("resource")
        if about and not about.startswith("#") and joined(url, about).rstrip("/") != url.rstrip("/"):
            return joined(url, about)
        kind = (above.attributes.get("itemtype") or above.attributes.get("typeof") or "").rpartition("/")[2]
        if above.tag in ("figure", "picture") or kind.rpartition(":")[2] in _PICTURES:
            picture = above.css_first("img[src], video[src], audio[src], source[src]")
            source = picture.attributes.get("src") if picture else None
            return joined(url, source) if source else "a part of the page"
        above = above.parent
    return "page"


def _value(node: LexborNode) -> str:
    attributes = node.attributes
    value = attributes.get("href") or attributes.get("content") or attributes.get("resource")
    return (value or node.text(strip=True) or "").strip()[:500]


def _absolute(value: str, url: str) -> str:
    return joined(url, value) if value.startswith(("/", "//", "./", "../")) else value
