"""Boxes and outlines of answers matched with those that are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingather.formats.boxes import Box, read_label
from ingather.formats.label_studio import from_results
from ingather.sample import Json
from ingather.training.metrics.facts import FoundFacts

LEAST_OVERLAP = 0.5
MOST = 100
"""Answers of one class in one sample that count, the surest ones."""
_GRID = 256
"""Steps along the longer side in which outlines are compared."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One box of an answer or of the truth, and how sure the answer was (1 where it does not say)."""

    box: Box
    score: float


def found_facts(truths: Sequence[Json], answers: Sequence[Json], *, outlines: bool) -> FoundFacts:
    """Matches n samples: each answer, the surest first, takes the free true thing that it overlaps most.

    What only lies on a crowd counts neither for nor against.

    Args:
        truths: boxes labels or Label Studio results.
        answers: the same with ``score`` beside each.
        outlines: whether outlines are compared where things have them, else boxes.
    """
    true, said = [things(value) for value in truths], [things(value) for value in answers]
    classes = tuple(sorted({one.box.label for of in (*true, *said) for one in of}))
    counts = np.zeros((len(true), len(classes)))
    rows: list[tuple[int, int, float, bool]] = []
    for row, (there, given) in enumerate(zip(true, said, strict=True)):
        for code, name in enumerate(classes):
            own = [one for one in there if one.box.label == name]
            asked = sorted((one for one in given if one.box.label == name), key=lambda one: -one.score)
            plain = [one.box for one in own if "iscrowd" not in one.box.flags]
            crowds = [one.box for one in own if "iscrowd" in one.box.flags]
            counts[row, code] = len(plain)
            for one, hit in _matched(asked[:MOST], plain, crowds, outlines):
                rows.append((row, code, one.score, hit))
    return FoundFacts(
        np.array([row[0] for row in rows], np.int64),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], float),
        np.array([row[3] for row in rows], bool),
        counts,
        classes,
    )


def things(value: Json) -> list[Thing]:
    """The things of a label or an answer; entries that are neither form are passed over."""
    found: list[Thing] = []
    for entry in value if isinstance(value, list) else []:
        try:
            plain = isinstance(entry, dict) and "box" in entry
            boxes = read_label([entry]) if plain else from_results([entry])
        except ValueError:
            continue
        score = entry.get("score") if isinstance(entry, dict) else None
        sure = float(score) if isinstance(score, int | float) else 1.0
        found += [Thing(box, sure) for box in boxes]
    return found


def overlaps(left: Sequence[Box], right: Sequence[Box]) -> NDArray[np.float64]:
    """Common area over joint area of every pair of upright boxes, n x m."""
    a, b = _ends(left), _ends(right)
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    both = np.prod(np.maximum(high - low, 0), axis=2)
    areas = [np.prod(ends[:, 2:] - ends[:, :2], axis=1) for ends in (a, b)]
    joint = areas[0][:, None] + areas[1] - both
    return np.where(joint > 0, both / np.where(joint > 0, joint, 1), 0.0)


def _matched(
    asked: Sequence[Thing], plain: Sequence[Box], crowds: Sequence[Box], outlines: bool
) -> list[tuple[Thing, bool]]:
    table = overlaps([one.box for one in asked], plain)
    if outlines:
        for place, one in enumerate(asked):
            for other in np.flatnonzero(table[place] > 0).tolist():
                table[place, other] = _outline_overlap(one.box, plain[other])
    free = np.ones(len(plain), bool)
    found: list[tuple[Thing, bool]] = []
    for place, one in enumerate(asked):
        fits = np.where(free, table[place], -1.0)
        best = int(fits.argmax()) if len(plain) else -1
        if best >= 0 and fits[best] >= LEAST_OVERLAP:
            free[best] = False
            found.append((one, True))
        elif not _in_crowd(one.box, crowds):
            found.append((one, False))
    return found


def _in_crowd(box: Box, crowds: Sequence[Box]) -> bool:
    """Whether half of the box itself lies on a crowd."""
    area = box.width * box.height
    for crowd in crowds:
        across = min(box.x + box.width, crowd.x + crowd.width) - max(box.x, crowd.x)
        down = min(box.y + box.height, crowd.y + crowd.height) - max(box.y, crowd.y)
        if area > 0 and across > 0 and down > 0 and across * down / area >= LEAST_OVERLAP:
            return True
    return False


def _ends(boxes: Sequence[Box]) -> NDArray[np.float64]:
    ends = [(one.x, one.y, one.x + one.width, one.y + one.height) for one in boxes]
    return np.array(ends, float).reshape(len(boxes), 4)


def _outline_overlap(left: Box, right: Box) -> float:
    x, y = min(left.x, right.x), min(left.y, right.y)
    far = max(
        left.x + left.width - x, right.x + right.width - x, left.y + left.height - y,
        right.y + right.height - y,
    )  # fmt: skip
    a, b = (_drawn(one, x, y, _GRID / far) for one in (left, right))
    joint = int((a | b).sum())
    return float((a & b).sum() / joint) if joint else 0.0


def _drawn(box: Box, x: float, y: float, scale: float) -> NDArray[np.bool_]:
    from PIL import Image, ImageDraw

    canvas = Image.new("1", (_GRID + 1, _GRID + 1))
    draw = ImageDraw.Draw(canvas)
    polygons: list[Any] = box.segmentation if isinstance(box.segmentation, list) else []
    if not polygons:
        ends = [box.x, box.y, box.x + box.width, box.y, box.x + box.width, box.y + box.height]
        polygons = [[*ends, box.x, box.y + box.height]]
    for flat in polygons:
        points = [((px - x) * scale, (py - y) * scale) for px, py in zip(flat[::2], flat[1::2], strict=True)]
        if len(points) >= 3:
            draw.polygon(points, fill=1)
    return np.asarray(canvas, bool)
