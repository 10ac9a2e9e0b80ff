"""Series of sensors in batches: bytes in, streams out; what is broken is said in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from ingather.media.channel import Channel
from ingather.sample import Json
from ingather.series import MEDIA_TYPE, MISSING, SECOND, BrokenStream, Stream, decode, describe, encode

__all__ = [
    "MEDIA_TYPE", "MISSING", "SECOND", "BrokenStream", "Channel", "Series", "SeriesBatch", "Stream",
    "channels_of", "decode", "decode_series", "describe", "encode",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Series:
    """One recording: its main stream, and what is known of it.

    Attributes:
        main: the stream that the sample itself is.
        others: further streams of the same recording, each with its own clock.
        facts: what ``data`` says: channels, start, zone.
    """

    main: Stream
    others: tuple[Stream, ...] = ()
    facts: dict[str, Json] = field(default_factory=dict)

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        """The channels of the main stream."""
        return channels_of(self.main)

    @property
    def is_clocked(self) -> bool:
        """Whether it has times at all; without, the order of the values is all that is known."""
        return self.facts.get("clock") != "order"

    @property
    def streams(self) -> tuple[Stream, ...]:
        """All of them, the main one first."""
        return (self.main, *self.others)


@dataclass(frozen=True, eq=False)
class SeriesBatch:
    """Series side by side; a row without one says why in ``faults``.

    Attributes:
        ids: the samples' ids.
        series: what was decoded, None where nothing could be.
        faults: what is wrong, in words, None where nothing is.
    """

    ids: Sequence[str]
    series: list[Series | None]
    faults: list[str | None]

    def __len__(self) -> int:
        return len(self.series)

    def take(self, rows: Sequence[int] | NDArray[np.int64]) -> SeriesBatch:
        """The same batch with only these rows, in this order."""
        return SeriesBatch(
            [self.ids[i] for i in rows], [self.series[i] for i in rows], [self.faults[i] for i in rows]
        )

    def each(self, one: Callable[[Series], Any]) -> list[Any]:
        """What ``one`` says of each series, None where there is none."""
        return [None if series is None else one(series) for series in self.series]


def channels_of(stream: Stream) -> tuple[Channel, ...]:
    """The channels of a stream with their units."""
    return tuple(Channel(name, values, stream.units.get(name)) for name, values in stream.channels.items())


def decode_series(
    ids: Sequence[str],
    contents: Sequence[bytes | None],
    data: Sequence[str | None],
    others: Sequence[Sequence[bytes | None]] | None = None,
) -> SeriesBatch:
    """Decodes a batch of series; what cannot be decoded gets a fault in words, never an exception.

    Args:
        ids: the samples' ids.
        contents: Arrow IPC of every main stream, None where there is none.
        data: JSON of what is known of each, None where nothing is.
        others: Arrow IPC of the further streams of each, if they are wanted.
    """
    series: list[Series | None] = []
    faults: list[str | None] = []
    for row, (content, told) in enumerate(zip(contents, data, strict=True)):
        further = others[row] if others is not None else ()
        one, fault = _decode(content, told, further)
        series.append(one)
        faults.append(fault)
    return SeriesBatch(ids, series, faults)


def _decode(
    content: bytes | None, told: str | None, further: Sequence[bytes | None]
) -> tuple[Series | None, str | None]:
    if not content:
        return None, "it is empty: there are no bytes"
    try:
        main = decode(content)
    except BrokenStream as broken:
        return None, str(broken)
    others: list[Stream] = []
    fault = None
    for number, one in enumerate(further, start=1):
        try:
            others.append(decode(one or b""))
        except BrokenStream as broken:
            fault = fault or f"its further stream {number} cannot be read: {broken}"
    return Series(main, tuple(others), _facts(told)), fault


def _facts(told: str | None) -> dict[str, Json]:
    try:
        facts = orjson.loads(told) if told else {}
    except orjson.JSONDecodeError:
        return {}
    return facts if isinstance(facts, dict) else {}
