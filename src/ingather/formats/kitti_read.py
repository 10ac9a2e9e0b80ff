"""Reads folders in the layout of the KITTI vision benchmarks: single pictures, and sequences with tracks."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from ingather.formats.boxes import Box, as_label, oddity
from ingather.formats.frames import frame_files, frame_parts
from ingather.formats.kitti_lines import read_calibration, read_object
from ingather.formats.picture_files import stamp_of
from ingather.formats.picture_size import picture_size
from ingather.formats.split_names import split_of
from ingather.formats.tracks import Seen, as_tracks
from ingather.sample import Item, Json, Loss, Part

FRAME_RATE = 10.0
"""Frames a second of KITTI's cameras (Geiger et al. 2013, section 2)."""
_LARGEST = 64 * 2**20
_T = TypeVar("_T")


def folders(path: Path, camera: str) -> list[Path]:
    """The folders that hold a camera's pictures in ``image_2`` or ``image_02``: the path or one below it."""
    if not path.is_dir():
        return []
    return [f for f in (path, *sorted(path.iterdir())) if f.is_dir() and (f / camera).is_dir()]


def read_kitti(path: Path) -> Iterator[Item | Loss]:
    """Every picture and every sequence below ``path``; what cannot be used as losses."""
    for folder in folders(path, "image_2"):
        yield from _pictures(folder, path)
    for folder in folders(path, "image_02"):
        for frames in sorted(one for one in (folder / "image_02").iterdir() if one.is_dir()):
            yield from _sequence(folder, frames, path)
        yield from _left_over(folder / "label_02", {f.name for f in (folder / "image_02").iterdir()}, path)


def _pictures(folder: Path, root: Path) -> Iterator[Item | Loss]:
    pictures = frame_files(folder / "image_2", root)
    for picture in pictures:
        boxes: list[Box] = []
        size = picture_size(picture)
        file = folder / "label_2" / f"{picture.stem}.txt"
        if file.is_file():
            where = file.relative_to(root).as_posix()
            for thing in _lines(file, where, lambda line: read_object(line.split())):
                if isinstance(thing, Loss):
                    yield thing
                    continue
                boxes.append(thing)
                odd = oddity(thing, *(size or (None, None)))
                if odd:
                    yield Loss(where, odd, 0)
        label = as_label(boxes) if file.is_file() else None
        data = _calibration(folder / "calib" / f"{picture.stem}.txt", size)
        yield Item(
            key=picture.relative_to(root).as_posix(),
            modality="image",
            content=picture,
            media_type=mimetypes.guess_type(picture.name)[0],
            data=data,
            parts=tuple(_beside(folder, picture.stem)),
            label=label,
            split=split_of(folder.name),
            stamp=stamp_of(picture, [label, data]),
        )
    yield from _left_over(folder / "label_2", {picture.stem for picture in pictures}, root)


def _beside(folder: Path, stem: str) -> Iterator[Part]:
    for role, inner, suffix, kind in (
        ("camera-right", "image_3", ".png", "image/png"),
        ("lidar", "velodyne", ".bin", "application/octet-stream"),
    ):
        file = folder / inner / f"{stem}{suffix}"
        if file.is_file() and not file.is_symlink():
            yield Part(role, content=file, media_type=kind)


def _sequence(folder: Path, place: Path, root: Path) -> Iterator[Item | Loss]:
    frames = frame_files(place, root)
    file = folder / "label_02" / f"{place.name}.txt"
    size = picture_size(frames[0]) if frames else None
    label: list[Json] | None = None
    if file.is_file():
        where = file.relative_to(root).as_posix()
        seen: list[Seen] = []
        for thing in _lines(file, where, _seen):
            if isinstance(thing, Loss):
                yield thing
            else:
                seen.append(thing)
        if size is None and seen:
            yield Loss(where, "the size of the frames is not known, so places in them are not", len(seen))
        else:
            label = as_tracks(seen, *(size or (1, 1)), frames=len(frames))
    data = _calibration(folder / "calib" / f"{place.name}.txt", size) or {}
    yield Item(
        key=place.relative_to(root).as_posix(),
        modality="video",
        parts=frame_parts(frames, FRAME_RATE, first=0),
        data={**data, "frame_rate": FRAME_RATE, "frames": len(frames)},
        label=label,
        session=place.name,
        split=split_of(folder.name),
        stamp="-".join(stamp_of(one) for one in (file, *frames[:1], *frames[-1:]) if one.is_file()),
    )


def _seen(line: str) -> Seen:
    words = line.split()
    if len(words) < 2 or not words[0].isdecimal() or not words[1].removeprefix("-").isdecimal():
        raise ValueError("its frame or track is no whole number")
    box = read_object(words[2:])
    return Seen(words[1], int(words[0]) + 1, box.label, box.x, box.y, box.width, box.height, box.attributes)


def _lines(file: Path, where: str, read: Callable[[str], _T]) -> Iterator[_T | Loss]:
    if file.stat().st_size > _LARGEST:
        yield Loss(where, "the file is larger than 64 MB; it is not read")
        return
    for number, line in enumerate(file.read_bytes().decode("utf-8", "replace").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield read(line)
        except ValueError as error:
            yield Loss(f"{where}, line {number}", f"{error}; it is not read")


def _calibration(file: Path, size: tuple[int, int] | None) -> dict[str, Json] | None:
    if not file.is_file() or file.stat().st_size > _LARGEST:
        return None
    return {"calibration": read_calibration(file.read_bytes().decode("utf-8", "replace"))}


def _left_over(folder: Path, known: set[str], root: Path) -> Iterator[Loss]:
    for file in sorted(folder.glob("*.txt")) if folder.is_dir() else ():
        if file.stem not in known:
            yield Loss(file.relative_to(root).as_posix(), "what it labels is not there")
