"""Reads GPX files: tracks as series of positions, with whatever numbers their points carry."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from ingather.formats.plain_xml import UnsafeXml, parse_xml
from ingather.formats.series_items import series_item, stamp_of, unreadable
from ingather.formats.time_ranges import TimeRange, as_label
from ingather.formats.times import times_of_words
from ingather.sample import Item, Json, Loss
from ingather.series import MISSING, SECOND, Stream, decode

SUFFIX = ".gpx"
_LARGEST = 128 << 20
_NAMES = {"lat": "latitude", "lon": "longitude", "ele": "elevation"}
_UNITS = {
    "latitude": "deg", "longitude": "deg", "elevation": "m", "speed": "m/s", "course": "deg",
    "magvar": "deg", "geoidheight": "m", "hr": "1/min", "cad": "1/min", "atemp": "degC", "wtemp": "degC",
    "depth": "m", "power": "W",
}  # fmt: skip
_WORDS = ("name", "desc", "cmt", "type", "sym", "src", "fix", "link", "text")
_MOST_CHANNELS = 64


@dataclass(slots=True)
class _Points:
    """Points of one track: their times in words, and their numbers."""

    times: list[str | None] = field(default_factory=list)
    numbers: dict[str, list[float]] = field(default_factory=dict)
    segments: list[float] = field(default_factory=list)
    odd: int = 0
    words: set[str] = field(default_factory=set)


def gpx_files(path: Path) -> list[Path]:
    """The GPX files at or below a path, in order."""
    if path.is_file():
        return [path] if path.suffix.lower() == SUFFIX else []
    if not path.is_dir():
        return []
    return sorted(one for one in path.rglob("*") if one.suffix.lower() == SUFFIX and one.is_file())


def read_gpx(path: Path) -> Iterator[Item | Loss]:
    """Every track and every route of the files below a path."""
    root = path if path.is_dir() else path.parent
    for file in gpx_files(path):
        yield from _file(file, file.relative_to(root).as_posix())


def _file(file: Path, key: str) -> Iterator[Item | Loss]:
    if fault := unreadable(file):
        yield Loss(key, fault)
        return
    try:
        top = parse_xml(file.read_bytes(), _LARGEST)
    except (UnsafeXml, OSError) as error:
        yield Loss(key, f"it is no GPX: {error}")
        return
    if _local(top) != "gpx":
        yield Loss(key, f"its root is '{_local(top)[:40]}', not gpx")
        return
    lines = [one for one in top if _local(one) in ("trk", "rte")]
    marks = [one for one in top if _local(one) == "wpt"]
    stamp, uri = stamp_of(file), file.absolute().as_uri()
    for number, line in enumerate(lines):
        name = key if len(lines) == 1 else f"{key}#{number}"
        points = _points(line)
        if points.odd:
            yield Loss(name, "points without latitude and longitude", points.odd)
        if points.words:
            told = ", ".join(sorted(points.words)[:8])
            yield Loss(name, f"what its points say in words is left out: {told}", 0)
        if not points.times:
            yield Loss(name, "it has no points")
            continue
        item, losses = _item(name, line, points)
        yield from losses
        _describe(item, top, line)
        item.stamp, item.uri = stamp, uri
        if marks and len(lines) == 1:
            marks = _label(item, marks)
        yield item
    if marks:
        yield Loss(key, "waypoints lie on no track, or at no time of one", len(marks))
    if not lines and not marks:
        yield Loss(key, "it has no tracks")


def _points(line: Element) -> _Points:
    found = _Points()
    parts = [part for part in line if _local(part) == "trkseg"] if _local(line) == "trk" else [line]
    for number, part in enumerate(parts):
        for point in part:
            if _local(point) in ("trkpt", "rtept"):
                _add(found, point, number)
    return found


def _add(found: _Points, point: Element, segment: int) -> None:
    values: dict[str, float] = {}
    for name in ("lat", "lon"):
        number = _number(point.get(name))
        if number is None:
            found.odd += 1
            return
        values[_NAMES[name]] = number
    time = None
    for inner in point.iter():
        name = _NAMES.get(_local(inner), _local(inner))
        text = (inner.text or "").strip()
        if inner is point or not text:
            continue
        if name == "time":
            time = text
        elif (number := _number(text)) is not None and len(found.numbers) < _MOST_CHANNELS:
            values.setdefault(name, number)
        elif name not in _WORDS or name == "fix":
            found.words.add(name[:40])
    rows = len(found.times)
    for name, value in values.items():
        column = found.numbers.setdefault(name, [math.nan] * rows)
        column.append(value)
    for name, column in found.numbers.items():
        if name not in values:
            column.append(math.nan)
    found.times.append(time)
    found.segments.append(float(segment))


def _item(name: str, line: Element, points: _Points) -> tuple[Item, list[Loss]]:
    import pyarrow as pa

    losses: list[Loss] = []
    rows = len(points.times)
    found = times_of_words(pa.array(points.times, pa.string())) if any(points.times) else None
    facts: dict[str, Json] = {}
    if found is None:
        if any(points.times):
            losses.append(
                Loss(name, "its times are not understood: the order of its points is all there is", 0)
            )
        facts["clock"] = "order"
    elif found.told:
        losses.append(Loss(name, found.told, 0))
    channels = {key: np.array(values, np.float64) for key, values in points.numbers.items() if key != "time"}
    if len(set(points.segments)) > 1:
        channels["segment"] = np.array(points.segments)
    units = {key: unit for key, unit in _UNITS.items() if key in channels}
    time = np.full(rows, MISSING) if found is None else found.time
    dated = found is not None and found.dated
    stream = Stream(time, channels, units)
    return series_item(name, [stream], dated=dated, zone=found.zone if found else None, facts=facts), losses


def _describe(item: Item, top: Element, line: Element) -> None:
    """What the file and the track say beside the points."""
    data: dict[str, Any] = dict(item.data or {})
    if title := _text(line, "name"):
        data["name"] = title
    if creator := (top.get("creator") or "").strip():
        data["creator"] = creator[:200]
    item.data = data
    if kind := _text(line, "type"):
        item.attributes["type"] = kind
    about = next((one for one in top if _local(one) == "metadata"), None)
    for inner in about if about is not None else ():
        if _local(inner) == "author":
            item.contributor = _text(inner, "name") or None
        elif _local(inner) == "copyright":
            item.licence = _text(inner, "license") or None


def _label(item: Item, marks: list[Element]) -> list[Element]:
    """Waypoints with a time within the track become labelled moments; gives back the others."""
    import pyarrow as pa

    assert isinstance(item.content, bytes)
    stamps = decode(item.content).stamps
    words = [_text(one, "time") or None for one in marks]
    found = times_of_words(pa.array(words, pa.string())) if any(words) else None
    if found is None or not len(stamps):
        return marks
    first, last = int(stamps.min()), int(stamps.max())
    ranges: list[TimeRange] = []
    left: list[Element] = []
    for mark, time in zip(marks, found.time.tolist(), strict=True):
        if time == MISSING or not first <= time <= last:
            left.append(mark)
            continue
        at = (time - first) / SECOND
        ranges.append(TimeRange(at, at, _text(mark, "type") or _text(mark, "name") or "waypoint"))
    if ranges:
        item.label = as_label(sorted(ranges, key=lambda one: one.start))
    return left


def _text(element: Element, name: str) -> str:
    found = next((one for one in element if _local(one) == name), None)
    return (found.text or "").strip()[:1000] if found is not None else ""


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _local(element: Element) -> str:
    return element.tag.rpartition(":")[2]
