"""Files that say when something is said in a recording: RTTM, CTM, SRT, WebVTT and Praat's TextGrid."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from ingather.formats.encoding import detect_encoding
from ingather.formats.rttm_read import RttmTurn
from ingather.formats.rttm_read import parse_line as parse_rttm
from ingather.sample import Loss

_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})")
_ARROW = re.compile(r"\s*(\S+)\s+-->\s+(\S+)")
_TAG = re.compile(r"<[^>]*>|\{\\[^}]*\}")
_VOICE = re.compile(r"<v(?:\.\S+)?\s+([^>]+)>")
_TOKEN = re.compile(r'"((?:[^"]|"")*)"|(<exists>|<absent>)|(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![^\s])')
_PAUSE = 0.5
"""Seconds between two words of a CTM file above which another utterance begins."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a recording.

    Attributes:
        start: seconds from its beginning.
        end: seconds from its beginning.
        text: what is said, empty where that is not known.
        speaker: who says it, None where that is not known.
    """

    start: float
    end: float
    text: str = ""
    speaker: str | None = None


def read_marks(name: str, content: bytes, recording: str) -> Iterator[Mark | Loss]:
    """The stretches that a file names, in its order; what is no stretch is a loss with its line.

    Args:
        name: of the file; its ending says what it is (a name of ``READERS``).
        content: its bytes, in any encoding.
        recording: the recording's name without ending: RTTM and CTM speak of several.
    """
    encoding = detect_encoding(partial(io.BytesIO, content))
    text = content.decode(encoding.name, errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    reader = READERS["." + name.rpartition(".")[2].lower()]
    for found in reader(text.lstrip("\ufeff"), recording):
        if isinstance(found, Loss):
            yield Loss(f"{name}, {found.where}", found.reason, found.count)
        else:
            yield found


def _rttm(text: str, recording: str) -> Iterator[Mark | Loss]:
    for number, line in enumerate(text.split("\n"), 1):
        turn = parse_rttm(line)
        if isinstance(turn, str):
            yield Loss(f"line {number}", turn)
        elif isinstance(turn, RttmTurn) and turn.recording == recording:
            yield Mark(turn.start, turn.end, speaker=turn.speaker)


def _ctm(text: str, recording: str) -> Iterator[Mark | Loss]:
    words: list[Mark] = []
    for number, line in enumerate(text.split("\n"), 1):
        cells = line.split()
        if not cells or line.startswith(";;"):
            continue
        if len(cells) < 5:
            yield Loss(f"line {number}", f"has {len(cells)} fields, and CTM has 5 or 6")
            continue
        start, length = _float(cells[2]), _float(cells[3])
        if start is None or length is None or start < 0 or length < 0:
            yield Loss(f"line {number}", f"'{cells[2]}' and '{cells[3]}' are no seconds")
        elif cells[0] == recording:
            words.append(Mark(start, start + length, cells[4], cells[1]))
    yield from _utterances(words)


def _utterances(words: list[Mark]) -> Iterator[Mark]:
    """Words of a channel joined where the pause between them is short."""
    for channel in dict.fromkeys(word.speaker for word in words):
        said: list[Mark] = []
        for word in sorted((w for w in words if w.speaker == channel), key=lambda w: w.start):
            if said and word.start - said[-1].end > _PAUSE:
                yield _joined(said)
                said = []
            said.append(word)
        yield _joined(said)


def _joined(words: list[Mark]) -> Mark:
    return Mark(words[0].start, round(words[-1].end, 6), " ".join(word.text for word in words))


def _subtitles(text: str, recording: str) -> Iterator[Mark | Loss]:
    lines = [*text.split("\n"), ""]
    number = 0
    while number < len(lines):
        arrow = _ARROW.match(lines[number])
        if arrow is None:
            number += 1
            continue
        first = number
        number += 1
        said: list[str] = []
        while number < len(lines) and lines[number].strip():
            said.append(lines[number].strip())
            number += 1
        start, end = _seconds(arrow[1]), _seconds(arrow[2])
        if start is None or end is None or end <= start:
            yield Loss(f"line {first + 1}", f"'{lines[first].strip()}' is no stretch of time")
            continue
        voice = _VOICE.search(" ".join(said))
        words = " ".join(_TAG.sub("", " ".join(said)).split())
        yield Mark(start, end, words, voice[1].strip() if voice else None)


def _textgrid(text: str, recording: str) -> Iterator[Mark | Loss]:
    """Both the long and the short form: only numbers, words in quotes and <exists> count in either."""
    tokens = [_value(match) for match in _TOKEN.finditer(_without_labels(text))]
    try:
        place = tokens.index("IntervalTier")
    except ValueError:
        yield Loss("the file", "has no tier of intervals, as a TextGrid has")
        return
    while place < len(tokens):
        if tokens[place] != "IntervalTier":
            place += 1
            continue
        name, count = tokens[place + 1 : place + 2], tokens[place + 4 : place + 5]
        if not name or not count or not isinstance(count[0], float):
            yield Loss("the file", "breaks off in the head of a tier")
            return
        place += 5
        for _ in range(int(max(0.0, min(count[0], len(tokens))))):
            start, end, said = (tokens[place : place + 3] + [None] * 3)[:3]
            place += 3
            if not isinstance(start, float) or not isinstance(end, float) or not isinstance(said, str):
                yield Loss(f"tier '{name[0]}'", "breaks off before its last interval")
                return
            if said.strip() and end > start >= 0:
                yield Mark(start, end, said.strip(), str(name[0]))


def _without_labels(text: str) -> str:
    """The long form's words before numbers, such as ``xmin =`` and ``intervals [3]:``, taken out."""
    quoted = re.split(r'("(?:[^"]|"")*")', text)
    return "".join(
        part if part.startswith('"') else re.sub(r"\[\d*\]:?|[A-Za-z_]+\s*=|[A-Za-z_]+\?", " ", part)
        for part in quoted
    )


def _value(match: re.Match[str]) -> str | float | None:
    if match[1] is not None:
        return match[1].replace('""', '"')
    return float(match[3]) if match[3] is not None else None


def _seconds(clock: str) -> float | None:
    found = _CLOCK.fullmatch(clock)
    if found is None:
        return None
    hours, minutes, seconds, part = found.groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int(part.ljust(3, "0")) / 1000


def _float(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


READERS: dict[str, Callable[[str, str], Iterator[Mark | Loss]]] = {
    ".rttm": _rttm,
    ".ctm": _ctm,
    ".srt": _subtitles,
    ".vtt": _subtitles,
    ".textgrid": _textgrid,
}
"""By ending, what reads it."""
