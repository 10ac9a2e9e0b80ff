"""Lines of KITTI's object and tracking labels as boxes, and back.

``type truncated occluded alpha left top right bottom height width length x y z rotation_y [score]`` (Geiger
et al. 2012, the object development kit); places in pixels, sizes and x, y, z in metres in the camera's frame,
angles in radians. Tracking puts frame and track before it.
"""

from __future__ import annotations

import math

from ingather.formats.boxes import Box
from ingather.sample import Json

FIELDS = ("alpha", "dimensions", "location", "rotation_y")
_UNKNOWN_PLACE = [-1000.0, -1000.0, -1000.0]


def read_object(words: list[str]) -> Box:
    """The box of one object; in its attributes what KITTI says of it in space, where it says it.

    Raises:
        ValueError: the words are no object; the message says why.
    """
    if len(words) not in (15, 16):
        raise ValueError(f"has {len(words)} words where 15 belong")
    try:
        values = [float(word) for word in words[1:]]
    except ValueError:
        raise ValueError("holds something that is no number") from None
    if not all(map(math.isfinite, values)):
        raise ValueError("holds a number without end")
    truncated, occluded, alpha, left, upper, right, lower = values[:7]
    if right < left or lower < upper:
        raise ValueError(f"the box of {words[0]} ends before it begins")
    flags = [
        name for name, there in (("truncated", truncated > 0), ("occluded", occluded in (1, 2))) if there
    ]
    attributes: dict[str, Json] = {}
    if truncated > 0 and truncated != 1:
        attributes["truncation"] = truncated
    if occluded in (2, 3):
        attributes["occlusion"] = int(occluded)
    if alpha > -10:
        attributes["alpha"] = alpha
    if values[7] > 0 or values[10:13] != _UNKNOWN_PLACE:
        attributes["dimensions"] = [*values[7:10]]
        attributes["location"] = [*values[10:13]]
        attributes["rotation_y"] = values[13]
    if len(values) == 15:
        attributes["confidence"] = values[14]
    return Box(
        words[0],
        left,
        upper,
        round(right - left, 6),
        round(lower - upper, 6),
        flags=frozenset(flags),
        attributes=attributes,
    )


def write_object(box: Box) -> str:
    """The line of a box; what is not known gets KITTI's own words for that (-1, -10, -1000)."""
    told = box.attributes
    nothing = -1.0 if box.label == "DontCare" else 0.0
    truncation = _number(told.get("truncation"), 1.0 if "truncated" in box.flags else nothing)
    occlusion = _number(told.get("occlusion"), 1.0 if "occluded" in box.flags else nothing)
    values = [
        truncation,
        occlusion,
        _number(told.get("alpha"), -10),
        box.x,
        box.y,
        box.x + box.width,
        box.y + box.height,
        *_numbers(told.get("dimensions"), [-1.0, -1.0, -1.0]),
        *_numbers(told.get("location"), _UNKNOWN_PLACE),
        _number(told.get("rotation_y"), -10),
    ]
    if isinstance(told.get("confidence"), int | float):
        values.append(_number(told["confidence"], 0))
    name = "_".join(box.label.split()) or "Misc"
    return " ".join([name, *(f"{value:.10g}" for value in values)])


def read_calibration(text: str) -> dict[str, Json]:
    """Matrices by name (P0 to P3, R0_rect, Tr_velo_to_cam, ...), each a flat list by rows."""
    found: dict[str, Json] = {}
    for line in text.splitlines():
        name, colon, rest = line.partition(":")
        if not colon:
            name, _, rest = line.partition(" ")
        try:
            values = [float(word) for word in rest.split()]
        except ValueError:
            continue
        if values and all(map(math.isfinite, values)):
            found[name.strip()] = [*values]
    return found


def write_calibration(matrices: Json) -> str:
    """The lines of a calibration file."""
    lines = []
    for name, values in matrices.items() if isinstance(matrices, dict) else ():
        if isinstance(values, list):
            lines.append(f"{name}: " + " ".join(f"{_number(v, 0):.12e}" for v in values) + "\n")
    return "".join(lines)


def _number(value: Json, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else otherwise


def _numbers(value: Json, otherwise: list[float]) -> list[float]:
    if isinstance(value, list) and len(value) == len(otherwise):
        return [_number(one, 0) for one in value]
    return otherwise
