"""Reads logs of CAN buses: frames as they are, or signals where a database of messages lies beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from ingather.formats.can_frames import Frames, raw_stream
from ingather.formats.can_logs import is_candump, read_asc, read_blf, read_candump
from ingather.formats.can_signals import SUFFIXES as DATABASES
from ingather.formats.can_signals import decoded_streams, load_database
from ingather.formats.series_items import head_of, series_item, stamp_of, unreadable
from ingather.sample import Item, Loss
from ingather.series import SECOND, Stream

_TEXT = (".log", ".txt", ".candump")
SUFFIXES = (*_TEXT, ".asc", ".blf")
_MOST_FILES = 20
_FURTHEST = 9_200_000_000 * SECOND


def kind_of(file: Path) -> Callable[[Path], Frames] | None:
    """What reads a file as a log of a CAN bus, None where it is none."""
    suffix = file.suffix.lower()
    head = head_of(file, 1 << 13)
    if suffix == ".blf":
        return read_blf if head.startswith(b"LOGG") else None
    lines = [line for line in head.splitlines()[:40] if line.strip()]
    if suffix == ".asc":
        first = b"\n".join(lines[:5]).lower()
        return read_asc if b"base hex" in first or b"base dec" in first else None
    good = sum(map(is_candump, lines))
    return read_candump if good > 0.5 * len(lines) or (good and suffix == ".candump") else None


def can_files(path: Path) -> list[Path]:
    """The logs at or below a path, in order; what is named as one and is none stays among them."""
    if path.is_file():
        return [path] if path.suffix.lower() in SUFFIXES and kind_of(path) else []
    if not path.is_dir():
        return []
    named = sorted(one for one in path.rglob("*") if one.suffix.lower() in SUFFIXES and one.is_file())
    surely = [one for one in named if one.suffix.lower() in (".blf", ".candump")]
    if not surely and not any(map(kind_of, islice(named, _MOST_FILES))):
        return []
    return [one for one in named if one.suffix.lower() != ".txt" or kind_of(one)]


def read_can(path: Path, *, database: Path | None, raw: bool, main: str | None) -> Iterator[Item | Loss]:
    """Every log below a path as one item."""
    root = path if path.is_dir() else path.parent
    files = (
        [database] if database else sorted(one for one in root.rglob("*") if one.suffix.lower() in DATABASES)
    )
    databases: list[Any] = []
    for file in files:
        loaded = load_database(file) if file.is_file() else "it is not there"
        if isinstance(loaded, str):
            yield Loss(file.name, loaded)
        else:
            databases.append(loaded)
    for file in can_files(path):
        key = file.relative_to(root).as_posix()
        reader = kind_of(file)
        if fault := unreadable(file):
            yield Loss(key, fault)
        elif reader is None:
            yield Loss(key, "it is no log of a CAN bus that is known")
        else:
            used = files if databases else []
            yield from _item(file, key, reader(file), databases, used, raw, main)


def _item(
    file: Path, key: str, frames: Frames, databases: list[Any], used: list[Path], raw: bool, main: str | None
) -> Iterator[Item | Loss]:
    for reason, places in frames.odd.items():
        yield Loss(f"{key}, line {places[0]}", f"{reason} (the first of its kind)", len(places))
    if not len(frames):
        yield Loss(key, frames.fault or "it has no frames")
        return
    if max(map(abs, frames.times)) > _FURTHEST:
        yield Loss(key, "its times lead out of any range")
        return
    streams: list[Stream] = []
    if databases:
        streams, done = decoded_streams(frames, databases)
        left = int((~done).sum())
        if left and not raw:
            kinds = len(set(np.array(frames.ids)[~done].tolist()))
            told = (
                f"{left:,} frames of {kinds} ids that no database describes are left out unless 'raw' is set"
            )
            yield Loss(key, told, 0)
        streams.sort(key=lambda one: (one.name != main, -len(one)))
    if raw or not streams:
        streams.append(raw_stream(frames, "frames" if streams else ""))
    if main and streams[0].name != main:
        yield Loss(key, f"it has no message {main}: {streams[0].name or 'its frames'} is the main stream", 0)
    facts = {"buses": list(frames.names)}
    item = series_item(key, streams, dated=frames.dated, facts=facts)  # type: ignore[arg-type]
    item.stamp, item.uri, item.fault = stamp_of(file, *used), file.absolute().as_uri(), frames.fault
    yield item
