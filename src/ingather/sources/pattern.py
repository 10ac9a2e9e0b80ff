"""Patterns on names: ``{label}_{speaker}_{n}.wav`` takes the values out of a path.

``{name}`` stands for any signs but a slash, ``{name:d}`` for digits only, ``{name:w}`` for letters and
digits only, ``{name:a|b|c}`` for one of these words; ``{_}`` is passed over; ``*`` and ``?`` as in the
shell, ``**/`` for any folders.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from ingather.errors import InputError

_TOKEN = re.compile(r"\{([^{}]*)\}|(\*\*/)|(\*)|(\?)|([{}])")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_IGNORED = "_"


@dataclass(frozen=True)
class NamePattern:
    """A compiled pattern.

    Attributes:
        text: as the user wrote it.
        names: the names it takes, in order.
    """

    text: str
    names: tuple[str, ...]
    _lazy: re.Pattern[str]
    _greedy: re.Pattern[str]

    @property
    def misfit(self) -> str:
        """What is told of a path that does not fit."""
        return f"does not fit the pattern {self.text}"

    def match(self, path: str) -> dict[str, str] | None:
        """The values in a path (with forward slashes), or None where it does not fit.

        A pattern without a slash is about the file's name, whatever folder it lies in.
        """
        found = self._lazy.fullmatch(self._part(path))
        return dict(zip(self.names, found.groups(), strict=True)) if found else None

    def other_reading(self, path: str, values: dict[str, str]) -> dict[str, str] | None:
        """Another way to read the same path, if there is one: then the pattern is ambiguous for it."""
        found = self._greedy.fullmatch(self._part(path))
        other = dict(zip(self.names, found.groups(), strict=True)) if found else values
        return other if other != values else None

    def _part(self, path: str) -> str:
        return path if "/" in self.text else path.rpartition("/")[2]


@cache
def compile_pattern(text: str) -> NamePattern:
    """Reads a pattern.

    Raises:
        InputError: a brace is not closed, or a name is none.
    """
    lazy: list[str] = []
    greedy: list[str] = []
    names: list[str] = []
    place = 0
    for token in _TOKEN.finditer(text):
        literal = re.escape(text[place : token.start()])
        body, folders, star, mark, brace = token.groups()
        place = token.end()
        if brace:
            raise _unsound(text, f"the brace at sign {token.start() + 1} has no partner")
        if folders:
            pieces = ("(?:[^/]+/)*?", "(?:[^/]+/)*")
        elif star:
            pieces = ("[^/]*?", "[^/]*")
        elif mark:
            pieces = ("[^/]", "[^/]")
        else:
            pieces = _named(text, body, names)
        lazy.append(literal + pieces[0])
        greedy.append(literal + pieces[1])
    rest = re.escape(text[place:])
    return NamePattern(
        text, tuple(names), re.compile("".join(lazy) + rest), re.compile("".join(greedy) + rest)
    )


def _named(text: str, body: str, names: list[str]) -> tuple[str, str]:
    name, _, kind = body.partition(":")
    name = name.strip()
    if not _NAME.match(name):
        raise _unsound(text, f"'{{{body}}}' holds no name")
    if kind in ("", "w", "d"):
        lazy = {"": "[^/]+?", "w": "[^\\W_]+?", "d": "[0-9]+?"}[kind]
        greedy = lazy[:-1]
    else:
        words = sorted((re.escape(word) for word in kind.split("|")), key=len, reverse=True)
        lazy = greedy = "(?:" + "|".join(words) + ")"
    if name == _IGNORED:
        return f"(?:{lazy})", f"(?:{greedy})"
    if name in names:
        again = f"(?:\\{names.index(name) + 1})"
        return again, again
    names.append(name)
    return f"({lazy})", f"({greedy})"


def _unsound(text: str, what: str) -> InputError:
    return InputError(
        f"The pattern '{text}' cannot be read: {what}.",
        why="A pattern names the parts of a path, such as '{label}_{speaker}_{n}.wav'.",
        fix="Write each part as {name}; a name has letters, digits and underscores.",
    )
