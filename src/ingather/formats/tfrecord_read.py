"""Reads TFRecord files: records with their lengths and check sums, each an example, each an item."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import xxhash

from ingather.formats.boxes import Box
from ingather.formats.crc32c import masked_crc32c
from ingather.formats.label_studio import to_results
from ingather.formats.media_files import describe_media
from ingather.formats.media_types import HEAD, media_type_of
from ingather.formats.split_names import split_of
from ingather.formats.tf_example import BadExample, Feature, parse_example
from ingather.sample import Item, Json, Loss, Part

_LARGEST = 1 << 30
_HEADER = struct.Struct("<QI")
_LABELS = ("label", "label/text", "image/class/text", "image/class/label", "class", "class/text")
_TEXTS = ("text", "sentence", "document", "content")
_BOX = "image/object/bbox/"
_SIDES = ("xmin", "ymin", "xmax", "ymax")
_NAMES = ("image/object/class/text", "image/object/class/label")
_MANY = 10_000
"""Values of one feature that are kept as JSON; longer lists are kept as a part of bytes."""


def open_records(file: Path) -> BinaryIO:
    """The file's bytes, unpacked where they are packed by gzip."""
    stream = file.open("rb")
    head = stream.read(2)
    stream.seek(0)
    if head == b"\x1f\x8b":
        stream.close()
        return cast(BinaryIO, gzip.open(file, "rb"))
    return stream


def read_records(stream: BinaryIO) -> Iterator[tuple[int, bytes | str]]:
    """Number from 1 and bytes of each record, or what is wrong with it in words.

    Where a length's own check sum is wrong, nothing behind it can be found, and reading ends.
    """
    number = 0
    while head := stream.read(_HEADER.size):
        number += 1
        if len(head) < _HEADER.size:
            yield number, "the file ends within the head of this record"
            return
        length, crc = _HEADER.unpack(head)
        if masked_crc32c(head[:8]) != crc:
            yield number, "the check sum of its length is wrong: this record and all behind it are lost"
            return
        if length > _LARGEST:
            yield number, f"is said to be {length:,} bytes long: this record and all behind it are not read"
            return
        content = stream.read(length + 4)
        if len(content) < length + 4:
            yield number, f"is cut: {len(content):,} of {length + 4:,} bytes are there"
            return
        content, told = content[:length], int.from_bytes(content[length:], "little")
        if masked_crc32c(content) != told:
            yield number, "its check sum is wrong: its bytes were changed"
        else:
            yield number, content


def read_examples(file: Path, name: str, licence: str | None) -> Iterator[Item | Loss]:
    """Every example of a file as an item; its key is ``NAME#number``."""
    split = next((one for part in reversed(name.split("/")) if (one := split_of(part))), None)
    try:
        with open_records(file) as stream:
            for number, content in read_records(stream):
                where = f"{name}#{number}"
                if isinstance(content, str):
                    yield Loss(where, content)
                    continue
                try:
                    item = _item(where, parse_example(content))
                except BadExample as error:
                    yield Loss(where, f"is no tf.Example: {error}")
                    continue
                item.stamp = xxhash.xxh3_128_hexdigest(content)
                item.split, item.licence = split, licence
                yield item
    except (OSError, EOFError, zlib.error) as error:
        yield Loss(name, f"cannot be read any further: {error}")


def _item(key: str, features: dict[str, Feature]) -> Item:
    item = Item(key, "record")
    data: dict[str, Json] = {}
    parts: list[Part] = []
    for name, values in features.items():
        blobs = [value for value in values if isinstance(value, bytes)]
        if blobs:
            _blobs(item, name, blobs, data, parts)
        elif len(values) > _MANY:
            parts.append(Part(name, text=None, content=_packed(values)))
        else:
            numbers = [_number(value) for value in values if not isinstance(value, bytes)]
            data[name] = numbers[0] if len(numbers) == 1 else numbers
    item.parts = tuple(parts)
    boxes = _boxes(item, data)
    if boxes is not None:
        item.label = boxes
    else:
        item.label = next((data[name] for name in _LABELS if data.get(name) not in (None, "", [])), None)
    text = next((data[name] for name in _TEXTS if isinstance(data.get(name), str)), None)
    if item.content is None and isinstance(text, str):
        item.modality, item.text = "text", text
    item.data = data
    return item


def _blobs(item: Item, name: str, values: list[bytes], data: dict[str, Json], parts: list[Part]) -> None:
    """Bytes are a medium where they begin as one, words where they are UTF-8, else a part as they are."""
    words: list[Json] = []
    for place, value in enumerate(values):
        known = media_type_of(value[:HEAD])
        if known is not None and item.content is None and len(value) > 16:
            describe_media(item, name, value)
            continue
        if known is None:
            try:
                words.append(value.decode("utf-8"))
                continue
            except UnicodeDecodeError:
                pass
        parts.append(Part(name, place, content=value, media_type=known[1] if known else None))
    if words:
        data[name] = words[0] if len(words) == 1 else words


def _number(value: float | int) -> Json:
    """A number as JSON has it: what is not finite is null."""
    return value if isinstance(value, int) or math.isfinite(value) else None


def _are_floats(values: Feature) -> bool:
    return bool(values) and isinstance(values[0], float)


def _packed(values: Feature) -> bytes:
    import numpy as np

    return np.asarray(values, "<f4" if _are_floats(values) else "<i8").tobytes()


def _boxes(item: Item, data: dict[str, Json]) -> list[Json] | None:
    """Boxes as the object detection examples of TensorFlow have them: sides as shares of the picture."""
    sides = [_list(data.get(_BOX + side)) for side in _SIDES]
    if not any(_BOX + side in data for side in _SIDES):
        return None
    width, height = data.get("image/width"), data.get("image/height")
    if not isinstance(width, int) or not isinstance(height, int) or width <= 0 or height <= 0:
        item.fault = "it has boxes, but not the width and height of its picture"
        return None
    labels = next((_list(data[name]) for name in _NAMES if name in data), [])
    if len({len(one) for one in (*sides, labels)}) != 1:
        item.fault = "its boxes have unlike numbers of sides and names"
        return None
    boxes = []
    for left, top, right, bottom, label in zip(*sides, labels, strict=True):
        if not (
            isinstance(left, int | float)
            and isinstance(top, int | float)
            and isinstance(right, int | float)
            and isinstance(bottom, int | float)
        ):
            item.fault = item.fault or "a side of a box is no number"
            continue
        across, down = (right - left) * width, (bottom - top) * height
        boxes.append(Box(str(label), left * width, top * height, across, down))
    return list(to_results(boxes, width, height))


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [] if value is None else [value]
