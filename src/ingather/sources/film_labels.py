"""What becomes of a film's label where the film is cut: tracks are cut with it, other labels stay."""

from __future__ import annotations

from dataclasses import replace

from ingather.formats.boxes import Box, as_label
from ingather.formats.tracks import as_tracks, read_tracks, size_in_label
from ingather.sample import Json


def label_of_clip(label: Json, first: int, past: int) -> Json:
    """The label of the frames from ``first`` to ``past``, the latter not included, counted from 0."""
    size = _tracked(label)
    if size is None:
        return label
    inside = [one for one in read_tracks(label) if first < one.frame <= past]
    return as_tracks([replace(one, frame=one.frame - first) for one in inside], *size, past - first)


def label_of_frame(label: Json, frame: int) -> Json:
    """The label of one frame, counted from 0: the boxes of what is tracked through it, or the film's own."""
    size = _tracked(label)
    if size is None:
        return label
    boxes = [
        Box(one.label, one.x, one.y, one.width, one.height, id=one.track)
        for one in read_tracks(label)
        if one.frame == frame + 1
    ]
    return as_label(boxes)


def _tracked(label: Json) -> tuple[int, int] | None:
    """Width and height of the frames where the label is one of tracks."""
    if not isinstance(label, list) or not label:
        return None
    if not all(isinstance(one, dict) and one.get("type") == "videorectangle" for one in label):
        return None
    return size_in_label(label)
