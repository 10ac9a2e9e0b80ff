"""Reads sequences in the layout of the MOTChallenge benchmarks."""

from __future__ import annotations

import configparser
import math
from collections.abc import Iterator
from pathlib import Path

from ingather.formats.frames import frame_files, frame_parts
from ingather.formats.picture_files import safe_relative, stamp_of
from ingather.formats.picture_size import picture_size
from ingather.formats.split_names import split_of
from ingather.formats.tracks import Seen, as_tracks
from ingather.sample import Item, Json, Loss, Part

CLASSES = (
    "pedestrian", "person on vehicle", "car", "bicycle", "motorbike", "non motorized vehicle",
    "static person", "distractor", "occluder", "occluder on the ground", "occluder full",
    "reflection", "crowd",
)  # fmt: skip
"""Names of the classes 1 to 13 of MOT16 and later (Milan et al. 2016, table 3)."""
UNNAMED = "object"
_LARGEST = 512 * 2**20


def sequences(path: Path) -> list[Path]:
    """The folders of sequences: the path itself, or those at most two levels below it."""
    if not path.is_dir():
        return []
    if _is_sequence(path):
        return [path]
    below = [folder for pattern in ("*", "*/*") for folder in path.glob(pattern) if folder.is_dir()]
    return sorted(folder for folder in below if _is_sequence(folder))


def read_mot(path: Path) -> Iterator[Item | Loss]:
    """One item a sequence below ``path``; what cannot be used as losses."""
    for folder in sequences(path):
        yield from _sequence(folder, path)


def _is_sequence(folder: Path) -> bool:
    frames = (folder / "img1").is_dir() and ((folder / "gt").is_dir() or (folder / "det").is_dir())
    return (folder / "seqinfo.ini").is_file() or frames


def _sequence(folder: Path, root: Path) -> Iterator[Item | Loss]:
    key = folder.relative_to(root).as_posix() if folder != root else folder.name
    info = _info(folder / "seqinfo.ini")
    if info is None:
        yield Loss(f"{key}/seqinfo.ini", "the file cannot be read: rate and length are not known", 0)
        info = {}
    frames = frame_files(folder / (_folder(info.get("imdir"))), root)
    length = _whole(info.get("seqlength"))
    if length is not None and length != len(frames):
        yield Loss(
            key, f"seqinfo.ini says {length} frames, {len(frames)} are there", abs(length - len(frames))
        )
    width, height = _whole(info.get("imwidth")), _whole(info.get("imheight"))
    size = (width, height) if width and height else picture_size(frames[0]) if frames else None
    rate = _rate(info.get("framerate"))
    label: list[Json] | None = None
    truth = folder / "gt" / "gt.txt"
    if truth.is_file():
        seen: list[Seen] = []
        for thing in _rows(truth, f"{key}/gt/gt.txt"):
            if isinstance(thing, Loss):
                yield thing
            else:
                seen.append(thing)
        if size is None and seen:
            yield Loss(
                f"{key}/gt/gt.txt", "the size of the frames is not known, so places are not", len(seen)
            )
        else:
            label = as_tracks(seen, *(size or (1, 1)), frames=length or len(frames) or None)
    told: dict[str, Json] = {"frame_rate": rate, "frames": length or len(frames)}
    if size:
        told |= {"width": size[0], "height": size[1]}
    yield Item(
        key=key,
        modality="video",
        parts=(*frame_parts(frames, rate), *_detections(folder)),
        data=told,
        label=label,
        session=folder.name,
        split=next((s for part in key.split("/")[:-1] if (s := split_of(part))), None) or split_of(root.name),
        stamp="-".join(stamp_of(file) for file in (truth, *frames[:1], *frames[-1:]) if file.is_file()),
    )


def _rows(file: Path, where: str) -> Iterator[Seen | Loss]:
    if file.stat().st_size > _LARGEST:
        yield Loss(where, "the file is larger than 512 MB; it is not read")
        return
    for number, line in enumerate(file.read_bytes().decode("utf-8", "replace").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield _seen(line)
        except ValueError as error:
            yield Loss(f"{where}, line {number}", f"{error}; it is not read")


def _seen(line: str) -> Seen:
    words = line.replace(",", " ").split()
    if len(words) < 6:
        raise ValueError(f"has {len(words)} numbers where six or more belong")
    try:
        values = [float(word) for word in words]
    except ValueError:
        raise ValueError("holds something that is no number") from None
    if not all(map(math.isfinite, values)):
        raise ValueError("holds a number without end")
    frame, track, left, upper, width, height, *rest = values
    if not frame.is_integer() or not 1 <= frame < 10**9 or not track.is_integer():
        raise ValueError("its frame or track is no whole number above 0")
    if width < 0 or height < 0:
        raise ValueError("its box has a negative width or height")
    told: dict[str, Json] = {}
    if rest:
        told["counted"] = rest[0] != 0
    kind = int(rest[1]) if len(rest) > 1 and rest[1].is_integer() else -1
    if len(rest) == 3 and rest[2] >= 0:
        told["visibility"] = rest[2]
    name = CLASSES[kind - 1] if 1 <= kind <= len(CLASSES) else UNNAMED
    return Seen(str(int(track)), int(frame), name, left - 1, upper - 1, width, height, told)


def _detections(folder: Path) -> tuple[Part, ...]:
    file = folder / "det" / "det.txt"
    return (Part("detections", content=file, media_type="text/csv"),) if file.is_file() else ()


def _info(file: Path) -> dict[str, str] | None:
    if not file.is_file():
        return {}
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(file.read_bytes().decode("utf-8", "replace"))
    except configparser.Error:
        return None
    return dict(parser.items("Sequence")) if parser.has_section("Sequence") else {}


def _folder(name: str | None) -> Path:
    return Path(safe_relative(name or "img1") or "img1")


def _whole(word: str | None) -> int | None:
    return int(word) if word and word.strip().isdecimal() and len(word) < 10 else None


def _rate(word: str | None) -> float | None:
    try:
        value = float(word or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and value > 0 else None
