"""Header files of WFDB records, as header(5) of the WFDB Applications Guide describes them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_LARGEST = 4 << 20
_DEFAULT_RATE = 250.0
_DEFAULT_GAIN = 200.0
_MOST_SIGNALS = 4096
_MOST = 1 << 48
_FIRST_YEAR, _LAST_YEAR = 1700, 2260  # those that nanoseconds in 64 bits reach
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_RECORD = re.compile(
    rf"(?P<name>\S+?)(?:/(?P<segments>\d+))?[ \t]+(?P<signals>\d+)"
    rf"(?:[ \t]+(?P<rate>{_NUMBER})(?:/(?P<counter>{_NUMBER})(?:\((?P<base>{_NUMBER})\))?)?"
    r"(?:[ \t]+(?P<length>\d+)(?:[ \t]+(?P<time>[\d:.]+)(?:[ \t]+(?P<date>\d+/\d+/\d+))?)?)?)?\s*"
)
_FORMAT = re.compile(r"(\d+)(?:x(\d+))?(?::(\d+))?(?:\+(\d+))?")
_GAIN = re.compile(rf"({_NUMBER})(?:\(([-+]?\d+)\))?(?:/(\S+))?")
_TIME = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d*)?)")


class BrokenHeader(ValueError):
    """The file is no header; the message says in words what is wrong, and in which line."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal specification line.

    Attributes:
        file: the signal file, ``~`` in a layout header.
        format: number of its storage format.
        per_frame: samples in each frame.
        skew: samples that precede sample 0.
        offset: bytes before the first sample.
        gain: steps of the converter for one unit.
        baseline: the sample value of 0 units.
        unit: physical unit.
        initial: the value before the first difference (format 8).
        checksum: the low 16 bits of the sum of all samples, None where the header does not say it.
        name: its description.
        bits: resolution of the converter, 0 where it is not said.
    """

    file: str
    format: str
    per_frame: int
    skew: int
    offset: int
    gain: float
    baseline: int
    unit: str
    initial: int
    checksum: int | None
    name: str
    bits: int = 0


@dataclass(frozen=True, slots=True)
class Header:
    """One header file.

    Attributes:
        rate: frames a second.
        length: frames, None where it is not said.
        start: when it begins, with a date; the zone is not known.
        clock: time of day at which it begins, in seconds, where there is no date.
        signals: its signals; none in a record of segments.
        segments: names and lengths of its segments; none in an ordinary record.
        comments: the lines behind ``#``.
    """

    rate: float
    length: int | None
    start: datetime | None
    clock: float | None
    signals: tuple[Signal, ...]
    segments: tuple[tuple[str, int], ...]
    comments: tuple[str, ...]


def is_record_line(line: str) -> bool:
    """Whether a line may be the first of a header."""
    return _RECORD.fullmatch(line.strip()) is not None


def parse_header(content: bytes) -> Header:
    """Reads a header.

    Raises:
        BrokenHeader: a line is not what it should be, or a number is out of any range.
    """
    if len(content) > _LARGEST:
        raise BrokenHeader("it is larger than a header can be")
    comments: list[str] = []
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
        plain = line.strip()
        if plain.startswith("#"):
            comments.append(plain[1:].strip())
        elif plain:
            lines.append((number, plain))
    found = _RECORD.fullmatch(lines[0][1]) if lines else None
    if found is None:
        raise BrokenHeader("its first line does not name a record and a number of signals")
    rate = float(found["rate"]) if found["rate"] else _DEFAULT_RATE
    if not 1e-9 < rate < 1e9:
        raise BrokenHeader(f"its rate is {found['rate']} a second")
    start, clock = _start(found["time"], found["date"])
    count, body = int(found["signals"][:9]), lines[1:]
    signals: tuple[Signal, ...] = ()
    segments: tuple[tuple[str, int], ...] = ()
    if found["segments"] is not None:
        segments = tuple(_segment(line, number) for number, line in body[: int(found["segments"][:9])])
        if len(segments) < int(found["segments"][:9]):
            raise BrokenHeader(f"it promises {found['segments'][:9]} segments and names {len(segments)}")
    elif count > len(body) or count > _MOST_SIGNALS:
        raise BrokenHeader(f"it promises {count} signals and describes {len(body)}")
    else:
        signals = tuple(_signal(line, n, place) for place, (n, line) in enumerate(body[:count]))
    length = _whole(found["length"] or "0", lines[0][0]) or None
    return Header(rate, length, start, clock, signals, segments, tuple(comments))


def _signal(line: str, number: int, place: int) -> Signal:
    cells = line.split(None, 8)
    form = _FORMAT.fullmatch(cells[1]) if len(cells) > 1 else None
    if form is None:
        raise BrokenHeader(f"line {number} does not name a file and a format")
    gained = _GAIN.fullmatch(cells[2]) if len(cells) > 2 else None
    if len(cells) > 2 and gained is None:
        raise BrokenHeader(f"line {number}: '{cells[2][:40]}' is no gain")
    numbers = [_whole(cell, number) for cell in cells[3:8]]
    bits, zero, initial, checksum, _ = (numbers + [None] * 5)[:5]
    zero = zero or 0
    gain = float(gained[1]) if gained else 0.0
    if not math.isfinite(gain):
        raise BrokenHeader(f"line {number}: its gain is no number")
    per_frame = _whole(form[2] or "1", number)
    if not 1 <= per_frame <= 1 << 20:
        raise BrokenHeader(f"line {number}: {per_frame} samples in a frame")
    return Signal(
        file=cells[0],
        format=str(int(form[1][:9])),
        per_frame=per_frame,
        skew=_whole(form[3] or "0", number),
        offset=_whole(form[4] or "0", number),
        gain=gain or _DEFAULT_GAIN,
        baseline=_whole(gained[2], number) if gained and gained[2] else zero,
        unit=gained[3] if gained and gained[3] else "mV",
        initial=zero if initial is None else initial,
        checksum=checksum,
        name=cells[8].strip() if len(cells) > 8 else f"signal {place}",
        bits=bits or 0,
    )


def _segment(line: str, number: int) -> tuple[str, int]:
    cells = line.split()
    if len(cells) < 2 or not cells[1].isdecimal():
        raise BrokenHeader(f"line {number} does not name a segment and its length")
    return cells[0], _whole(cells[1], number)


def _whole(text: str, number: int) -> int:
    try:
        value = int(text[:40])
    except ValueError:
        raise BrokenHeader(f"line {number}: '{text[:40]}' is no whole number") from None
    if abs(value) > _MOST:
        raise BrokenHeader(f"line {number}: {text[:40]} is out of any range")
    return value


def _start(time: str | None, date: str | None) -> tuple[datetime | None, float | None]:
    """When it begins: a moment, or a time of day, or nothing where neither is said or sense."""
    told = _TIME.fullmatch(time) if time else None
    if told is None:
        return None, None
    clock: float | None
    clock = int((told[1] or "0")[:9]) * 3600.0 + int((told[2] or "0")[:9]) * 60 + float(told[3])
    if date is None:
        return None, clock if clock < 86_400 else None
    clock = clock if clock < 86_400 else None
    day, month, year = (int(part[:9]) for part in date.split("/"))
    try:
        midnight = datetime(year, month, day, tzinfo=UTC)
    except ValueError:  # 0/0/0 stands for a date that is not told
        return None, clock
    if clock is None or not _FIRST_YEAR <= year < _LAST_YEAR:
        return None, clock
    moment = midnight + timedelta(seconds=int(clock))
    return moment.replace(microsecond=round(clock % 1 * 1e6) % 1_000_000), None
