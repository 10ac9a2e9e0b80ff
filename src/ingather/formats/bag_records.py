"""What logs of robots hold, record by record: MCAP files, and the SQLite files of ROS 2."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ingather.errors import MissingExtra
from ingather.formats.bag_topics import Topic

MCAP_MAGIC = b"\x89MCAP0\r\n"
SQLITE_MAGIC = b"SQLite format 3\0"
_LARGEST_RECORD = 256 << 20
_LARGEST_MESSAGE = 64 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One message.

    Attributes:
        topic: number of its topic in the log.
        log: nanoseconds when it was logged.
        publish: nanoseconds when it was sent.
        data: its bytes.
    """

    topic: int
    log: int
    publish: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Attached:
    """A file or facts that a log carries beside its messages."""

    name: str
    media_type: str
    data: bytes | dict[str, str]


@dataclass(frozen=True, slots=True)
class Broken:
    """Why the log, or a stretch of it, cannot be read; ``ends`` where nothing behind it is."""

    reason: str
    ends: bool = True


Record = Entry | Attached | Broken
Reader = Callable[[Path, dict[int, Topic]], Iterator[Record]]


def read_mcap(file: Path, topics: dict[int, Topic]) -> Iterator[Record]:
    """The records of an MCAP file in their order; topics are added to ``topics`` as they are met.

    Raises:
        MissingExtra: mcap is not installed.
    """
    try:
        from mcap.exceptions import McapError
        from mcap.stream_reader import StreamReader, breakup_chunk
    except ImportError:
        raise MissingExtra("robotics", "MCAP") from None
    from mcap import records as kinds

    schemas: dict[int, Any] = {}
    channels: dict[int, Any] = {}
    with file.open("rb") as opened:
        reader = StreamReader(opened, emit_chunks=True, record_size_limit=_LARGEST_RECORD)
        whole = False
        try:
            for record in reader.records:
                inner: list[Any] = [record]
                if isinstance(record, kinds.Chunk):
                    try:
                        inner = breakup_chunk(_unpacked(record), validate_crc=True)
                    except Exception as error:  # unpacking hostile bytes raises nearly anything
                        yield Broken(f"a chunk of it is damaged: {_told(error)}", ends=False)
                        continue
                for one in inner:
                    if isinstance(one, kinds.Schema):
                        schemas[one.id] = one
                    elif isinstance(one, kinds.Channel):
                        channels[one.id] = one
                        topics.setdefault(one.id, _topic(one, schemas.get(one.schema_id)))
                    elif isinstance(one, kinds.Message):
                        if one.channel_id in topics:
                            yield Entry(one.channel_id, one.log_time, one.publish_time, one.data)
                        else:
                            yield Broken("a message of it has no channel", ends=False)
                    elif isinstance(one, kinds.Attachment):
                        yield Attached(one.name, one.media_type, one.data)
                    elif isinstance(one, kinds.Metadata):
                        yield Attached(one.name, "", one.metadata)
                    whole = whole or isinstance(one, kinds.Footer)
        except (McapError, Exception) as error:  # a parser of hostile bytes raises nearly anything
            yield Broken(_told(error))
            return
        if not whole:
            yield Broken("its end is missing")


def read_db3(file: Path, topics: dict[int, Topic]) -> Iterator[Record]:
    """The messages of a SQLite file of ROS 2, in the order of their times."""
    place = quote(str(file.absolute()))
    try:
        with closing(sqlite3.connect(f"file:{place}?mode=ro&immutable=1", uri=True)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.text_factory = lambda content: content.decode("utf-8", "replace")
            asked = "SELECT name FROM sqlite_master WHERE type = 'table'"
            tables = {str(name) for (name,) in connection.execute(asked)}
            if not {"topics", "messages"} <= tables:
                yield Broken("it has no tables of topics and messages")
                return
            known = _definitions(connection) if "message_definitions" in tables else {}
            for number, name, kind, form in connection.execute(
                "SELECT id, name, type, serialization_format FROM topics ORDER BY id"
            ):
                encoding, text = known.get(str(kind), ("", b""))
                topics[int(number)] = Topic(str(name), str(kind), str(form), encoding, text)
            asked = "SELECT topic_id, timestamp, data FROM messages ORDER BY timestamp, id"
            for topic, time, data in connection.execute(asked):
                if topic in topics and isinstance(time, int) and isinstance(data, bytes):
                    yield Entry(topic, time, time, data)
                else:
                    yield Broken("a message of it has no topic, time or bytes", ends=False)
    except (sqlite3.Error, ValueError, TypeError, OverflowError) as error:
        yield Broken(_told(error))


def unpacking(reader: Reader) -> Reader:
    """A reader of logs whose messages are packed one by one (zstd).

    Raises:
        MissingExtra: what unpacks them is not installed.
    """
    try:
        import zstandard
    except ImportError:
        raise MissingExtra("robotics", "Packed messages") from None

    def read(file: Path, topics: dict[int, Topic]) -> Iterator[Record]:
        for record in reader(file, topics):
            if not isinstance(record, Entry):
                yield record
                continue
            unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 27)
            try:
                with unpacker.stream_reader(io.BytesIO(record.data)) as packed:
                    data = packed.read(_LARGEST_MESSAGE + 1)
            except (zstandard.ZstdError, MemoryError):
                yield Broken("a message of it cannot be unpacked", ends=False)
                continue
            if len(data) > _LARGEST_MESSAGE:
                yield Broken("a message of it swells to more than any message holds", ends=False)
            else:
                yield replace(record, data=data)

    return read


def _definitions(connection: sqlite3.Connection) -> dict[str, tuple[str, bytes]]:
    asked = "SELECT topic_type, encoding, encoded_message_definition FROM message_definitions"
    return {str(kind): (str(form), str(text).encode()) for kind, form, text in connection.execute(asked)}


def _topic(channel: Any, schema: Any) -> Topic:
    if schema is None:
        return Topic(channel.topic, "", channel.message_encoding, facts=dict(channel.metadata))
    return Topic(
        channel.topic,
        schema.name,
        channel.message_encoding,
        schema.encoding,
        schema.data,
        dict(channel.metadata),
    )


def _unpacked(chunk: Any) -> Any:
    """The chunk without compression; what swells beyond what it promises is refused."""
    from mcap.records import Chunk

    most = chunk.uncompressed_size
    if most > _LARGEST_RECORD:
        raise ValueError(f"it promises {most:,} bytes")
    data = chunk.data
    if chunk.compression == "zstd":
        import zstandard

        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(io.BytesIO(data)) as packed:
            data = packed.read(most + 1)
    elif chunk.compression == "lz4":
        import lz4.frame

        data = lz4.frame.LZ4FrameDecompressor().decompress(data, max_length=most + 1)
    elif chunk.compression:
        raise ValueError(f"its compression '{chunk.compression[:20]}' is not known")
    if len(data) != most:
        raise ValueError(f"it unpacks to other than the {most:,} bytes that it promises")
    return Chunk("", data, chunk.message_end_time, chunk.message_start_time, chunk.uncompressed_crc, most)


def _told(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0][:120] or type(error).__name__
