"""Boxes and outlines as Label Studio results, and back: the form in which people annotate them.

Label Studio counts places in percent of the picture; a result has ``type`` (rectanglelabels or
polygonlabels), ``value``, ``original_width`` and ``original_height``. What it has no place for (flags, pose,
run-length codes) travels in ``meta``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ingather.formats.boxes import FLAGS, Box, read_keypoints
from ingather.sample import Json

_META = "ingather"


def to_results(
    boxes: Sequence[Box], width: int, height: int, *, from_name: str = "label", to_name: str = "image"
) -> list[dict[str, Json]]:
    """The boxes of one picture as Label Studio results, one a box.

    Args:
        boxes: of one picture.
        width: of the picture in pixels.
        height: of the picture in pixels.
        from_name: name of the control tag of the labelling configuration.
        to_name: name of its object tag.

    Raises:
        ValueError: width or height is not above 0.
    """
    if width <= 0 or height <= 0:
        raise ValueError(f"a picture of {width} x {height} pixels has no percentages")
    return [_result(box, number, width, height, from_name, to_name) for number, box in enumerate(boxes)]


def from_results(results: Json) -> list[Box]:
    """The boxes of Label Studio results; a polygon becomes a box with its outline.

    Results of other types, such as choices beside the boxes, are passed over. A turned rectangle becomes
    the upright box around it, with the turned one as its outline.

    Raises:
        ValueError: a rectangle or polygon lacks what it needs; the message says which.
    """
    if not isinstance(results, list):
        raise ValueError("Label Studio results are a list")
    boxes: list[Box] = []
    for number, result in enumerate(results, start=1):
        if not isinstance(result, Mapping):
            raise ValueError(f"result {number} is not an object")
        if result.get("type") in ("rectanglelabels", "polygonlabels"):
            boxes.append(_box(result, number))
    return boxes


def _result(box: Box, number: int, width: int, height: int, from_name: str, to_name: str) -> dict[str, Json]:
    told: dict[str, Json] = {
        "id": str(box.id) if box.id is not None else f"box-{number}",
        "from_name": from_name,
        "to_name": to_name,
        "type": "rectanglelabels",
        "original_width": width,
        "original_height": height,
        "image_rotation": 0,
        "value": {
            "x": 100 * box.x / width,
            "y": 100 * box.y / height,
            "width": 100 * box.width / width,
            "height": 100 * box.height / height,
            "rotation": 0,
            "rectanglelabels": [box.label],
        },
    }
    kept: dict[str, Json] = {flag: True for flag in FLAGS if flag in box.flags}
    if box.pose:
        kept["pose"] = box.pose
    if box.segmentation:
        kept["segmentation"] = box.segmentation
    if box.keypoints:
        kept["keypoints"] = dict(box.keypoints)
    if box.attributes:
        kept["attributes"] = dict(box.attributes)
    if box.id is not None:
        kept["id"] = box.id
    if kept:
        told["meta"] = {_META: kept}
    return told


def _box(result: Mapping[str, Json], number: int) -> Box:
    what = f"result {number}"
    value = result.get("value")
    if not isinstance(value, Mapping):
        raise ValueError(f"{what} has no value")
    width = _number(result, "original_width", what)
    height = _number(result, "original_height", what)
    labels = value.get(str(result["type"]))
    if not isinstance(labels, list) or not labels or not isinstance(labels[0], str):
        raise ValueError(f"{what} has no label")
    if result["type"] == "polygonlabels":
        outline = [(x * width / 100, y * height / 100) for x, y in _points(value, what)]
    else:
        outline = _corners(value, width, height, what)
    left, upper = min(x for x, _ in outline), min(y for _, y in outline)
    right, lower = max(x for x, _ in outline), max(y for _, y in outline)
    meta = result.get("meta")
    kept = meta.get(_META) if isinstance(meta, Mapping) else None
    kept = kept if isinstance(kept, Mapping) else {}
    upright = result["type"] == "rectanglelabels" and not value.get("rotation")
    given, pose = kept.get("id", result.get("id")), kept.get("pose")
    return Box(
        labels[0],
        _tidy(left),
        _tidy(upper),
        _tidy(right - left),
        _tidy(lower - upper),
        id=given if isinstance(given, int | str) else None,
        segmentation=kept.get("segmentation")
        if upright
        else [[_tidy(v) for point in outline for v in point]],
        flags=frozenset(flag for flag in FLAGS if kept.get(flag)),
        pose=pose if isinstance(pose, str) else None,
        keypoints=read_keypoints(kept.get("keypoints")),
        attributes=attributes if isinstance(attributes := kept.get("attributes"), Mapping) else {},
    )


def _corners(value: Mapping[str, Json], width: float, height: float, what: str) -> list[tuple[float, float]]:
    """The four corners of a rectangle in pixels; Label Studio turns it about its upper left one."""
    left, upper = _number(value, "x", what) * width / 100, _number(value, "y", what) * height / 100
    across, down = _number(value, "width", what) * width / 100, _number(value, "height", what) * height / 100
    turn = math.radians(_number(value, "rotation", what) if value.get("rotation") else 0)
    cos, sin = math.cos(turn), math.sin(turn)
    return [
        (left + x * cos - y * sin, upper + x * sin + y * cos)
        for x, y in ((0, 0), (across, 0), (across, down), (0, down))
    ]


def _points(value: Mapping[str, Json], what: str) -> list[tuple[float, float]]:
    points = value.get("points")
    if not isinstance(points, list) or len(points) < 3:
        raise ValueError(f"{what} has fewer than three points")
    found = []
    for point in points:
        if not isinstance(point, list) or len(point) != 2:
            raise ValueError(f"{what} holds {point!r}, which is not a point")
        pair = {"x": point[0], "y": point[1]}
        found.append((_number(pair, "x", what), _number(pair, "y", what)))
    return found


def _number(values: Mapping[str, Json], name: str, what: str) -> float:
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{what} has {value!r} as {name}, which is not a number")
    return value


def _tidy(value: float) -> float:
    """Pixels to a millionth: percentages there and back leave whole numbers whole."""
    return round(value, 6)
