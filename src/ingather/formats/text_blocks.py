"""Text files whose paragraphs are items: blocks of lines between empty ones, streamed, with their places."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TextIO

from ingather.formats.encoding import detect_encoding
from ingather.sample import Loss

_CHUNK = 1 << 22
_LONGEST = 64 << 20
_BREAK = re.compile(r"\n(?:[ \t\r]*\n)+")
_EMPTY = re.compile(r"(?:[ \t\r]*\n)+")


def read_blocks(file: Path, name: str) -> Iterator[tuple[int, str] | Loss]:
    """Every block of lines between empty lines: the line it begins on, from 1, and its text.

    Lines end in a line feed alone, whatever they ended in. What cannot be read is told; a block of more
    than 64 MB is cut there, for no sentence is so long.
    """
    try:
        found = detect_encoding(lambda: file.open("rb"))
        if found.told:
            yield Loss(name, found.told, 0)
        with file.open(encoding=found.name, errors="replace", newline=None) as stream:
            yield from _blocks(stream)
    except OSError as error:
        yield Loss(name, f"cannot be read: {error.strerror or error}")


def _blocks(stream: TextIO) -> Iterator[tuple[int, str]]:
    rest, line = "", 1
    while chunk := stream.read(_CHUNK):
        text = rest + chunk
        cut = _last_break(text)
        if cut == 0:
            if len(text) < _LONGEST:
                rest = text
                continue
            cut = len(text)
        rest = text[cut:]
        line = yield from _pieces(text[:cut], line)
    yield from _pieces(rest, line)


def _last_break(text: str) -> int:
    """Where the last block that is whole ends, 0 where there is none."""
    cut = text.rfind("\n\n")
    if cut >= 0:
        return cut + 2
    last = 0
    for gap in _BREAK.finditer(text):
        last = gap.end() if gap.end() < len(text) else last
    return last


def _pieces(text: str, line: int) -> Generator[tuple[int, str], None, int]:
    start = 0
    if lead := _EMPTY.match(text):
        start = lead.end()
        line += text.count("\n", 0, start)
    for gap in _BREAK.finditer(text, start):
        yield line, text[start : gap.start()]
        line += text.count("\n", start, gap.end())
        start = gap.end()
    if (last := text[start:].rstrip("\n")).strip():
        yield line, last
    return line + text.count("\n", start)
