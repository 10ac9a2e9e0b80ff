"""Ways of writing which tokens a name covers: IOB1, IOB2 and the schemes with ends and singles, as IOB2.

Sources: Ramshaw and Marcus 1995 (IOB1: B only where a name follows another of its kind), Tjong Kim Sang
and Veenstra 1999 (IOB2: B at the start of each), Ratinov and Roth 2009 (BILOU; IOBES in other letters).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

Scheme: TypeAlias = Literal["iob2", "iob1", "iobes"]
_TAG = re.compile(r"O|[BIESLUM]-\S+")
_STARTS = {"B": "B", "S": "B", "U": "B", "I": "I", "M": "I", "E": "I", "L": "I"}


def is_tag(word: str) -> bool:
    """Whether a word is O, or a letter of a scheme, a hyphen and a name."""
    return word == "O" or _TAG.fullmatch(word) is not None


def scheme_of(sentences: Iterable[Sequence[str]]) -> Scheme:
    """The scheme that tags of a file follow, by what only one of them allows; IOB2 where nothing tells.

    A single E, S, L, U or M speaks for ends and singles. A name that begins with I speaks for IOB1, one that
    begins with B after something else for IOB2; the more frequent wins.
    """
    with_b = with_i = 0
    for tags in sentences:
        before = "O"
        for tag in tags:
            letter, _, kind = tag.partition("-")
            if kind and letter in "ESLUM":
                return "iobes"
            if kind and before.partition("-")[2] != kind:
                with_b += letter == "B"
                with_i += letter == "I"
            before = tag
    return "iob1" if with_i > with_b else "iob2"


def to_iob2(tags: Sequence[str], scheme: Scheme) -> list[str]:
    """Tags in IOB2; what is no tag of a scheme stays as it is, as does an I without its B in IOB2."""
    if scheme == "iob2":
        return list(tags)
    turned: list[str] = []
    before = ""
    for tag in tags:
        letter, _, kind = tag.partition("-")
        if not kind or letter not in _STARTS:
            turned.append(tag)
            before = ""
            continue
        start = _STARTS[letter]
        turned.append(f"{'B' if start == 'B' or before != kind else 'I'}-{kind}")
        before = "" if letter in "ESLU" else kind
    return turned


def strays(tags: Sequence[str]) -> int:
    """How many tags of IOB2 go on with a name that nothing began."""
    found, before = 0, ""
    for tag in tags:
        letter, _, kind = tag.partition("-")
        if letter == "I" and kind and kind != before:
            found += 1
        before = kind
    return found
