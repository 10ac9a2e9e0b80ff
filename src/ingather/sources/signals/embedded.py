"""Data embedded in a page: JSON-LD, whatever its nesting and its mistakes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

MAX_SCRIPTS = 50
MAX_BYTES = 2_000_000
MAX_ITEMS = 5_000
_STRAY = re.compile(r"[\x00-\x1f]+")
_WRAPPING = re.compile(
    r"^\s*(?:<!--|/\*\s*<!\[CDATA\[\s*\*/|//\s*<!\[CDATA\[)|(?:-->|/\*\s*\]\]>\s*\*/|//\s*\]\]>)\s*$"
)


def linked_data(tree: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    """Every object in the page's JSON-LD, those inside others too, outer ones first."""
    left = MAX_ITEMS
    for script in tree.css('script[type="application/ld+json"]')[:MAX_SCRIPTS]:
        waiting: list[Any] = [_parsed(script.text() or "")]
        while waiting and left:
            item = waiting.pop(0)
            if isinstance(item, list):
                waiting[:0] = item[:MAX_ITEMS]
            elif isinstance(item, dict):
                left -= 1
                yield item
                waiting[:0] = [value for value in item.values() if isinstance(value, list | dict)]


def types_of(item: dict[str, Any]) -> frozenset[str]:
    """The types of an object, without the vocabulary's address."""
    kinds = item.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return frozenset(
        str(name).rstrip("/").rpartition("/")[2].rpartition(":")[2] for name in names if isinstance(name, str)
    )


def _parsed(text: str) -> Any:
    import orjson

    if len(text) > MAX_BYTES:
        return None
    for attempt in (text, _STRAY.sub(" ", _WRAPPING.sub("", text))):
        try:
            return orjson.loads(attempt)
        except (orjson.JSONDecodeError, RecursionError):
            continue
    return None
