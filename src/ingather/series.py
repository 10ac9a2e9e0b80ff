"""What sensors give: streams of numbers with a time each, and their form as bytes (Arrow IPC).

A stream is one Arrow IPC file: a column ``time`` (int64 nanoseconds since the epoch, or since the start where
there is no date; null where a stamp is missing) and one float64 column for each channel (null where nothing
was measured). Units and the nominal rate stand in the metadata.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

MEDIA_TYPE = "application/vnd.apache.arrow.file"
"""Of a stream's bytes."""
MISSING = int(np.iinfo(np.int64).min)
"""The time of a value whose stamp is missing."""
SECOND = 1_000_000_000
"""Nanoseconds in a second."""
MOST_VALUES = 1 << 28
"""The most values (rows x channels) that are decoded at once: 2 GiB."""


class BrokenStream(ValueError):
    """The bytes are no stream; the message says in words what is wrong."""


@dataclass(frozen=True, eq=False)
class Stream:
    """Channels that share one clock.

    Attributes:
        time: (n,) int64 nanoseconds since the epoch or since the start, in the order in which they came;
            ``MISSING`` where there is no stamp.
        channels: (n,) float64 by name; NaN where nothing was measured.
        units: unit by channel, where it is known.
        rate: nominal values a second, where the source says it.
        name: what tells it from other streams of the same recording.
    """

    time: NDArray[np.int64]
    channels: Mapping[str, NDArray[np.float64]]
    units: Mapping[str, str] = field(default_factory=dict)
    rate: float | None = None
    name: str = ""

    def __len__(self) -> int:
        return len(self.time)

    @cached_property
    def stamps(self) -> NDArray[np.int64]:
        """(m,) the stamps that are there, in their order."""
        missing = self.time == MISSING
        return self.time[~missing] if missing.any() else self.time

    @cached_property
    def steps(self) -> NDArray[np.int64]:
        """(m - 1,) nanoseconds from each stamp to the next."""
        return self.stamps[1:] - self.stamps[:-1]

    @cached_property
    def is_ordered(self) -> bool:
        """Whether no stamp is earlier than the one before it."""
        return not len(self.steps) or bool(self.steps.min() >= 0)

    @cached_property
    def later(self) -> NDArray[np.int64]:
        """(k,) the steps above 0 between stamps in order of time: what is left without repeats."""
        steps = self.steps
        if not self.is_ordered:
            ordered = np.sort(self.stamps)
            steps = ordered[1:] - ordered[:-1]
        return steps if not len(steps) or steps.min() > 0 else steps[steps > 0]

    @cached_property
    def period(self) -> float:
        """Nanoseconds from stamp to stamp: their median, else by the nominal rate, else NaN.

        Of more than 16,384 steps the median is that of as many, evenly spread.
        """
        if len(self.later):
            return float(np.median(self.later[:: max(1, len(self.later) >> 14)]))
        return SECOND / self.rate if self.rate else float("nan")

    @property
    def seconds(self) -> float:
        """From the first stamp to the last."""
        stamps = self.stamps
        if len(stamps) < 2:
            return 0.0
        first, last = (stamps[0], stamps[-1]) if self.is_ordered else (stamps.min(), stamps.max())
        return (int(last) - int(first)) / SECOND

    def rows(self, rows: NDArray[Any] | slice) -> Stream:
        """The same stream with only these rows."""
        return replace(
            self, time=self.time[rows], channels={name: one[rows] for name, one in self.channels.items()}
        )


def encode(stream: Stream) -> bytes:
    """The stream as one Arrow IPC file, uncompressed, so that it is read without copying.

    The same stream gives the same bytes.
    """
    import pyarrow as pa

    missing = stream.time == MISSING
    fields = [pa.field("time", pa.int64())]
    columns = [pa.array(stream.time, pa.int64(), mask=missing if missing.any() else None)]
    for name, values in stream.channels.items():
        unit = stream.units.get(name)
        fields.append(pa.field(name, pa.float64(), metadata={"unit": unit} if unit else None))
        values = np.asarray(values, dtype=np.float64)
        unknown = np.isnan(values)
        columns.append(pa.array(values, pa.float64(), mask=unknown if unknown.any() else None))
    told = {"name": stream.name} if stream.name else {}
    if stream.rate:
        told["rate"] = repr(float(stream.rate))
    schema = pa.schema(fields, metadata=told or None)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, schema) as writer:
        writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))
    return bytes(sink.getvalue())


def decode(content: bytes) -> Stream:
    """Reads a stream from its bytes, without copying columns that have no gaps.

    Raises:
        BrokenStream: they are no Arrow file, have no column ``time`` of whole numbers, a column that holds no
            numbers, or more than ``MOST_VALUES`` values.
    """
    import pyarrow as pa

    try:
        with pa.ipc.open_file(pa.BufferReader(content)) as reader:
            schema = reader.schema
            if fault := _schema_fault(schema):
                raise BrokenStream(fault)
            batches = [reader.get_batch(number) for number in range(reader.num_record_batches)]
            rows = sum(batch.num_rows for batch in batches)
            if rows * len(schema) > MOST_VALUES:
                raise BrokenStream("it is too long to be read at once: cut it into windows first")
            for batch in batches:
                batch.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, KeyError, MemoryError, OverflowError) as error:
        if isinstance(error, BrokenStream):
            raise
        raise BrokenStream("it is no Arrow file, or it breaks off") from None
    told = {k.decode("utf-8", "replace"): v.decode("utf-8", "replace") for k, v in _metadata(schema)}
    times = [_numbers(batch.column(schema.get_field_index("time")), MISSING, np.int64) for batch in batches]
    channels = {
        name: _joined([_numbers(batch.column(place), np.nan, np.float64) for batch in batches], np.float64)
        for place, name in enumerate(schema.names)
        if name != "time"
    }
    units = {
        one.name: dict(_metadata(one))[b"unit"].decode("utf-8", "replace")
        for one in schema
        if b"unit" in dict(_metadata(one))
    }
    return Stream(_joined(times, np.int64), channels, units, _rate(told.get("rate")), told.get("name", ""))


def describe(stream: Stream) -> list[dict[str, str | float | None]]:
    """What ``data.channels`` of a sample says: name, unit and rate of every channel."""
    return [{"name": name, "unit": stream.units.get(name), "rate": stream.rate} for name in stream.channels]


def _schema_fault(schema: Any) -> str | None:
    import pyarrow as pa

    if len(set(schema.names)) < len(schema.names):
        return "two of its columns have the same name"
    if "time" not in schema.names or not pa.types.is_integer(schema.field("time").type):
        return "it has no column 'time' of whole nanoseconds"
    for one in schema:
        if not (pa.types.is_integer(one.type) or pa.types.is_floating(one.type)):
            return f"its column '{one.name}' holds {one.type}, not numbers"
    return None


def _numbers(column: Any, empty: float, kind: type[np.generic]) -> NDArray[Any]:
    import pyarrow.compute as pc

    if column.null_count:
        column = (
            pc.fill_null(column, int(empty) if kind is np.int64 else float("nan"))
            if _fills(column, kind)
            else pc.fill_null(column.cast("float64"), float("nan"))
        )
    return np.asarray(column.to_numpy(zero_copy_only=False)).astype(kind, copy=False)


def _fills(column: Any, kind: type[np.generic]) -> bool:
    import pyarrow as pa

    return kind is np.int64 or bool(pa.types.is_floating(column.type))


def _joined(arrays: Sequence[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    if len(arrays) == 1:
        return arrays[0]
    return np.concatenate(arrays) if arrays else np.empty(0, kind)


def _metadata(holder: Any) -> list[tuple[bytes, bytes]]:
    return list((holder.metadata or {}).items())


def _rate(text: str | None) -> float | None:
    try:
        rate = float(text or "")
    except ValueError:
        return None
    return rate if 0 < rate < 1e12 else None
