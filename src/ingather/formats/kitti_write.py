"""Writes pictures with boxes, and sequences with tracks, in the layout of the KITTI benchmarks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ingather.formats.boxes import Box, read_label
from ingather.formats.frames import write_frames
from ingather.formats.kitti_lines import FIELDS, write_calibration, write_object
from ingather.formats.kitti_read import FRAME_RATE
from ingather.formats.picture_files import FreeNames, file_name_of, write_picture
from ingather.formats.tracks import read_tracks
from ingather.formats.unsaid import Unsaid, beside, unfit_picture
from ingather.sample import Item, Loss

_FOLDERS = {"train": "training", "test": "testing"}
_TOLD = frozenset({*FIELDS, "truncation", "occlusion", "confidence"})


def write_kitti(items: Iterable[Item], path: Path) -> list[Loss]:
    """Writes items below ``path`` and tells what the layout could not carry."""
    losses: list[Loss] = []
    unsaid = Unsaid("KITTI", ("truncated", "occluded"))
    names = FreeNames()
    path.mkdir(parents=True, exist_ok=True)
    for item in items:
        folder = path / _FOLDERS.get(item.split or "", item.split or "all")
        if item.modality == "video" and item.content is None:
            losses += _sequence(item, folder, names)
            continue
        reason = unfit_picture(item)
        if reason:
            losses.append(Loss(item.key, reason))
            continue
        boxes = read_label(item.label) if item.label is not None else []
        unsaid.see(_without_own_parts(item), [_plain(box) for box in boxes])
        _picture(item, boxes, folder, names.free(file_name_of(item)))
    return losses + unsaid.losses(path.name)


def _picture(item: Item, boxes: list[Box], folder: Path, name: str) -> None:
    write_picture(item, folder / "image_2" / name)
    stem = PurePosixPath(name).stem
    if item.label is not None:
        _text(folder / "label_2" / f"{stem}.txt", "".join(f"{write_object(box)}\n" for box in boxes))
    if item.data and "calibration" in item.data:
        _text(folder / "calib" / f"{stem}.txt", write_calibration(item.data["calibration"]))
    for part in item.parts:
        inner = {"camera-right": "image_3", "lidar": "velodyne"}.get(part.role)
        suffix = ".bin" if part.role == "lidar" else ".png"
        if inner and part.content is not None:
            write_picture(Item("", "image", content=part.content), folder / inner / f"{stem}{suffix}")


def _sequence(item: Item, folder: Path, names: FreeNames) -> list[Loss]:
    try:
        seen = read_tracks(item.label) if item.label is not None else None
    except ValueError as error:
        return [Loss(item.key, str(error))]
    name = names.free(PurePosixPath(item.key.replace("\\", "/")).name or "0000")
    (folder / "image_02" / name).mkdir(parents=True, exist_ok=True)
    list(write_frames(item, folder / "image_02" / name, "{:06d}", 0))
    if item.data and "calibration" in item.data:
        _text(folder / "calib" / f"{name}.txt", write_calibration(item.data["calibration"]))
    numbers: dict[str, str] = {}
    lines = []
    for one in seen or []:
        track = one.track if one.track.removeprefix("-").isdecimal() else ""
        number = numbers.setdefault(one.track, track or str(100_000 + len(numbers)))
        box = Box(one.label, one.x, one.y, one.width, one.height, attributes=one.told)
        lines.append(f"{one.frame - 1} {number} {write_object(box)}\n")
    if seen is not None:
        _text(folder / "label_02" / f"{name}.txt", "".join(lines))
    told = {
        "names of tracks that are no numbers": sum(n != track for track, n in numbers.items()),
        "what else is said of a box in a frame": sum(bool(one.told.keys() - _TOLD) for one in seen or []),
        **_beside_tracks(item),
    }
    return [Loss(item.key, f"KITTI does not carry {what}", n) for what, n in sorted(told.items()) if n]


def _beside_tracks(item: Item) -> dict[str, int]:
    """What a sequence has beside its frames and tracks, in words, and how much of it."""
    data = item.data or {}
    rate = data.get("frame_rate")
    told = {
        "the rate of frames: 10 a second are taken for granted": rate not in (None, FRAME_RATE),
        "further data": bool(data.keys() - {"calibration", "frame_rate", "frames", "width", "height"}),
        "further parts": any(part.role != "frame" for part in item.parts),
        "attributes": bool(item.attributes),
        "the contributor": item.contributor is not None,
        "the licence": item.licence is not None,
        **dict.fromkeys(beside(item), True),
    }
    told["the session"] = item.session not in (None, PurePosixPath(item.key).name)
    return {what: int(there) for what, there in told.items()}


def _plain(box: Box) -> Box:
    """The box without the attributes that have a column of their own."""
    rest = {name: value for name, value in box.attributes.items() if name not in _TOLD}
    return Box(
        box.label,
        box.x,
        box.y,
        box.width,
        box.height,
        box.id,
        box.segmentation,
        box.flags,
        box.pose,
        box.keypoints,
        rest,
    )


def _without_own_parts(item: Item) -> Item:
    from dataclasses import replace

    own = ("camera-right", "lidar")
    return replace(item, parts=tuple(part for part in item.parts if part.role not in own))


def _text(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
