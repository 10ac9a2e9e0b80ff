"""Paths and patterns of a robots.txt: what is compared with what, and how fast the longest match is found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_HIGH_OCTET = re.compile(rb"[\x80-\xff]")
_PATH_START = re.compile(r"[/?;]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def path_of(url: str) -> str:
    """The part of an address that rules are about: path, parameters and query, ``/`` where there is none."""
    start = 2 if url.startswith("//") else 0
    protocol = url.find("://", start)
    found = _PATH_START.search(url, start)
    if protocol >= 0 and not (found and found.start() < protocol):
        start = protocol + 3
        found = _PATH_START.search(url, start)
    if found is None:
        return "/"
    fragment = url.find("#", 2 if url.startswith("//") else 0)
    if 0 <= fragment < found.start():
        return "/"
    path = url[found.start() :] if fragment < 0 else url[found.start() : fragment]
    return path if path.startswith("/") else "/" + path


def pattern_of(value: bytes) -> str:
    """A rule's path as it is compared: octets above ASCII percent-encoded, escapes in upper case."""
    escaped = _HIGH_OCTET.sub(lambda octet: b"%%%02X" % octet[0][0], value)
    return upper_escapes(escaped.decode("ascii"))


def upper_escapes(path: str) -> str:
    """The path with the letters of its escapes in upper case."""
    return _ESCAPE.sub(lambda one: one[0].upper(), path) if "%" in path else path


def plain(path: str) -> str:
    """The path as RFC 9309, section 2.2.2, compares it: unreserved characters plain, all others escaped."""
    if not path.isascii():
        path = "".join(c if c < "\x80" else "".join(f"%{b:02X}" for b in _utf8(c)) for c in path)
    return _ESCAPE.sub(_unescaped, path) if "%" in path else path


def _utf8(character: str) -> bytes:
    return character.encode("utf-8", "surrogatepass")


def _unescaped(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()


@dataclass(frozen=True, slots=True)
class Rule:
    """One allow or disallow line.

    Attributes:
        allow: whether it allows.
        pattern: the path it is about, as ``pattern_of`` gives it.
        line: 1-based.
        text: the line as it is told, such as ``allow: /a``.
        order: what decides between two that match: longer first, then allow, then the earlier line.
    """

    allow: bool
    pattern: str
    line: int
    text: str

    @property
    def order(self) -> tuple[int, bool, int]:
        """Sorts ascending: the rule that wins is first."""
        return (-len(self.pattern), not self.allow, self.line)


class Rules:
    """The rules of one group, ready to be asked.

    Rules without a wildcard are found by the beginnings of the path; those with one are tried in the order
    of their strength, and only as long as they could still win.
    """

    __slots__ = ("_lengths", "_literal", "_wild", "undecided")

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._literal: dict[str, tuple[tuple[int, bool, int], Rule]] = {}
        wild: list[tuple[tuple[int, bool, int], Rule, _Wildcard | _Whole]] = []
        self.undecided: Rule | None = None
        for rule in rules:
            if not rule.pattern:
                if self.undecided is None or rule.order < self.undecided.order:
                    self.undecided = rule
            elif "*" in rule.pattern or rule.pattern.endswith("$"):
                wild.append((rule.order, rule, _wildcard(rule.pattern)))
            else:
                known = self._literal.get(rule.pattern)
                if known is None or rule.order < known[0]:
                    self._literal[rule.pattern] = (rule.order, rule)
            if rule.allow and (index := _index_pattern(rule.pattern)):
                standing = Rule(True, index, rule.line, rule.text)
                wild.append((standing.order, standing, _wildcard(index)))
        self._lengths = tuple(sorted({len(one) for one in self._literal}, reverse=True))
        # A rule with one piece is tried without a call: a file may have hundreds of them.
        self._wild = tuple(
            (order, rule, one.pieces[0] if one.simple else None, len(one.head), one)
            for order, rule, one in sorted(wild, key=lambda one: one[0])
        )

    def best(self, path: str) -> Rule | None:
        """The rule that decides about a path, None where none matches."""
        size = len(path)
        found: Rule | None = None
        limit = (1, False, 0)
        for length in self._lengths:
            if length <= size and (literal := self._literal.get(path[:length])) is not None:
                limit, found = literal
                break
        for order, rule, piece, start, wildcard in self._wild:
            if piece is not None and path.find(piece, start) < 0:
                continue
            if order >= limit:
                break
            if wildcard.matches(path):
                return rule
        return found


def _index_pattern(pattern: str) -> str | None:
    """What allowing a folder's index page allows besides: the folder itself."""
    slash = pattern.rfind("/")
    if slash >= 0 and pattern.startswith("/index.htm", slash):
        return pattern[: slash + 1] + "$"
    return None


@dataclass(frozen=True, slots=True)
class _Wildcard:
    """A pattern with wildcards, cut at its stars; matching costs at most one search a piece."""

    head: str
    pieces: tuple[str, ...]
    tail: str | None

    @property
    def simple(self) -> bool:
        return bool(self.pieces)

    def matches(self, path: str) -> bool:
        if not path.startswith(self.head):
            return False
        at = len(self.head)
        for piece in self.pieces:
            at = path.find(piece, at)
            if at < 0:
                return False
            at += len(piece)
        return self.tail is None or (len(path) - at >= len(self.tail) and path.endswith(self.tail))


@dataclass(frozen=True, slots=True)
class _Whole:
    """A pattern without stars that must be the whole path."""

    head: str
    pieces: tuple[str, ...] = ()
    simple: bool = False

    def matches(self, path: str) -> bool:
        return path == self.head


def _wildcard(pattern: str) -> _Wildcard | _Whole:
    ends = pattern.endswith("$")
    head, *rest = (pattern[:-1] if ends else pattern).split("*")
    if not rest:
        return _Whole(head)
    pieces = tuple(piece for piece in (rest[:-1] if ends else rest) if piece)
    return _Wildcard(head, pieces, rest[-1] if ends else None)
