"""Tracks: things followed through the frames of a sequence, as the label of one item, and back.

A label is a list of Label Studio video results, one a track::

    {"id": "7", "type": "videorectangle", "original_width": 1920, "original_height": 1080,
     "value": {"labels": ["Car"], "framesCount": 600, "sequence": [
         {"frame": 1, "x": 10.5, "y": 20, "width": 5, "height": 8, "rotation": 0, "enabled": true}]}}

Frames count from 1; places and sizes are percent of the picture. What else a source says of a thing in one
frame stands beside its place under the source's own name.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ingather.sample import Json

_PLACE = ("frame", "x", "y", "width", "height", "rotation", "enabled", "time")


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing in one frame.

    Attributes:
        track: its number or name in the sequence.
        frame: from 1.
        label: what it is.
        x: left edge in pixels.
        y: upper edge in pixels.
        width: in pixels.
        height: in pixels.
        told: what else the source says of it in this frame.
    """

    track: str
    frame: int
    label: str
    x: float
    y: float
    width: float
    height: float
    told: Mapping[str, Json] = field(default_factory=dict)


def as_tracks(seen: Iterable[Seen], width: int, height: int, frames: int | None = None) -> list[Json]:
    """The tracks of a sequence as its label, in order of their first mention, frames ascending.

    Args:
        seen: things in frames, in any order.
        width: of the frames in pixels, above 0.
        height: of the frames in pixels, above 0.
        frames: how many the sequence has, where known.
    """
    tracks: dict[tuple[str, str], list[Seen]] = {}
    for one in seen:
        tracks.setdefault((one.track, one.label), []).append(one)
    label: list[Json] = []
    for (track, name), places in tracks.items():
        value: dict[str, Json] = {"labels": [name]}
        if frames is not None:
            value["framesCount"] = frames
        value["sequence"] = [_place(one, width, height) for one in sorted(places, key=lambda p: p.frame)]
        label.append(
            {
                "id": track,
                "type": "videorectangle",
                "original_width": width,
                "original_height": height,
                "value": value,
            }
        )
    return label


def read_tracks(label: Json) -> list[Seen]:
    """Every thing in every frame of a label, by frame, then in the order of the tracks.

    Raises:
        ValueError: it is no label of tracks; the message says what is wrong.
    """
    if not isinstance(label, list):
        raise ValueError("the label is no list of tracks")
    found: list[Seen] = []
    for number, track in enumerate(label, start=1):
        if not isinstance(track, Mapping) or track.get("type") != "videorectangle":
            raise ValueError(f"entry {number} is no track")
        found += _read(track, f"track {track.get('id', number)}")
    return sorted(found, key=lambda one: one.frame)


def size_in_label(label: Json) -> tuple[int, int] | None:
    """Width and height in pixels of the frames that a label of tracks speaks of, where it says so."""
    first = label[0] if isinstance(label, list) and label else None
    if not isinstance(first, Mapping):
        return None
    width, height = first.get("original_width"), first.get("original_height")
    return (width, height) if isinstance(width, int) and isinstance(height, int) else None


def _place(one: Seen, width: int, height: int) -> dict[str, Json]:
    return {
        "frame": one.frame,
        "x": _percent(one.x, width),
        "y": _percent(one.y, height),
        "width": _percent(one.width, width),
        "height": _percent(one.height, height),
        "rotation": 0,
        "enabled": True,
        **one.told,
    }


def _percent(value: float, whole: int) -> float:
    return round(100 * value / whole, 9)


def _read(track: Mapping[str, Json], what: str) -> list[Seen]:
    value = track.get("value")
    labels = value.get("labels") if isinstance(value, Mapping) else None
    sequence = value.get("sequence") if isinstance(value, Mapping) else None
    if not isinstance(labels, list) or not labels or not isinstance(sequence, list):
        raise ValueError(f"{what} has no label or no sequence")
    width, height = (_number(track.get(f"original_{side}"), what) for side in ("width", "height"))
    found: list[Seen] = []
    for place in sequence:
        if not isinstance(place, Mapping) or not isinstance(place.get("frame"), int):
            raise ValueError(f"{what} has a place without a frame")
        x, y, across, down = (_number(place.get(side), what) for side in ("x", "y", "width", "height"))
        frame = place["frame"]
        assert isinstance(frame, int)
        rest = {name: told for name, told in place.items() if name not in _PLACE}
        left, upper, across, down = (
            round(v / 100, 6) for v in (x * width, y * height, across * width, down * height)
        )
        name = str(track.get("id", ""))
        found.append(Seen(name, frame, str(labels[0]), left, upper, across, down, rest))
    return found


def _number(value: Json, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{what} has {value!r} where a number belongs")
    return value
