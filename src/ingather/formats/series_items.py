"""Streams of numbers as items: Arrow bytes, what the channels are, where they begin."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ingather.sample import Item, Json, Part
from ingather.series import MEDIA_TYPE, MISSING, SECOND, Stream, describe, encode

LARGEST = 2_000_000_000
"""Bytes of the largest file that is read whole; longer recordings are cut into several files first."""
_ODD = re.compile(r"[^\w.-]+")


def series_item(
    key: str,
    streams: Sequence[Stream],
    *,
    dated: bool = False,
    zone: str | None = None,
    facts: dict[str, Json] | None = None,
) -> Item:
    """One recording as an item: the first stream is its main part, the others are parts.

    Args:
        key: the item's key.
        streams: one at least; parts are named ``stream-NAME`` after their names.
        dated: whether times count from the epoch.
        zone: the time zone or offset that the source names, None where it names none.
        facts: what else ``data`` says.
    """
    main, *others = streams
    start = _start(streams) if dated else None
    data: dict[str, Json] = {
        "channels": [dict(one) for one in describe(main)],
        "start": start.isoformat() if start else None,
        "zone": zone,
    }
    if main.name:
        data["stream"] = main.name
    if others:
        data["streams"] = [_described(one, main) for one in others]
    return Item(
        key,
        "sensor",
        content=encode(main),
        media_type=MEDIA_TYPE,
        data={**data, **(facts or {})},
        parts=tuple(_part(one, order, main) for order, one in enumerate(others)),
        at=start,
    )


def stamp_of(*files: Path) -> str:
    """What changes whenever one of the files does."""
    told = [os.stat(file) for file in files]
    return "-".join(f"{one.st_size}-{one.st_mtime_ns}" for one in told)


def head_of(file: Path, length: int) -> bytes:
    """The first bytes of a file, none where it cannot be read."""
    try:
        with file.open("rb") as opened:
            return opened.read(length)
    except OSError:
        return b""


def unreadable(file: Path) -> str | None:
    """Why a file is not even tried, in words, or None."""
    try:
        with file.open("rb"):
            size = file.stat().st_size
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    if size > LARGEST:
        return f"it has {size / 1e9:.1f} GB, more than is read whole: cut it into several files"
    return "it is empty: there are no bytes" if size == 0 else None


def _described(stream: Stream, main: Stream) -> dict[str, Json]:
    """What is known of a further stream: its channels, and its times in seconds on the main one's clock."""
    first, last = _ends(stream)
    zero = _ends(main)[0] or 0
    return {
        "name": stream.name,
        "channels": [dict(one) for one in describe(stream)],
        "values": len(stream),
        "start": None if first is None else (first - zero) / SECOND,
        "end": None if last is None else (last - zero) / SECOND,
        "step": stream.period / SECOND if stream.period == stream.period else None,
        "lost": _lost(stream),
    }


def _lost(stream: Stream) -> int | None:
    """Values lost in steps of more than 1.5 usual ones; None where rows come in bursts.

    Where steps vary, what is out of the ordinary is more: 6 times their deviation above the usual step.
    """
    steps = stream.later
    if len(steps) < 8:
        return None
    uneven = np.abs(steps[steps < 3 * stream.period] - stream.period)
    if len(steps) < 0.7 * len(stream.steps) or np.median(uneven) > 0.5 * stream.period:
        return None
    long = steps[steps > max(1.5 * stream.period, stream.period + 6 * 1.4826 * np.median(uneven))]
    return int((np.round(long / stream.period) - 1).sum())


def _part(stream: Stream, order: int, main: Stream) -> Part:
    first, last = _ends(stream)
    zero = _ends(main)[0]
    return Part(
        f"stream-{_ODD.sub('-', stream.name).strip('-') or order + 1}",
        order,
        content=encode(stream),
        media_type=MEDIA_TYPE,
        start=None if first is None or zero is None else (first - zero) / SECOND,
        end=None if last is None or zero is None else (last - zero) / SECOND,
    )


def _ends(stream: Stream) -> tuple[int | None, int | None]:
    stamps = stream.stamps
    return (int(stamps.min()), int(stamps.max())) if len(stamps) else (None, None)


def _start(streams: Sequence[Stream]) -> datetime | None:
    first = _ends(streams[0])[0]
    if first is None or not -62_000_000_000 < first // SECOND < 250_000_000_000:
        return None
    return datetime.fromtimestamp(first // SECOND, UTC).replace(microsecond=first % SECOND // 1000)


def as_time(seconds: np.ndarray) -> np.ndarray:
    """(n,) int64 nanoseconds of seconds as float64; what is no finite number or out of range is missing.

    Rounded to whole microseconds above 10**6 s, where a float64 holds no more than that, so that equal steps
    stay equal.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        whole = np.floor(seconds)
        rest = seconds - whole
        fine = np.where(np.abs(seconds) < 1e6, rest * 1e9, np.round(rest * 1e6) * 1e3)
        sound = np.isfinite(seconds) & (np.abs(seconds) < 9.2e9)
        told = np.where(sound, whole, 0).astype(np.int64) * SECOND + np.round(
            np.where(sound, fine, 0)
        ).astype(np.int64)
    return np.where(sound, told, MISSING)
