"""Writes recordings as WFDB records: a header, a signal file for each storage format, annotations."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingather.formats.left_out import LeftOut
from ingather.formats.record_names import free_name
from ingather.formats.series_content import Even, evenly, streams_of
from ingather.formats.time_ranges import read_ranges
from ingather.formats.wfdb_annotations import encode_annotations
from ingather.formats.wfdb_digital import Digital, digital
from ingather.formats.wfdb_labels import annotations_of
from ingather.formats.wfdb_samples import encode_samples
from ingather.sample import Item, Json, Loss
from ingather.series import SECOND, BrokenStream, Stream

_CARRIED = ("key", "content", "data", "parts", "session", "label", "split", "attributes", "contributor",
            "licence", "at", "uri", "evidence")  # fmt: skip
_FACTS = frozenset({"channels", "start", "zone", "streams", "stream", "clock_time", "comments", "clock"})
_COMMENTS = ("label", "split", "session", "contributor", "licence")


def write_records(items: Iterable[Item], path: Path) -> list[Loss]:
    """Writes every item that is a recording; says what was refused, rounded or left out."""
    path.mkdir(parents=True, exist_ok=True)
    told = LeftOut("WFDB", _CARRIED)
    taken: set[str] = set()
    for item in items:
        try:
            streams = streams_of(item)
        except BrokenStream as broken:
            told.refuse(item, str(broken))
            continue
        name = free_name(item.key, taken)
        reason = _write(item, streams, path, name, told)
        if reason is not None:
            told.refuse(item, f"WFDB cannot hold it: {reason}")
            continue
        taken.add(name.lower())
        if name != item.key:
            told.count("names of samples that are no names of records")
        told.see(item)
    records = sorted(file.relative_to(path).with_suffix("").as_posix() for file in path.rglob("*.hea"))
    if records:
        (path / "RECORDS").write_text("".join(f"{one}\n" for one in records), "utf-8")
    return told.told(path.name)


def _write(item: Item, streams: list[Stream], path: Path, name: str, told: LeftOut) -> str | None:
    """Writes one record, or says in words why not."""
    main = evenly(streams[0])
    if isinstance(main, str):
        return main
    even, rate, frames = _together(main, streams[1:], told)
    lines, names, files = _signals(even, rate, frames, name, item, told)
    beside = len(item.parts) - (len(streams) - 1)
    told.count("further parts", beside)
    start = _start(main.stream, item, told)
    record = PurePosixPath(name).name
    header = [f"{record} {len(lines)} {_number(rate)} {frames}{start}", *lines, *_comments(item, told)]
    target = path / name
    target.parent.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (target.parent / file).write_bytes(content)
    marks = _marks(item, rate, names, told)
    if marks is not None:
        target.with_name(f"{record}.atr").write_bytes(marks)
    target.with_name(f"{record}.hea").write_text("".join(f"{line}\n" for line in header), "utf-8")
    return None


def _together(main: Even, others: list[Stream], told: LeftOut) -> tuple[list[Even], float, int]:
    """The streams that fit into one record, its frames a second, and how many frames it has."""
    even = [main]
    for stream in others:
        one = evenly(stream)
        if isinstance(one, str):
            told.count(f"a further stream: {one}")
        elif abs(int(one.stream.time[0]) - int(main.stream.time[0])) * one.rate > 0.01 * SECOND:
            told.count("further streams that begin at another time")
        elif _base([*(fit.rate for fit in even), one.rate]) is None:
            told.count("further streams whose rate has no common measure with the first one's")
        else:
            even.append(one)
    for one in even:
        told.count("stamps beside an even clock: they are put on it", one.moved)
        told.count("gaps: rows without values stand in them", one.filled)
    rate = _base([one.rate for one in even]) or main.rate
    frames = max(math.ceil(len(one.stream) * rate / one.rate - 1e-9) for one in even)
    return even, rate, frames


def _base(rates: list[float]) -> float | None:
    """The frames a second of which all rates are whole multiples."""
    slowest = min(rates)
    for parts in range(1, 65):
        base = slowest / parts
        if all(abs(rate / base - round(rate / base)) < 1e-9 * rate / base for rate in rates):
            return base
    return None


def _signals(
    even: list[Even], rate: float, frames: int, name: str, item: Item, told: LeftOut
) -> tuple[list[str], list[str], dict[str, bytes]]:
    """The lines of the header, the names of the channels in their order, and the signal files."""
    stored = _stored(item)
    by_format: dict[str, list[_Channel]] = {}
    for place, one in enumerate(even):
        per_frame = round(one.rate / rate)
        missing = frames * per_frame - len(one.stream)
        told.count("that one stream ends before another: values are missing there", missing)
        for channel, values in one.stream.channels.items():
            facts = stored.get(("" if not place else one.stream.name, channel), {})
            found = digital(_stretched(values, frames * per_frame), facts)
            if found.rounded:
                what = f"values of {channel} as finely (they differ by up to {found.error:.3g})"
                told.count(what, found.rounded)
            bits = int(facts.get("bits") or 0)
            made = _Channel(channel, one.stream.units.get(channel), per_frame, bits, found)
            by_format.setdefault(found.format, []).append(made)
    record = PurePosixPath(name).name
    lines: list[str] = []
    files: dict[str, bytes] = {}
    for form, group in by_format.items():  # signals of one file stand together
        file = f"{record}.dat" if len(by_format) == 1 else f"{record}_{form}.dat"
        columns = [one.steps().reshape(frames, one.per_frame) for one in group]
        lines += [one.line(file) for one in group]
        files[file] = encode_samples(np.concatenate(columns, axis=1).ravel(), form)
    return lines, [one.name for group in by_format.values() for one in group], files


@dataclass(frozen=True, slots=True)
class _Channel:
    """A channel as it is written."""

    name: str
    unit: str | None
    per_frame: int
    bits: int
    found: Digital

    def steps(self) -> NDArray[np.int64]:
        samples = self.found.samples
        return np.diff(samples, prepend=samples[:1]) if self.found.format == "8" else samples

    def line(self, file: str) -> str:
        found = self.found
        form = f"{found.format}x{self.per_frame}" if self.per_frame > 1 else found.format
        unit = re.sub(r"\s+", "_", self.unit or "NU")
        check = (int(found.samples.sum()) + 32_768) % 65_536 - 32_768
        first = int(found.samples[0]) if len(found.samples) else 0
        gain = f"{_number(found.gain)}({found.baseline})/{unit}"
        return f"{file} {form} {gain} {self.bits} 0 {first} {check} 0 {_plain(self.name)}"


def _stored(item: Item) -> dict[tuple[str, str], Mapping[str, Any]]:
    """What is known of each channel from where it came, by stream (the main one: none) and name."""
    data: Any = item.data or {}
    groups = [("", data.get("channels"))]
    groups += [(str(one.get("name")), one.get("channels")) for one in data.get("streams") or []]
    return {
        (stream, one["name"]): one
        for stream, channels in groups
        for one in channels or []
        if isinstance(one, dict) and isinstance(one.get("name"), str)
    }


def _stretched(values: NDArray[np.float64], rows: int) -> NDArray[np.float64]:
    return values if len(values) == rows else np.concatenate([values, np.full(rows - len(values), np.nan)])


def _start(stream: Stream, item: Item, told: LeftOut) -> str:
    """Base time and date of the record line, where the recording has a date."""
    data: Any = item.data or {}
    first = int(stream.time[0])
    if data.get("start") is None:
        told.count("when the first value came after the start", int(first != 0))
        clock = data.get("clock_time")
        return f" {_clock(float(clock))}" if isinstance(clock, int | float) and 0 <= clock < 86_400 else ""
    moment = datetime.fromtimestamp(first // SECOND, UTC)
    told.count("times finer than microseconds", int(first % 1000 != 0))
    told.count("the time zone", int(data.get("zone") not in (None, "UTC", "Z", "+00:00")))
    seconds = (first // SECOND) % 86_400 + first % SECOND // 1000 / 1e6
    return f" {_clock(seconds)} {moment:%d/%m/}{moment.year:04d}"


def _clock(seconds: float) -> str:
    whole, micro = divmod(round(seconds * 1e6), 1_000_000)
    text = f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return text if not micro else f"{text}.{micro:06d}".rstrip("0")


def _comments(item: Item, told: LeftOut) -> list[str]:
    """What is known of the recording beside its signals, a line each."""
    lines = []
    for name in _COMMENTS:
        value: Json = getattr(item, name)
        if isinstance(value, str) and value:
            lines.append(f"#{name}: {_plain(value)}")
        elif name == "label" and value is not None and not isinstance(value, list):
            lines.append(f"#label: {value}")
            told.count("labels that are no words as such", 1)
    for name, told_value in item.attributes.items():
        if told_value is not None:
            lines.append(f"#{_plain(name)}: {_plain(str(told_value))}")
        told.count("of attributes who says so", int(item.bases.get(name, "source") != "source"))
    data: Any = item.data or {}
    lines += [f"#{_plain(str(line))}" for line in data.get("comments") or []]
    told.count("further fields", sum(name not in _FACTS for name in data))
    return lines


def _marks(item: Item, rate: float, names: list[str], told: LeftOut) -> bytes | None:
    if not isinstance(item.label, list):
        return None
    try:
        read_ranges(item.label)
        entries, beside = annotations_of(item.label, rate, names)
    except ValueError:
        told.count("labels that are no stretches of time")
        return None
    told.count("ends of stretches between two samples", beside)
    told.count("words of more than 255 bytes", sum(len(one.note.encode()) > 255 for one in entries))
    return encode_annotations(entries)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
