"""Signals in frames of a CAN bus, as a database (DBC and the like) describes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingather.errors import MissingExtra
from ingather.formats.can_frames import ERROR, EXTENDED, LONGEST, REMOTE, Frames
from ingather.series import Stream

SUFFIXES = (".dbc", ".kcd", ".sym")
_LARGEST = 64 << 20


def load_database(file: Path) -> Any | str:
    """The messages that a file describes, or in words why there are none.

    Raises:
        MissingExtra: cantools is not installed.
    """
    try:
        import cantools
    except ImportError:
        raise MissingExtra("can", "Decoding CAN signals") from None
    try:
        if file.stat().st_size > _LARGEST:
            return "it is larger than such a file can be"
        return cantools.database.load_file(str(file), strict=False)
    except Exception as error:  # parsers of several syntaxes raise nearly anything
        told = (str(error).splitlines() or [type(error).__name__])[0][:200]
        return f"it cannot be read as a database of messages: {told}"


def decoded_streams(frames: Frames, databases: Sequence[Any]) -> tuple[list[Stream], NDArray[np.bool_]]:
    """A stream of signals in their units for each message that occurs, and which frames are decoded.

    Signals behind the end of a short frame, or that another multiplexer value switches off, are NaN.
    """
    octets, lengths = frames.octets()
    times = np.array(frames.times, np.int64)
    keys = np.array(frames.ids, np.int64) * 2 + (np.array(frames.flags, np.int64) & EXTENDED > 0)
    plain = np.array(frames.flags, np.int64) & (REMOTE | ERROR) == 0
    done = np.zeros(len(frames), bool)
    streams: list[Stream] = []
    taken: set[str] = set()
    messages = {
        (one.frame_id & 0x1FFFFFFF) * 2 + bool(one.is_extended_frame): one
        for database in databases
        for one in getattr(database, "messages", ())
    }
    for key in dict.fromkeys(keys.tolist()):
        message = messages.get(key)
        if message is None or message.is_container or not message.signals:
            continue
        rows = (keys == key) & plain
        if not rows.any():
            continue
        channels = _signals(message, octets[rows], lengths[rows])
        units = {one.name: one.unit for one in message.signals if one.unit and one.name in channels}
        name = message.name if message.name not in taken else f"{message.name}-{key >> 1:x}"
        taken.add(name)
        streams.append(Stream(times[rows], channels, units, None, name))
        done |= rows
    return streams, done


def _signals(
    message: Any, octets: NDArray[np.uint8], lengths: NDArray[np.int64]
) -> dict[str, NDArray[np.float64]]:
    raw: dict[str, NDArray[Any]] = {}
    there: dict[str, NDArray[np.bool_]] = {}
    for signal in message.signals:
        raw[signal.name], there[signal.name] = _bits(signal, octets, lengths)
    channels: dict[str, NDArray[np.float64]] = {}
    for signal in message.signals:
        known = there[signal.name].copy()
        switch = signal.multiplexer_signal
        if signal.multiplexer_ids and switch in raw:
            known &= there[switch] & np.isin(raw[switch], list(signal.multiplexer_ids))
        values = raw[signal.name].astype(np.float64) * float(signal.scale) + float(signal.offset)
        name = signal.name if signal.name != "time" else "time-2"
        channels[name] = np.where(known, values, np.nan)
    return channels


def _bits(
    signal: Any, octets: NDArray[np.uint8], lengths: NDArray[np.int64]
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """(n,) whole numbers of a signal, and whether the frames are long enough to hold it."""
    value = np.zeros(len(octets), np.uint64)
    nowhere = value, np.zeros(len(octets), bool)
    if not 0 < signal.length <= 64 or not 0 <= signal.start < 8 * LONGEST:
        return nowhere
    places = _places(signal.start, signal.length, signal.byte_order == "big_endian")
    last = max(place // 8 for place in places)
    there = lengths > last
    if octets.shape[1] <= last:
        return nowhere
    for place in places:
        bit = octets[:, place // 8] >> np.uint8(place % 8) & np.uint8(1)
        value = value << np.uint64(1) | bit.astype(np.uint64)
    if signal.is_float:
        kind = {16: (np.uint16, np.float16), 32: (np.uint32, np.float32), 64: (np.uint64, np.float64)}
        whole, real = kind.get(len(places), (np.uint64, np.float64))
        return value.astype(whole).view(real).astype(np.float64), there
    if signal.is_signed:
        shift = np.uint64(64 - len(places))
        return (value << shift).view(np.int64) >> np.int64(64 - len(places)), there
    return value, there


def _places(start: int, length: int, big: bool) -> list[int]:
    """The bits of a signal, the most significant first: byte x 8 + bit within it, 0 the least."""
    if not big:
        return list(range(start + length - 1, start - 1, -1))
    places = []
    place = start
    for _ in range(length):
        places.append(place)
        place = place + 15 if place % 8 == 0 else place - 1
    return places
