"""The lines of a robots.txt: what each one says, numbered, however it was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_BYTES = 500 * 1024
"""How much of a robots.txt is read, in bytes: what RFC 9309, section 2.5, asks at the least."""
MAX_LINE = 2083 * 8 - 1
"""How much of one line is read, in bytes; the rest of the line is as if it were not there."""

_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TWO_WORDS = re.compile(rb"([^ \t]+)[ \t]+([^ \t]+)\Z")
_KEYS = tuple(
    (spelling, name)
    for name, spellings in (
        ("user-agent", ("user-agent", "useragent", "user agent")),
        ("allow", ("allow",)),
        ("disallow", ("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw")),
        ("sitemap", ("sitemap", "site-map")),
    )
    for spelling in spellings
)
_EXACT = frozenset({"crawl-delay", "content-usage", "content-signal", "license", "host"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line that says something.

    Attributes:
        number: 1-based.
        key: the directive in lower case, common misspellings mended; ``other`` where it is not known.
        value: what stands after the colon, without comment and surrounding blanks.
    """

    number: int
    key: str
    value: bytes


def read_lines(content: bytes) -> Iterator[Line]:
    """The lines of a robots.txt that say something, in their order.

    A byte order mark, whole or cut, is passed over; lines end with CR, LF or both; a missing colon is
    taken as there where exactly two words stand in a line. Of a file above ``MAX_BYTES`` the first whole
    lines are read.
    """
    if len(content) >= MAX_BYTES:  # whoever fetched it may have cut it there
        content = content[:MAX_BYTES]
        content = content[: max(content.rfind(b"\n"), content.rfind(b"\r")) + 1]
    for number, line in enumerate(_LINE_ENDS.split(_without_mark(content)), 1):
        said = line[:MAX_LINE].partition(b"#")[0].strip()
        key, colon, value = said.partition(b":")
        if not colon:
            words = _TWO_WORDS.match(said)
            if words is None:
                continue
            key, value = words.groups()
        key = key.strip()
        if key:
            yield Line(number, _named(key.decode("latin-1").lower()), value.strip())


def _without_mark(content: bytes) -> bytes:
    at = 0
    while at < 3 and content[at : at + 1] == _BYTE_ORDER_MARK[at : at + 1] != b"":
        at += 1
    return content[at:]


def _named(key: str) -> str:
    for spelling, name in _KEYS:
        if key.startswith(spelling):
            return name
    return key if key in _EXACT else "other"
