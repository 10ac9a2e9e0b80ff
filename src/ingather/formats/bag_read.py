"""Reads logs of robots and vehicles: a stream for each topic, pictures if they are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from ingather.formats.bag_columns import Columns, Decoder
from ingather.formats.bag_item import OWN, restored
from ingather.formats.bag_records import Attached, Broken, Entry, Reader
from ingather.formats.bag_topics import Topic, decoder_of
from ingather.formats.series_items import series_item, stamp_of, unreadable
from ingather.sample import Item, Loss, Part
from ingather.series import SECOND, Stream

Clock = Literal["log", "publish", "header"]
_FURTHEST = 1 << 63
_DATED_FROM = 100_000_000 * SECOND
_KINDS = {"jpeg": "image/jpeg", "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


@dataclass(frozen=True, slots=True)
class BagOptions:
    """What the plan says of logs.

    Attributes:
        main: the topic that is the sample itself; that with the most messages when left out.
        topics: only these; all if empty.
        clock: when a message was logged or sent, or what its header says.
        pictures: whether pictures become parts.
    """

    main: str | None = None
    topics: tuple[str, ...] = ()
    clock: Clock = "log"
    pictures: bool = False


@dataclass(slots=True)
class _Series:
    """A topic that is read, as its messages come."""

    topic: Topic
    decode: Decoder | str
    columns: Columns = field(default_factory=Columns)
    pictures: list[tuple[int, bytes, str]] = field(default_factory=list)
    passed_over: int = 0
    broken: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Bag:
    """What was gathered of a log."""

    series: dict[str, _Series] = field(default_factory=dict)
    own: dict[str, Any] | None = None
    attached: dict[str, bytes] = field(default_factory=dict)
    facts: dict[str, dict[str, str]] = field(default_factory=dict)
    odd: Counter[str] = field(default_factory=Counter)
    fault: str | None = None
    unchosen: int = 0


def read_bag(files: list[Path], key: str, reader: Reader, options: BagOptions) -> Iterator[Item | Loss]:
    """A log, in one file or in several that follow each other, as one item."""
    bag = _Bag()
    for file in files:
        if fault := unreadable(file):
            bag.fault = bag.fault or f"{file.name}: {fault}"
            continue
        _gather(bag, file, reader, options)
    for reason, count in bag.odd.items():
        yield Loss(key, reason, count)
    streams: list[Stream] = []
    pictures: list[_Series] = []
    for name, one in bag.series.items():
        yield from _told(one, f"{key}, {name}", options)
        if one.columns.values and one.columns.times:
            streams.append(_stream(one))
        if one.pictures:
            pictures.append(one)
    if bag.own is not None:
        made = restored(bag.own, [(one.topic, _stream(one)) for one in bag.series.values()], bag.attached)
        if isinstance(made, str):
            yield Loss(key, f"what it says of its sample cannot be used ({made})", 0)
        else:
            made.stamp, made.uri = stamp_of(*files), made.uri or files[0].absolute().as_uri()
            made.fault = made.fault or bag.fault
            yield made
            return
    if not streams:
        yield Loss(key, bag.fault or "none of its topics holds numbers that are understood")
        return
    yield from _item(bag, key, files, streams, pictures, options)


def _gather(bag: _Bag, file: Path, reader: Reader, options: BagOptions) -> None:
    topics: dict[int, Topic] = {}
    known: dict[int, _Series] = {}
    for record in reader(file, topics):
        if isinstance(record, Entry):
            topic = topics[record.topic]
            if record.topic not in known:
                known[record.topic] = _series(bag, topic, options)
            _take(known[record.topic], record, options)
        elif isinstance(record, Broken):
            if record.ends:
                bag.fault = bag.fault or f"{file.name} breaks off: {record.reason}"
            else:
                bag.odd[record.reason] += 1
        else:
            _attach(bag, record)


def _series(bag: _Bag, topic: Topic, options: BagOptions) -> _Series:
    """The series of a topic; two channels of one name and another form are two series."""
    name, number = topic.name, 1
    while (one := bag.series.get(name)) is not None:
        if (one.topic.type, one.topic.encoding, one.topic.schema) == (
            topic.type,
            topic.encoding,
            topic.schema,
        ):
            return one
        number += 1
        name = f"{topic.name}-{number}"
    bag.series[name] = _Series(replace(topic, name=name), _decoder(topic, options))
    return bag.series[name]


def _attach(bag: _Bag, record: Attached) -> None:
    if isinstance(record.data, bytes):
        bag.attached[record.name] = record.data
    elif record.name == OWN:
        bag.own = dict(record.data)
    else:
        bag.facts[record.name] = record.data


def _decoder(topic: Topic, options: BagOptions) -> Decoder | str:
    if options.topics and topic.name not in options.topics:
        return ""
    if topic.is_bulky or (topic.is_picture and not options.pictures):
        return ""
    return decoder_of(topic)


def _take(one: _Series, entry: Entry, options: BagOptions) -> None:
    if isinstance(one.decode, str):
        one.passed_over += 1
        return
    try:
        message = one.decode(entry.data)
        time = entry.publish if options.clock == "publish" else entry.log
        if options.clock == "header":
            time = _header_time(message, time)
        if time >= _FURTHEST:
            raise ValueError("its time is out of any range")
        if one.topic.is_picture:
            one.pictures.append((time, *_picture(message)))
        else:
            one.columns.add(time, message)
    except Exception as error:  # a decoder of hostile bytes raises nearly anything
        one.broken[(str(error).splitlines() or [""])[0][:100] or type(error).__name__] += 1


def _told(one: _Series, where: str, options: BagOptions) -> Iterator[Loss]:
    if one.broken:
        first, _ = next(iter(one.broken.items()))
        yield Loss(where, f"messages that cannot be decoded ({first})", sum(one.broken.values()))
    if isinstance(one.decode, str) and one.decode:
        yield Loss(where, one.decode, one.passed_over)
    elif one.passed_over and not (options.topics and one.topic.name not in options.topics):
        more = " unless 'pictures' is set" if one.topic.is_picture else ""
        what = one.topic.kind or "messages"
        yield Loss(where, f"{one.passed_over:,} of the kind {what} are left out{more}", 0)
    elif one.columns.times and not one.columns.values:
        yield Loss(where, f"{len(one.columns.times):,} messages hold no numbers and are left out", 0)
    if one.columns.left and one.columns.values:
        told = ", ".join(f"{name or 'value'} ({what})" for name, what in list(one.columns.left.items())[:8])
        yield Loss(where, f"fields that are left out: {told}", 0)


def _stream(one: _Series) -> Stream:
    units = one.topic.units(list(one.columns.values))
    return one.columns.stream(one.topic.name.strip("/") or "messages", units, one.topic.rate)


def _item(
    bag: _Bag,
    key: str,
    files: list[Path],
    streams: list[Stream],
    pictures: list[_Series],
    options: BagOptions,
) -> Iterator[Item | Loss]:
    wanted = (options.main or "").strip("/")
    streams.sort(key=lambda one: (one.name != wanted, -len(one), one.name))
    if wanted and streams[0].name != wanted:
        told = f"it has no topic {options.main}: {streams[0].name} is the main stream"
        yield Loss(key, told, 0)
    if bag.attached:
        yield Loss(key, f"attached files are left out: {', '.join(sorted(bag.attached))[:200]}", 0)
    dated = int(streams[0].time.min()) > _DATED_FROM
    item = series_item(key, streams, dated=dated, zone="UTC" if dated else None)
    if bag.facts:
        item.data = {**(item.data or {}), "metadata": {name: dict(told) for name, told in bag.facts.items()}}
    zero = int(streams[0].time.min())
    parts = list(item.parts)
    for one in pictures:
        role = "camera-" + one.topic.name.strip("/").replace("/", "-")
        parts += [
            Part(role, order, content=content, media_type=kind, start=(time - zero) / SECOND)
            for order, (time, content, kind) in enumerate(one.pictures)
        ]
    item.parts = tuple(parts)
    item.stamp, item.uri, item.fault = stamp_of(*files), files[0].absolute().as_uri(), bag.fault
    yield item


def _header_time(message: Any, otherwise: int) -> int:
    header = message.get("header") if isinstance(message, dict) else getattr(message, "header", None)
    stamp = header.get("stamp") if isinstance(header, dict) else getattr(header, "stamp", None)
    for seconds, part in (("sec", "nanosec"), ("sec", "nsec"), ("seconds", "nanos")):
        if isinstance(stamp, dict) and seconds in stamp and part in stamp:
            return int(stamp[seconds]) * SECOND + int(stamp[part])
        if hasattr(stamp, seconds) and hasattr(stamp, part):
            return int(getattr(stamp, seconds)) * SECOND + int(getattr(stamp, part))
    return otherwise


def _picture(message: Any) -> tuple[bytes, str]:
    import base64

    if isinstance(message, dict):
        data, form = message["data"], message.get("format")
    else:
        data, form = message.data, getattr(message, "format", None)
    content = base64.b64decode(data) if isinstance(data, str) else bytes(data)
    kind = next((media for word, media in _KINDS.items() if word in str(form).lower()), "image/jpeg")
    return content, kind
