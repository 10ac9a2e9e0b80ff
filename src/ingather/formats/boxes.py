"""The one JSON form of a boxes label: what a picture's labelled rectangles look like everywhere.

A label is a list of objects::

    {"label": "WBC", "box": [109, 134, 215, 187], "id": 7, "iscrowd": true,
     "segmentation": [[x, y, x, y, ...]], "truncated": true, "difficult": true, "occluded": true,
     "pose": "Left", "keypoints": {"nose": [x, y, 2]}, "attributes": {"depth": 12.4}}

``box`` is left, top, width and height in pixels of the picture as stored, from its upper left corner at
0, 0; fractions are allowed. A key point is x, y and, where the source says it, its visibility as COCO counts
it: 0 not labelled, 1 hidden, 2 seen. ``label`` and ``box`` are always there, the rest only where it says
something.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from ingather.sample import Json

FLAGS = ("iscrowd", "truncated", "difficult", "occluded")
_NUMBERS = frozenset({int, float})
_FAR = 2.0**52


@dataclass(frozen=True, slots=True)
class Box:
    """One labelled rectangle of a picture.

    Attributes:
        label: what is in it.
        x: left edge in pixels.
        y: upper edge in pixels.
        width: in pixels, 0 where the source gives a rectangle without area.
        height: in pixels, likewise.
        id: the source's own name of it, if it has one.
        segmentation: its outline: polygons as lists of x, y, x, y, or a run-length code as COCO has it.
        flags: those of ``FLAGS`` that are true.
        pose: the view, such as Left or Frontal, where the source says it.
        keypoints: by name x, y and perhaps visibility (0, 1, 2).
        attributes: what else the source says of it, by the source's own names.
    """

    label: str
    x: float
    y: float
    width: float
    height: float
    id: int | str | None = None
    segmentation: Json = None
    flags: frozenset[str] = frozenset()
    pose: str | None = None
    keypoints: Mapping[str, Json] = field(default_factory=dict)
    attributes: Mapping[str, Json] = field(default_factory=dict)

    @property
    def has_area(self) -> bool:
        """Whether it covers anything at all."""
        return self.width > 0 and self.height > 0

    def as_json(self) -> dict[str, Json]:
        """The form that stands in a label."""
        told: dict[str, Json] = {
            "label": self.label,
            "box": [_plain(v) for v in (self.x, self.y, self.width, self.height)],
        }
        if self.id is not None:
            told["id"] = self.id
        if self.segmentation:
            told["segmentation"] = self.segmentation
        for flag in FLAGS:
            if flag in self.flags:
                told[flag] = True
        if self.pose:
            told["pose"] = self.pose
        if self.keypoints:
            told["keypoints"] = dict(self.keypoints)
        if self.attributes:
            told["attributes"] = dict(self.attributes)
        return told


def as_label(boxes: Iterable[Box]) -> list[Json]:
    """The boxes of one picture as its label."""
    return [box.as_json() for box in boxes]


def read_label(label: Json) -> list[Box]:
    """The boxes of a label.

    Raises:
        ValueError: it is not a boxes label; the message says what is wrong, in words.
    """
    if not isinstance(label, list):
        raise ValueError("the label is not a list of boxes")
    return [_read(entry, number) for number, entry in enumerate(label, start=1)]


def is_label(label: Json) -> bool:
    """Whether a label has the form of boxes; an empty list has it: a picture that shows none."""
    try:
        read_label(label)
    except ValueError:
        return False
    return True


def oddity(box: Box, width: float | None = None, height: float | None = None) -> str | None:
    """What is odd about a box that is kept nevertheless, in words, or None.

    Args:
        box: the box.
        width: of the picture in pixels, where known.
        height: of the picture in pixels, where known.
    """
    return rectangle_oddity(box.label, (box.x, box.y, box.width, box.height), width, height)


def rectangle_oddity(
    label: str, rectangle: Sequence[float], width: float | None = None, height: float | None = None
) -> str | None:
    """As ``oddity``, of a rectangle that is no ``Box`` yet: left, top, width and height."""
    x, y, across, down = rectangle
    if across > 0 and down > 0:
        if not (width and height) or (x < width and y < height and x + across > 0 and y + down > 0):
            return None
        told = f"lies outside of its picture ({width} x {height})"
    else:
        told = f"has no area ({_plain(across)} x {_plain(down)})"
    return f"box of {label} at {_plain(x)}, {_plain(y)} {told}; it is kept as it is"


def _read(entry: Json, number: int) -> Box:
    if not isinstance(entry, Mapping):
        raise ValueError(f"box {number} is not an object")
    label = entry.get("label")
    if not isinstance(label, str) or not label:
        raise ValueError(f"box {number} has no label")
    x, y, width, height = read_rectangle(entry.get("box"), f"box {number}")
    given = entry.get("id")
    pose = entry.get("pose")
    return Box(
        label,
        x,
        y,
        width,
        height,
        id=given if isinstance(given, int | str) else None,
        segmentation=entry.get("segmentation"),
        flags=frozenset(flag for flag in FLAGS if entry.get(flag) in (True, 1)),
        pose=pose if isinstance(pose, str) else None,
        keypoints=read_keypoints(entry.get("keypoints")),
        attributes=attributes if isinstance(attributes := entry.get("attributes"), Mapping) else {},
    )


def read_keypoints(points: Json) -> dict[str, Json]:
    """The sound ones of named key points: lists of two or three finite numbers."""
    if not isinstance(points, Mapping):
        return {}
    return {str(name): list(point) for name, point in points.items() if _is_point(point)}


def bounding(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, float, float, float]:
    """Left, top, width and height of the upright rectangle around points, to a millionth of a pixel."""
    left, upper = min(xs), min(ys)
    return round(left, 6), round(upper, 6), round(max(xs) - left, 6), round(max(ys) - upper, 6)


def _is_point(point: Json) -> TypeGuard[list[Json]]:
    return (
        isinstance(point, list)
        and len(point) in (2, 3)
        and all(isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) for v in point)
    )


def read_rectangle(values: Json, what: str) -> tuple[float, float, float, float]:
    """Left, top, width and height from a list of four numbers; width and height may be 0.

    Raises:
        ValueError: it is something else; ``what`` names it in the message.
    """
    if not isinstance(values, list | tuple) or len(values) != 4:
        raise ValueError(f"{what} is not four numbers: left, top, width, height")
    numbers: list[float] = []
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError(f"{what} holds {value!r}, which is not a number")
        numbers.append(value)
    if numbers[2] < 0 or numbers[3] < 0:
        raise ValueError(f"{what} has a negative width or height")
    return numbers[0], numbers[1], numbers[2], numbers[3]


def plain_rectangle(values: Json, what: str) -> list[int | float]:
    """The four numbers of ``read_rectangle`` as they stand in a label: whole ones without a fraction.

    Raises:
        ValueError: as ``read_rectangle``.
    """
    if type(values) is list and len(values) == 4:
        numbers: list[Any] = values
        x, y, width, height = numbers
        # the usual case in one breath: data sets hold millions of them
        if (
            type(x) in _NUMBERS
            and type(y) in _NUMBERS
            and type(width) in _NUMBERS
            and type(height) in _NUMBERS
            and -_FAR < x < _FAR
            and -_FAR < y < _FAR
            and 0 <= width < _FAR
            and 0 <= height < _FAR
        ):
            return [v if v % 1 else int(v) for v in (x, y, width, height)]
    return [_plain(v) for v in read_rectangle(values, what)]


def _plain(value: float) -> int | float:
    return int(value) if -_FAR < value < _FAR and float(value).is_integer() else value
