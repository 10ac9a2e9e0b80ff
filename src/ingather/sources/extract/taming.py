"""Markup that would make a parser run for hours or fill the memory, made harmless before it is parsed.

The standard's algorithm is quadratic in the depth of open elements and in the attributes of one tag, and it
copies every open formatting element into every new paragraph. Pages of people stay far below these limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_ATTRIBUTES = 1_000
"""How many attributes of one tag are read; a tag with more keeps its name only."""
MAX_DEPTH = 1_500
"""How deep elements are nested at most; deeper opening tags are left out, their words stay."""
MAX_FORMATTING = 60
"""How many formatting elements are open at most; fewer in a page with many tags."""
MAX_COPIES = 300_000
"""How many elements formatting that is never closed may be copied into."""
MAX_OPTIONS = 1_000
"""How many entries of lists to choose from are read; they are no text of a page."""

_NAMES = rb"(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)"
_FORMATTING = re.compile(rb"<" + _NAMES + rb"[\s/>]", re.I)
_FORMATTING_TAG = re.compile(rb"<(/?)(" + _NAMES + rb")(?:[\s/][^>]*)?>", re.I)
_TAG = re.compile(rb"<(/?)([a-z][a-z0-9:-]*)(?:[\s/][^>]*)?>", re.I)
_OPTION = re.compile(rb"<(?:option|optgroup)(?:[\s/][^>]*)?>", re.I)
_LONG_STRETCH = 8_000
_LONG_TAG = re.compile(rb"<([a-z][a-z0-9:-]*)[\s/](?:[^>\"']|\"[^\"]*\"|'[^']*'){8000,}>?", re.I)
_LONG_TAG_UNQUOTED = re.compile(rb"<([a-z][a-z0-9:-]*)[\s/][^>]{8000,}>?", re.I)
_FLAT = frozenset(
    {b"area", b"base", b"br", b"col", b"dd", b"dt", b"embed", b"hr", b"img", b"input", b"li", b"link",
     b"meta", b"option", b"p", b"param", b"source", b"td", b"th", b"tr", b"track", b"wbr"}
)  # fmt: skip


def tame(html: bytes) -> bytes:
    """The same page without what no parser should be given; most pages come back as they are."""
    if len(html) > 16_000 and (len(html) > 500_000 or max(map(len, html.split(b"<"))) > _LONG_STRETCH):
        html = _with_few_attributes(html)
    tags = html.count(b"<")
    limit = max(3, min(MAX_FORMATTING, MAX_COPIES // (tags + 1)))
    if tags * len(_FORMATTING.findall(html)) > MAX_COPIES:
        html = _flatter(html, _FORMATTING_TAG, limit)
    if tags > 4 * MAX_DEPTH:
        html = _flatter(html, _TAG, MAX_DEPTH, _FLAT)
    if tags > MAX_OPTIONS and len(_OPTION.findall(html)) > MAX_OPTIONS:
        html = _OPTION.sub(b" ", html)
    return html


def _with_few_attributes(html: bytes) -> bytes:
    def shortened(tag: re.Match[bytes]) -> bytes:
        inside = tag[0]
        return b"<" + tag[1] + b">" if len(inside.split(None, MAX_ATTRIBUTES)) > MAX_ATTRIBUTES else inside

    return _LONG_TAG.sub(shortened, _LONG_TAG_UNQUOTED.sub(shortened, html))


def _flatter(html: bytes, tags: re.Pattern[bytes], limit: int, flat: Iterable[bytes] = ()) -> bytes:
    """Leaves out opening tags that stand deeper than the limit."""
    depth = 0
    kept: list[bytes] = []
    at = 0
    for tag in tags.finditer(html):
        closing, name = tag.groups()
        if name.lower() in flat:
            continue
        if closing:
            depth = max(0, depth - 1)
        elif depth >= limit:
            kept.append(html[at : tag.start()])
            at = tag.end()
        else:
            depth += 1
    if not at:
        return html
    kept.append(html[at:])
    return b"".join(kept)
