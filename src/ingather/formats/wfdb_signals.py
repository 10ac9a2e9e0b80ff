"""Signals of one WFDB segment: from their files into physical units."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingather.formats.picture_files import safe_relative
from ingather.formats.series_items import unreadable
from ingather.formats.wfdb_header import Header, Signal
from ingather.formats.wfdb_samples import BITS, FLAC, decode_samples, invalid
from ingather.sample import Loss
from ingather.series import MOST_VALUES


@dataclass(slots=True)
class Loaded:
    """The signals of one segment.

    Attributes:
        values: (frames x per_frame,) float64 in physical units by the signal's place, NaN where missing.
        losses: signals that could not be read.
        files: what was read.
        fault: why the values are not to be trusted, in words.
    """

    values: dict[int, NDArray[np.float64]] = field(default_factory=dict)
    losses: list[Loss] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    fault: str | None = None


def load_signals(header: Header, folder: Path, where: str) -> Loaded:
    """Reads the signal files that a header names.

    Args:
        header: of one segment.
        folder: in which its files lie.
        where: the record, as losses name it.
    """
    loaded = Loaded()
    numbered = list(enumerate(header.signals))
    for name, members in groupby(numbered, key=lambda one: one[1].file):
        group = list(members)
        found = _samples(name, [signal for _, signal in group], header, folder)
        if isinstance(found, str):
            loaded.losses.append(Loss(f"{where}, {name}", found, len(group)))
            continue
        frames, file = found
        loaded.files.append(file)
        _physical(loaded, group, frames, header)
    return loaded


def _samples(
    name: str, group: list[Signal], header: Header, folder: Path
) -> tuple[NDArray[np.int64], Path] | str:
    """(frames, samples a frame) of one signal file, or in words why there are none."""
    plain = safe_relative(name)
    if plain is None:
        return "the name leads out of the record's folder"
    form = group[0].format
    if form not in BITS:
        return f"its format {form} is not known"
    if any(one.format != form for one in group):
        return "its signals have several formats in one file"
    file = folder / plain
    if fault := unreadable(file):
        return "it is not there" if not file.exists() else fault
    width = sum(one.per_frame for one in group)
    most = MOST_VALUES
    if header.length is not None:
        most = min(most, (header.length + max(one.skew for one in group)) * width)
    try:
        with file.open("rb") as opened:
            opened.seek(group[0].offset)
            content = opened.read() if form in FLAC else opened.read(_bytes_of(most, form))
        samples = decode_samples(content, form, most)
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    except ValueError as error:
        return str(error)
    if len(samples) < width:
        return "it holds no whole frame"
    return samples[: len(samples) // width * width].reshape(-1, width), file


def _physical(
    loaded: Loaded, group: list[tuple[int, Signal]], frames: NDArray[np.int64], header: Header
) -> None:
    """Puts the group's signals in physical units; what is cut short or does not add up is the fault."""
    first = 0
    for place, signal in group:
        raw = frames[:, first : first + signal.per_frame].ravel()
        first += signal.per_frame
        if signal.format == "8":
            raw = np.cumsum(raw) + signal.initial
        if header.length is not None and len(frames) < header.length:
            loaded.fault = loaded.fault or (
                f"{signal.file} breaks off: {len(frames):,} of {header.length:,} frames are there"
            )
        elif header.length and signal.checksum is not None and not _adds_up(raw, signal, header.length):
            loaded.fault = loaded.fault or f"the samples of {signal.name} do not add up to their check sum"
        values = (raw - signal.baseline) / signal.gain
        empty = invalid(signal.format)
        if empty is not None:
            values[raw == empty] = np.nan
        if signal.skew:
            values = values[min(signal.skew * signal.per_frame, len(values)) :]
        length = (header.length or len(frames)) * signal.per_frame
        if len(values) < length <= MOST_VALUES and len(values):
            length = min(length, len(frames) * signal.per_frame)
            values = np.concatenate([values, np.full(max(0, length - len(values)), np.nan)])
        loaded.values[place] = values[:length]


def _bytes_of(most: int, form: str) -> int:
    """The bytes that so many samples take, and a few more."""
    return most * (4 if form in ("310", "311") else BITS[form]) // (3 if form in ("310", "311") else 8) + 8


def _adds_up(raw: NDArray[np.int64], signal: Signal, length: int) -> bool:
    total = int(raw[: (length + signal.skew) * signal.per_frame].sum())
    return (total - (signal.checksum or 0)) % 65_536 == 0
