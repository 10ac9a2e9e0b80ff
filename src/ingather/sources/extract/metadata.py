"""What a page says of itself: title, author, date, language, feeds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from ingather.sources.signals.addresses import joined
from ingather.sources.signals.embedded import linked_data, types_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_WORKS = frozenset({
    "Article", "NewsArticle", "BlogPosting", "TechArticle", "ScholarlyArticle", "Report", "WebPage", "QAPage",
    "DiscussionForumPosting", "Product", "Recipe", "HowTo", "SocialMediaPosting", "LiveBlogPosting", "Review",
    "OpinionNewsArticle", "AnalysisNewsArticle", "Question", "CollectionPage", "ItemPage", "Book",
})  # fmt: skip
_PARTED = re.compile(r"\s+[|»·•–—:-]\s+|\s*\|\s*")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{4})/(\d{1,2})/(\d{1,2})|(\d{4})(\d\d)(\d\d)(?!\d)")
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:/|-|$)")
_BY = re.compile(r"^\s*(?:by|von|par|por|door|di|written by|posted by)[\s:]+", re.I)
_LANGUAGE = re.compile(r"^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")
_TITLES = ("og:title", "twitter:title", "dc.title", "dcterms.title", "citation_title")
_AUTHORS = ("author", "article:author", "dc.creator", "dcterms.creator", "citation_author", "parsely-author",
            "sailthru.author", "byl")  # fmt: skip
_DATES = ("article:published_time", "datepublished", "date", "dc.date", "dcterms.date", "dcterms.created",
          "dc.date.issued", "citation_publication_date", "parsely-pub-date", "pubdate", "publish-date",
          "publication_date", "og:published_time", "sailthru.date", "citation_date")  # fmt: skip
_AUTHOR_NODES = '[itemprop="author"], [rel~="author"], .byline .author, .author-name, .byline-name, .byline'
_DATE_NODES = '[itemprop="datePublished"], time[pubdate], time[datetime], .published[title], abbr.published'


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says of itself; empty where it says nothing."""

    title: str = ""
    author: str = ""
    date: str = ""
    language: str = ""
    feeds: tuple[str, ...] = ()
    items: tuple[dict[str, Any], ...] = ()


def read_metadata(tree: LexborHTMLParser, url: str) -> Metadata:
    """Reads it from meta elements, JSON-LD, microdata, headings and the address, in this order of trust."""
    metas: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        name = name or attributes.get("http-equiv")
        value = attributes.get("content")
        if name and value and value.strip():
            metas.setdefault(name.strip().lower(), " ".join(value.split())[:1000])
    items = tuple(linked_data(tree))
    work: dict[str, Any] = next((one for one in items if types_of(one) & _WORKS and _says(one)), {})
    return Metadata(
        _title(tree, metas, work),
        _author(tree, metas, work),
        _date(tree, metas, work, url),
        _language(tree, metas, work),
        _feeds(tree, url),
        items,
    )


def _says(item: Mapping[str, Any]) -> bool:
    return any(item.get(name) for name in ("headline", "author", "datePublished"))


def _title(tree: LexborHTMLParser, metas: Mapping[str, str], work: Mapping[str, Any]) -> str:
    heading = tree.css_first("h1")
    written = " ".join(heading.text().split()) if heading else ""
    head = tree.css_first("title")
    named = " ".join((head.text() or "").split()) if head else ""
    stated = _text(work.get("headline")) or next((metas[name] for name in _TITLES if name in metas), "")
    if 3 < len(written) < 250 and len(tree.css("h1")) == 1 and (not named or written in named or not stated):
        return written
    return _without_site(stated or named, metas.get("og:site_name", "")) or written


def _without_site(title: str, site: str) -> str:
    if site and title.endswith(site):
        shorter = _PARTED.sub("\0", title).rpartition("\0")[0].replace("\0", " - ")
        return shorter.strip() or title
    pieces = _PARTED.split(title)
    if len(pieces) > 1:
        longest = max(pieces, key=len)
        if len(longest) > 0.5 * len(title):
            return longest.strip()
    return title.strip()


def _author(tree: LexborHTMLParser, metas: Mapping[str, str], work: Mapping[str, Any]) -> str:
    names = _names(work.get("author"))
    if not names:
        stated = [metas[name] for name in _AUTHORS if name in metas and not metas[name].startswith("http")]
        names = stated[:1]
    if not names:
        for node in tree.css(_AUTHOR_NODES)[:3]:
            inner = node.css_first('[itemprop="name"]') or node
            text = _BY.sub("", " ".join((inner.attributes.get("content") or inner.text()).split()))
            if 1 < len(text) < 80 and not text.startswith("http"):
                names = [text]
                break
    return "; ".join(dict.fromkeys(names))[:300]


def _names(value: Any) -> list[str]:
    found = []
    for one in value if isinstance(value, list) else [value]:
        name = one.get("name") if isinstance(one, dict) else one
        name = name[0] if isinstance(name, list) and name else name
        if isinstance(name, str) and name.strip() and not name.startswith("http"):
            found.append(" ".join(name.split()))
    return found


def _date(tree: LexborHTMLParser, metas: Mapping[str, str], work: Mapping[str, Any], url: str) -> str:
    stated = [_text(work.get("datePublished")), *(metas.get(name, "") for name in _DATES)]
    for value in stated:
        if value and (day := day_of(value)):
            return day
    for node in tree.css(_DATE_NODES)[:5]:
        attributes = node.attributes
        value = attributes.get("datetime") or attributes.get("content") or attributes.get("title") or ""
        if day := day_of(value):
            return day
    found = _IN_ADDRESS.search(url)
    return (day_of("-".join(found.groups())) or "") if found else ""


def day_of(value: str) -> str | None:
    """The day in a stamp as ``YYYY-MM-DD``, None where there is none that exists."""
    found = _DAY.search(value)
    if not found:
        return _by_mail_rules(value)
    year, month, day = (int(one) for one in found.groups() if one)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _by_mail_rules(value: str) -> str | None:
    if not any(character.isdigit() for character in value) or len(value) > 60:
        return None
    from email.utils import parsedate

    parts = parsedate(value)
    try:
        return date(*parts[:3]).isoformat() if parts else None
    except ValueError:
        return None


def _language(tree: LexborHTMLParser, metas: Mapping[str, str], work: Mapping[str, Any]) -> str:
    root = tree.root
    html = root if root is not None and root.tag == "html" else tree.css_first("html")
    stated = [html.attributes.get("lang") or html.attributes.get("xml:lang") or ""] if html else []
    stated += [metas.get("content-language", ""), _text(work.get("inLanguage")), metas.get("og:locale", "")]
    for value in stated:
        plain = value.strip().split(",")[0].replace("_", "-")
        if plain and _LANGUAGE.match(plain):
            first, *rest = plain.split("-")
            return "-".join([first.lower(), *(one.upper() if len(one) == 2 else one for one in rest)])
    return ""


def _feeds(tree: LexborHTMLParser, url: str) -> tuple[str, ...]:
    nodes = tree.css('link[rel~="alternate"][type*="rss"], link[rel~="alternate"][type*="atom"], '
                     'link[rel~="alternate"][type="application/feed+json"]')  # fmt: skip
    return tuple(
        dict.fromkeys(
            joined(url, node.attributes["href"] or "") for node in nodes if node.attributes.get("href")
        )
    )


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value") or ""
    return " ".join(value.split()) if isinstance(value, str) else ""
