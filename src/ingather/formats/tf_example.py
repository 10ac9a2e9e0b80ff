"""Reads tf.train.Example and SequenceExample from Protocol Buffers' wire form, with bounds on everything.

An Example holds named features, each a list of bytes, of floats or of whole numbers; a SequenceExample holds
such features and lists of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np

Feature: TypeAlias = list[bytes | float | int]
"""Values of one feature, all of one type."""
_MOST = 1_000_000
"""Features of one example: more are surely damage."""


class BadExample(ValueError):
    """The bytes are no example; the message says where."""


def parse_example(content: bytes) -> dict[str, Feature]:
    """The features of an example by name; those of a sequence's steps are one list each.

    Raises:
        BadExample: the bytes are no example.
    """
    view = memoryview(content)
    told: dict[str, Feature] = {}
    for field, value in _fields(view):
        if field == 1:
            for name, feature in _features(_bytes(value)):
                told[name] = feature
        elif field == 2:
            for name, feature in _lists(_bytes(value)):
                told.setdefault(name, feature)
    return told


def _features(view: memoryview) -> Iterator[tuple[str, Feature]]:
    for count, (field, value) in enumerate(_fields(view)):
        if count > _MOST:
            raise BadExample("it has over a million features")
        if field == 1:
            name, told = _entry(_bytes(value))
            yield name, _feature(told)


def _lists(view: memoryview) -> Iterator[tuple[str, Feature]]:
    """Lists of features, one a step: joined."""
    for field, value in _fields(view):
        if field == 1:
            name, told = _entry(_bytes(value))
            joined: Feature = []
            for inner, step in _fields(told):
                if inner == 1:
                    joined += _feature(_bytes(step))
            yield name, joined


def _entry(view: memoryview) -> tuple[str, memoryview]:
    name, told = "", memoryview(b"")
    for field, value in _fields(view):
        if field == 1:
            name = bytes(_bytes(value)).decode("utf-8", "replace")
        elif field == 2:
            told = _bytes(value)
    return name.replace("\0", ""), told


def _feature(view: memoryview) -> Feature:
    for field, value in _fields(view):
        inner = _bytes(value)
        if field == 1:
            return [bytes(_bytes(one)) for number, one in _fields(inner) if number == 1]
        if field == 2:
            return _floats(inner)
        if field == 3:
            return _integers(inner)
    return []


def _floats(view: memoryview) -> Feature:
    told: Feature = []
    for field, value in _fields(view):
        if field != 1:
            continue
        packed = value if isinstance(value, memoryview) else memoryview(value.to_bytes(4, "little"))
        if len(packed) % 4:
            raise BadExample("a list of floats is no multiple of four bytes long")
        told += np.frombuffer(packed, "<f4").tolist()
    return told


def _integers(view: memoryview) -> Feature:
    told: Feature = []
    for field, value in _fields(view):
        if field != 1:
            continue
        if isinstance(value, int):
            told.append(_signed(value))
            continue
        place = 0
        while place < len(value):
            number, place = _varint(value, place)
            told.append(_signed(number))
    return told


def _signed(number: int) -> int:
    number &= (1 << 64) - 1
    return number - (1 << 64) if number >> 63 else number


def _bytes(value: memoryview | int) -> memoryview:
    if isinstance(value, int):
        raise BadExample("a number stands where bytes should be")
    return value


def _fields(view: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    """Number and value of each field; 32-bit values as whole numbers.

    Raises:
        BadExample: a field is cut, or of a kind that is not known.
    """
    place, end = 0, len(view)
    while place < end:
        tag, place = _varint(view, place)
        field, kind = tag >> 3, tag & 7
        if kind == 0:
            number, place = _varint(view, place)
            yield field, number
        elif kind == 2:
            length, place = _varint(view, place)
            if length > end - place:
                raise BadExample(f"a field of {length:,} bytes is cut at byte {place}")
            yield field, view[place : place + length]
            place += length
        elif kind in (1, 5):
            width = 8 if kind == 1 else 4
            if width > end - place:
                raise BadExample(f"a number is cut at byte {place}")
            yield field, int.from_bytes(view[place : place + width], "little")
            place += width
        else:
            raise BadExample(f"byte {place} begins a field of kind {kind}, which there is not")


def _varint(view: memoryview, place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        if place >= len(view) or shift > 63:
            raise BadExample(f"a number is cut at byte {place}")
        byte = view[place]
        place += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, place
        shift += 7
