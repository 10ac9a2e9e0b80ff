"""WFDB records of several segments, joined into one: with a fixed layout or one that changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingather.formats.picture_files import safe_relative
from ingather.formats.wfdb_header import BrokenHeader, Header, Signal, parse_header
from ingather.formats.wfdb_signals import load_signals
from ingather.sample import Loss
from ingather.series import MOST_VALUES

_EMPTY = 256
"""How many times longer than what is there a record may be for its gaps."""
_LEAST = 1 << 20


@dataclass(slots=True)
class Joined:
    """Signals of a whole record.

    Attributes:
        signals: what its header says of each.
        values: (frames x per_frame,) float64 of each in physical units, NaN where missing.
        losses: what could not be read.
        files: what was read.
        fault: why the values are not to be trusted, in words.
    """

    signals: tuple[Signal, ...]
    values: tuple[NDArray[np.float64], ...]
    losses: list[Loss] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    fault: str | None = None


@dataclass(slots=True)
class _Piece:
    first: int
    length: int
    signals: tuple[Signal, ...]
    values: dict[int, NDArray[np.float64]]


def join_segments(header: Header, folder: Path, key: str) -> Joined:
    """Reads the segments that a header names, each in its place; ``~`` is a gap.

    In a fixed layout the n-th signal is the n-th of every segment; where a first segment of length 0 is the
    layout, signals are found by their names.
    """
    joined = Joined((), ())
    by_name = bool(header.segments) and header.segments[0][1] == 0
    pieces: list[_Piece] = []
    first = 0
    for number, (name, length) in enumerate(header.segments):
        if length and name != "~":
            piece = _piece(name, first, length, header, folder, f"{key}, segment {name}", joined)
            pieces += [piece] if piece else []
        elif number == 0 and name != "~":
            joined.files += [folder / f"{name}.hea"] if _load(name, folder)[1] is None else []
        first += length
    there = sum(piece.length for piece in pieces)
    if first > max(_LEAST, _EMPTY * there) or first > MOST_VALUES:
        joined.losses.append(Loss(key, f"its segments span {first:,} frames, and {there:,} are there", 0))
        return joined
    signals = _layout(header, folder, pieces, by_name)
    values = []
    for place, signal in enumerate(signals):
        whole = np.full(first * signal.per_frame, np.nan)
        for piece in pieces:
            _put(whole, piece, place, signal, by_name, joined, key)
        values.append(whole)
    joined.signals, joined.values = signals, tuple(values)
    return joined


def _piece(
    name: str, first: int, length: int, header: Header, folder: Path, where: str, joined: Joined
) -> _Piece | None:
    part, wrong = _load(name, folder)
    if part is None:
        joined.losses.append(Loss(where, wrong or "it cannot be read"))
        return None
    if part.segments or part.rate != header.rate:
        joined.losses.append(Loss(where, "it is itself of segments, or of another rate"))
        return None
    loaded = load_signals(part, _at(name, folder).parent, where)
    joined.losses += loaded.losses
    joined.files += [_at(name, folder), *loaded.files]
    joined.fault = joined.fault or (loaded.fault and f"segment {name}: {loaded.fault}")
    return _Piece(first, length, part.signals, loaded.values)


def _at(name: str, folder: Path) -> Path:
    return folder / f"{safe_relative(name)}.hea"


def _load(name: str, folder: Path) -> tuple[Header | None, str | None]:
    if safe_relative(name) is None:
        return None, "the name leads out of the record's folder"
    file = _at(name, folder)
    try:
        return parse_header(file.read_bytes()), None
    except FileNotFoundError:
        return None, f"{file.name} is not there"
    except OSError as error:
        return None, f"{file.name} cannot be read: {error.strerror}"
    except BrokenHeader as broken:
        return None, f"{file.name} is no header of a record: {broken}"


def _layout(header: Header, folder: Path, pieces: list[_Piece], by_name: bool) -> tuple[Signal, ...]:
    """The record's signals, with gain and samples a frame as the first segment that has them says."""
    if not by_name:
        return pieces[0].signals if pieces else ()
    known: dict[str, Signal] = {}
    for piece in pieces:
        for signal in piece.signals:
            known.setdefault(signal.name, signal)
    layout, _ = _load(header.segments[0][0], folder)
    wanted = [signal.name for signal in layout.signals] if layout else list(known)
    order = dict.fromkeys([name for name in wanted if name in known] + list(known))
    return tuple(replace(known[name], checksum=None) for name in order)


def _put(
    whole: NDArray[np.float64],
    piece: _Piece,
    place: int,
    signal: Signal,
    by_name: bool,
    joined: Joined,
    key: str,
) -> None:
    names = [one.name for one in piece.signals]
    inner = (names.index(signal.name) if signal.name in names else None) if by_name else place
    values = piece.values.get(inner) if inner is not None else None
    if values is None or inner is None:
        return
    if piece.signals[inner].per_frame != signal.per_frame:
        where = f"{key}, frame {piece.first}"
        joined.losses.append(Loss(where, f"{signal.name} has another rate here: it is left out"))
        return
    start = piece.first * signal.per_frame
    length = min(len(values), piece.length * signal.per_frame)
    whole[start : start + length] = values[:length]
