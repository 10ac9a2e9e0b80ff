"""Headers of EDF and BDF files (Kemp et al. 1992; EDF+: Kemp and Olivan 2003)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np

FIXED = 256
MAGIC = (b"0       ", b"\xffBIOSEMI")
ANNOTATIONS = ("EDF Annotations", "BDF Annotations")
_WIDTHS = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
_MOST_SIGNALS = 4096
_CLOSED = 90.0
_STARTDATE = re.compile(r"Startdate (\d{2})-([A-Z]{3})-(\d{4})\b")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


class BrokenEdf(ValueError):
    """The header is none; the message says in words what is wrong."""


@dataclass(frozen=True, slots=True)
class EdfSignal:
    """One signal of a file.

    Attributes:
        name: its label.
        transducer: what measured it.
        unit: physical dimension.
        gain: units of one step.
        offset: the value of 0, in units.
        filter: its prefiltering.
        samples: how many each data record holds.
        first: where they begin in a data record, in samples.
    """

    name: str
    transducer: str
    unit: str
    gain: float
    offset: float
    filter: str
    samples: int
    first: int


@dataclass(frozen=True, slots=True)
class EdfHeader:
    """What a file says of itself.

    Attributes:
        width: bytes of a sample, 2 or 3.
        size: bytes of the header.
        discontinuous: whether its data records may lie apart in time (EDF+D, BDF+D).
        plus: whether it is EDF+ or BDF+.
        records: how many data records it promises, None where it does not.
        duration: seconds of a data record.
        start: when it begins; the zone is not known.
        patient: the field of the patient, as it is.
        signals: the signals, those of annotations too.
    """

    width: int
    size: int
    discontinuous: bool
    plus: bool
    records: int | None
    duration: float
    start: datetime | None
    patient: str
    signals: tuple[EdfSignal, ...]

    @property
    def frame(self) -> int:
        """Samples in a data record."""
        return sum(signal.samples for signal in self.signals)


def parse_edf_header(content: bytes) -> EdfHeader:
    """Reads the header at the beginning of a file.

    Raises:
        BrokenEdf: it is no such header, or breaks off, or has numbers out of any range.
    """
    if content[:8] not in MAGIC:
        raise BrokenEdf("it does not begin as EDF or BDF does")
    if len(content) < FIXED:
        raise BrokenEdf("its header breaks off")
    text = content[:FIXED].decode("latin-1")
    patient, recording, kind = text[8:88].strip(), text[88:168].strip(), text[192:236].strip()
    count = _whole(text[252:256], "number of signals")
    if not 0 < count <= _MOST_SIGNALS:
        raise BrokenEdf(f"it has {count} signals")
    size = FIXED * (count + 1)
    if len(content) < size or _whole(text[184:192], "length of the header") != size:
        raise BrokenEdf(f"its header is not {size:,} bytes long, as {count} signals need")
    records, duration = _whole(text[236:244], "number of data records"), _number(text[244:252])
    if duration < 0 or duration > 1e9:
        raise BrokenEdf(f"its data records last {duration} s")
    return EdfHeader(
        width=3 if content[:1] == b"\xff" else 2,
        size=size,
        discontinuous=kind.startswith(("EDF+D", "BDF+D")),
        plus=kind.startswith(("EDF+", "BDF+")),
        records=records if records >= 0 else None,
        duration=duration,
        start=_start(text[168:176], text[176:184], recording),
        patient=patient,
        signals=_signals(content[FIXED:size].decode("latin-1"), count),
    )


def person_of(header: EdfHeader) -> tuple[str | None, str | None, float | None]:
    """A name for who was recorded, sex (F or M) and age in years, 90 for all who are older.

    EDF+ has code, sex, birth date and name in the patient's field, X where one is not told.
    """
    if not header.plus:
        return (header.patient if header.patient.strip("X ") else None), None, None
    code, sex, born, name = (header.patient.split() + ["X"] * 4)[:4]
    who = code if code != "X" else name if name != "X" else None
    birth = _date(born)
    age = None
    if birth and header.start and birth <= header.start.date():
        age = min(_CLOSED, float((header.start.date() - birth).days // 365.2425))
    return who, sex if sex in ("F", "M") else None, age


def _signals(text: str, count: int) -> tuple[EdfSignal, ...]:
    columns: list[list[str]] = []
    place = 0
    for width in _WIDTHS:
        columns.append([text[place + n * width : place + (n + 1) * width].strip() for n in range(count)])
        place += width * count
    signals: list[EdfSignal] = []
    first = 0
    for name, transducer, unit, low, high, least, most, filtered, held, _ in zip(*columns, strict=True):
        samples = _whole(held, f"number of samples of '{name}'")
        if not 0 <= samples <= 1 << 24:
            raise BrokenEdf(f"'{name}' has {samples} samples in a data record")
        ends = np.array([_number(low), _number(high)])
        steps = _number(most) - _number(least)
        gain = float((ends[1] - ends[0]) / steps) if steps else 0.0
        offset = float(ends[0] - gain * _number(least))
        if not math.isfinite(gain) or not math.isfinite(offset):
            raise BrokenEdf(f"the range of '{name}' is no number")
        signals.append(EdfSignal(name, transducer, unit, gain, offset, filtered, samples, first))
        first += samples
    return tuple(signals)


def _start(day: str, clock: str, recording: str) -> datetime | None:
    """The moment it begins: two digits of a year are 1985 to 2084; EDF+ has four in the recording's field."""
    try:
        days, months, years = (int(part) for part in day.split("."))
        hours, minutes, seconds = (int(part) for part in clock.split("."))
        told = _STARTDATE.match(recording)
        if told and told[2] in _MONTHS:
            days, months, years = int(told[1]), _MONTHS.index(told[2]) + 1, int(told[3])
        else:
            years += 1900 if years >= 85 else 2000
        return datetime(years, months, days, hours, minutes, seconds, tzinfo=UTC)
    except ValueError:
        return None


def _date(text: str) -> date | None:
    parts = text.split("-")
    try:
        return date(int(parts[2]), _MONTHS.index(parts[1].upper()) + 1, int(parts[0]))
    except (ValueError, IndexError):
        return None


def _whole(text: str, what: str) -> int:
    try:
        return int(text.strip())
    except ValueError:
        raise BrokenEdf(f"its {what} is '{text.strip()}'") from None


def _number(text: str) -> float:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        raise BrokenEdf(f"'{text.strip()}' stands where a number does") from None
    if not math.isfinite(value):
        raise BrokenEdf(f"'{text.strip()}' stands where a number does")
    return value
