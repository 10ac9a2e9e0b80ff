"""One line of a YOLO label file as a box: a rectangle, a turned one, an outline, or a box with key points.

Numbers are shares of the picture's width and height (the Ultralytics dataset formats for detection, oriented
boxes, segmentation and pose): ``class x-centre y-centre width height``, then perhaps K points of x, y and
visibility; or ``class x1 y1 x2 y2 x3 y3 ...`` around the object, four points for a turned box.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import orjson

from ingather.formats.boxes import Box
from ingather.sample import Json

_MOST_NUMBERS = 100_000
_USUAL = b"0123456789.-+eE \r\n"


@dataclass(frozen=True)
class Naming:
    """What numbers of a label file stand for.

    Attributes:
        classes: names by number.
        points: how many key points a box has, 0 where there are none.
        dims: numbers of a key point: 2, or 3 with visibility.
        point_names: names of the key points in order.
    """

    classes: dict[int, str]
    points: int = 0
    dims: int = 0
    point_names: tuple[str, ...] = ()


def read_line(line: str, width: int, height: int, naming: Naming) -> Box:
    """The box of one line, in pixels of a picture of this size.

    Raises:
        ValueError: the line is none; the message says why, in words.
    """
    first, *rest = line.split()
    try:
        values = [float(word) for word in rest]
    except ValueError:
        raise ValueError("holds something that is no number") from None
    if len(values) > _MOST_NUMBERS or not all(map(math.isfinite, values)):
        raise ValueError("holds numbers without end")
    name = _class_of(first, naming.classes)
    count = len(values)
    if naming.points and count == 4 + naming.points * naming.dims:
        return _rectangle(
            name, values[:4], width, height, keypoints=_points(values[4:], width, height, naming)
        )
    if count == 4:
        return _rectangle(name, values, width, height)
    if count == 5:  # a prediction: how sure the model was stands behind the box
        return _rectangle(name, values[:4], width, height, attributes={"confidence": values[4]})
    if count >= 6 and count % 2 == 0:
        return _outline(name, values, width, height)
    raise ValueError(f"has {count} numbers behind the class, which is no box, outline or key points")


def usual_rectangles(content: bytes, width: int, height: int, naming: Naming) -> list[dict[str, Json]] | None:
    """The label of a file in which every line is a class with a name and four sound shares, else None.

    What it gives is what ``read_line`` and ``oddity`` would; whatever is unusual is left to them.
    """
    if content.translate(None, _USUAL):
        return None
    lines = content.strip().replace(b"\r\n", b"\n").replace(b" \n", b"\n")
    if not lines:
        return []
    told: list[dict[str, Json]] = []
    names = naming.classes
    # in millionths of a pixel, so that rounding is cheap: data sets hold millions of boxes
    across_all, down_all = width * 1e6, height * 1e6
    try:
        # with commas for spaces the lines are lists of JSON, whose parser is the quickest there is
        rows = orjson.loads(b"[[%b]]" % lines.replace(b" ", b",").replace(b"\n", b"],["))
        for number, x_centre, y_centre, x_share, y_share in rows:
            across, down = x_share * across_all, y_share * down_all
            left, upper = x_centre * across_all - across / 2, y_centre * down_all - down / 2
            # this is false of what is not finite, of boxes without area and of those beside the picture
            if not (across > 0.5 < down and -across < left < across_all and -down < upper < down_all):
                return None
            a, b, c, d = (left + 0.5) // 1, (upper + 0.5) // 1, (across + 0.5) // 1, (down + 0.5) // 1
            box: list[Json] = [
                a / 1e6 if a % 1e6 else int(a / 1e6),
                b / 1e6 if b % 1e6 else int(b / 1e6),
                c / 1e6 if c % 1e6 else int(c / 1e6),
                d / 1e6 if d % 1e6 else int(d / 1e6),
            ]
            told.append({"label": names[number], "box": box})
    except (ValueError, KeyError, OverflowError):
        return None
    return told


def write_line(box: Box, number: int, width: int, height: int, points: tuple[str, ...]) -> str:
    """The line of a box: its outline where it is one polygon, else its rectangle with its key points."""
    ring = polygon_of(box)
    if ring is not None and not points:
        return _line(number, [v / (width, height)[place % 2] for place, v in enumerate(ring)])
    values = [
        (box.x + box.width / 2) / width,
        (box.y + box.height / 2) / height,
        box.width / width,
        box.height / height,
    ]
    for name in points:
        point = box.keypoints.get(name)
        x, y, seen = (*point, 2)[:3] if isinstance(point, list) else (0, 0, 0)
        values += [_number(x) / width, _number(y) / height, _number(seen)]
    return _line(number, values)


def polygon_of(box: Box) -> list[float] | None:
    """The outline of a box where it is one polygon of three points or more, as x, y, x, y."""
    rings = box.segmentation
    if not isinstance(rings, list) or len(rings) != 1 or not isinstance(rings[0], list):
        return None
    ring = [_number(v) for v in rings[0]]
    return ring if len(ring) >= 6 and len(ring) % 2 == 0 else None


def _class_of(word: str, classes: dict[int, str]) -> str:
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    if not number.is_integer() or number < 0:
        raise ValueError(f"has the class {word!r}, which is no number of a class")
    if classes and int(number) not in classes:
        raise ValueError(f"has the class {int(number)}, which has no name")
    return classes.get(int(number), str(int(number)))


def _rectangle(
    name: str,
    values: list[float],
    width: int,
    height: int,
    keypoints: dict[str, Json] | None = None,
    attributes: dict[str, Json] | None = None,
) -> Box:
    across, down = values[2] * width, values[3] * height
    if across < 0 or down < 0:
        raise ValueError("has a box with a negative width or height")
    return Box(
        name,
        round(values[0] * width - across / 2, 6),
        round(values[1] * height - down / 2, 6),
        round(across, 6),
        round(down, 6),
        keypoints=keypoints or {},
        attributes=attributes or {},
    )


def _outline(name: str, values: list[float], width: int, height: int) -> Box:
    xs = [round(v * width, 6) for v in values[0::2]]
    ys = [round(v * height, 6) for v in values[1::2]]
    ring: list[Json] = [v for point in zip(xs, ys, strict=True) for v in point]
    left, upper = min(xs), min(ys)
    return Box(
        name,
        left,
        upper,
        round(max(xs) - left, 6),
        round(max(ys) - upper, 6),
        segmentation=[ring],
    )


def _points(values: list[float], width: int, height: int, naming: Naming) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for place in range(naming.points):
        name = naming.point_names[place] if place < len(naming.point_names) else str(place)
        x, y, *seen = values[place * naming.dims : (place + 1) * naming.dims]
        found[name] = [round(x * width, 6), round(y * height, 6), *map(int, seen)]
    return found


def _line(number: int, values: list[float]) -> str:
    return " ".join([str(number), *(f"{value:.10g}" for value in values)])


def _number(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
