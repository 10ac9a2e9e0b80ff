"""Time-stamped annotation lists of EDF+ and BDF+: onset, length and words."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TAL = re.compile(rb"([+-]\d+(?:\.\d*)?)(?:\x15(\d+(?:\.\d*)?))?\x14([^\x00]*)\x14\x00")


@dataclass(frozen=True, slots=True)
class EdfMark:
    """One annotation.

    Attributes:
        onset: seconds from the file's start.
        length: seconds, 0 for a moment.
        text: its words.
    """

    onset: float
    length: float
    text: str


def parse_marks(content: bytes) -> tuple[float | None, list[EdfMark], int]:
    """What the annotation signal of one data record holds.

    Returns:
        When the data record begins, as its first list without words says (None where none does); the
        annotations; and the bytes that are neither.
    """
    onset: float | None = None
    marks: list[EdfMark] = []
    for found in _TAL.finditer(content):
        at, length = float(found[1][:40]), float((found[2] or b"0")[:40])
        words = [one.decode("utf-8", "replace") for one in found[3].split(b"\x14")]
        if onset is None and not words[0]:
            onset = at
        marks += [EdfMark(at, length, word.strip()) for word in words if word.strip()]
    return onset, marks, len(_TAL.sub(b"", content).replace(b"\0", b""))
