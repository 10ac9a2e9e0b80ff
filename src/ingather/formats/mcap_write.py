"""Writes recordings as MCAP files: a topic of JSON messages for each stream, other parts as attachments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from ingather.errors import MissingExtra
from ingather.formats.bag_item import MAIN, OWN, PART, told_of
from ingather.formats.left_out import LeftOut
from ingather.formats.record_names import free_name
from ingather.formats.series_content import streams_of
from ingather.sample import Item, Loss
from ingather.series import MEDIA_TYPE, MISSING, BrokenStream, Stream

_CARRIED = ("key", "text", "content", "data", "parts", "parent", "segment", "session", "label", "split",
            "attributes", "contributor", "licence", "consent", "uri", "at", "evidence", "synthetic",
            "fault")  # fmt: skip


def write_mcap(items: Iterable[Item], path: Path) -> list[Loss]:
    """Writes every item that is a recording as a file; says what was refused or changed.

    Raises:
        MissingExtra: mcap is not installed.
    """
    try:
        from mcap.writer import Writer
    except ImportError:
        raise MissingExtra("robotics", "MCAP") from None
    path.mkdir(parents=True, exist_ok=True)
    told = LeftOut("MCAP", _CARRIED)
    taken: set[str] = set()
    for item in items:
        try:
            streams = streams_of(item)
        except BrokenStream as broken:
            told.refuse(item, str(broken))
            continue
        name = free_name(item.key.removesuffix(".mcap"), taken)
        taken.add(name.lower())
        target = path / f"{name}.mcap"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as opened:
            writer: Any = Writer(opened)
            writer.start(profile="", library="ingather")
            _write(writer, item, streams, told)
            writer.finish()
        told.see(item)
    return told.told(path.name)


def _write(writer: Any, item: Item, streams: list[Stream], told: LeftOut) -> None:
    places = [
        place for place, part in enumerate(item.parts) if part.media_type == MEDIA_TYPE and part.content
    ]
    roles = [MAIN, *(str(place) for place in places)]
    files: dict[int, str] = {}
    for place, part in enumerate(item.parts):
        if part.content is None:
            continue
        files[place] = f"{part.role}-{part.order}"
        if place not in places:
            content = part.content if isinstance(part.content, bytes) else part.content.read_bytes()
            kind = part.media_type or "application/octet-stream"
            writer.add_attachment(0, 0, files[place], kind, content)
    writer.add_metadata(OWN, told_of(item, files))
    topics: set[str] = set()
    channels = []
    for role, stream in zip(roles, streams, strict=True):
        name = stream.name.strip("/") or "series"
        while name in topics:
            name += "-2"
        topics.add(name)
        channels.append(_channel(writer, name, role, stream, told))
    for channel, time, message in _in_order(channels):
        writer.add_message(channel, time, message, time)


def _channel(
    writer: Any, name: str, role: str, stream: Stream, told: LeftOut
) -> tuple[int, Any, Iterator[bytes]]:
    """Registers a topic; gives its number, its times as MCAP has them, and its messages."""
    names = list(stream.channels)
    properties = {
        key: {"type": "number"} | ({"description": stream.units[key]} if key in stream.units else {})
        for key in names
    }
    schema = {"title": name, "type": "object", "properties": properties}
    number = writer.register_schema(name, "jsonschema", orjson.dumps(schema))
    facts = {PART: role, "name": stream.name, "channels": orjson.dumps(names).decode()}
    facts["units"] = orjson.dumps(dict(stream.units), option=orjson.OPT_SORT_KEYS).decode()
    if stream.rate:
        facts["rate"] = repr(float(stream.rate))
    times = stream.time.copy()
    missing = np.flatnonzero(times == MISSING)
    if len(missing) == len(times):
        times = np.arange(len(times), dtype=np.int64)
        facts["missing"] = "all"
    elif len(missing):
        known = np.maximum.accumulate(np.where(times == MISSING, -1, np.arange(len(times))))
        times = times[np.where(known < 0, int(np.argmax(times != MISSING)), known)]
        facts["missing"] = orjson.dumps(missing.tolist()).decode()
    if len(times) and (offset := int(times.min())) < 0:
        times = times - offset
        facts["offset"] = str(offset)
    told.count("infinite values", sum(int(np.isinf(values).sum()) for values in stream.channels.values()))
    channel = writer.register_channel(f"/{name}", "json", number, facts)
    columns = [values.tolist() for values in stream.channels.values()]
    rows = zip(*columns, strict=True) if columns else (() for _ in range(len(times)))
    return channel, times, (orjson.dumps(dict(zip(names, row, strict=True))) for row in rows)


def _in_order(channels: list[tuple[int, Any, Iterator[bytes]]]) -> Iterator[tuple[int, int, bytes]]:
    """The messages of all topics by time; those of one topic stay in the order in which they came."""
    if not channels:
        return
    when = np.concatenate([np.maximum.accumulate(times) if len(times) else times for _, times, _ in channels])
    whose = np.concatenate([np.full(len(times), place) for place, (_, times, _) in enumerate(channels)])
    clocks = [iter(times.tolist()) for _, times, _ in channels]
    for place in whose[np.argsort(when, kind="stable")].tolist():
        channel, _, messages = channels[place]
        yield channel, next(clocks[place]), next(messages)
