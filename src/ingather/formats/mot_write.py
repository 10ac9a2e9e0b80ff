"""Writes sequences with tracks in the layout of the MOTChallenge benchmarks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ingather.formats.frames import write_frames
from ingather.formats.mot_read import CLASSES, UNNAMED
from ingather.formats.picture_files import FreeNames
from ingather.formats.tracks import Seen, read_tracks, size_in_label
from ingather.sample import Item, Loss

_TOLD = frozenset({"counted", "visibility"})


def write_mot(items: Iterable[Item], path: Path) -> list[Loss]:
    """Writes items below ``path`` and tells what the layout could not carry."""
    losses: list[Loss] = []
    names = FreeNames()
    path.mkdir(parents=True, exist_ok=True)
    for item in items:
        try:
            seen = read_tracks(item.label) if item.label is not None else None
        except ValueError as error:
            losses.append(Loss(item.key, str(error)))
            continue
        if item.modality != "video" or item.content is not None:
            losses.append(Loss(item.key, "it is no sequence of single frames"))
            continue
        name = names.free(PurePosixPath(item.key.replace("\\", "/")).name or "sequence")
        losses += _write(item, path / (item.split or "") / name, seen)
    return losses


def _write(item: Item, folder: Path, seen: list[Seen] | None) -> list[Loss]:
    folder.mkdir(parents=True, exist_ok=True)
    frames = list(write_frames(item, folder / "img1", "{:06d}", 1))
    unsaid: Counter[str] = Counter()
    for part in item.parts:
        if part.role == "detections" and isinstance(part.content, bytes | Path):
            content = part.content if isinstance(part.content, bytes) else part.content.read_bytes()
            (folder / "det").mkdir()
            (folder / "det" / "det.txt").write_bytes(content)
        elif part.role != "frame":
            unsaid["further parts"] += 1
    if seen is not None:
        (folder / "gt").mkdir()
        numbers = _numbers(seen)
        unsaid["names of tracks that are no numbers"] += sum(name != str(n) for name, n in numbers.items())
        lines = [_line(one, numbers[one.track], unsaid) for one in seen]
        (folder / "gt" / "gt.txt").write_text("".join(lines), encoding="utf-8")
    told = dict(item.data or {})
    size = size_in_label(item.label) or (told.pop("width", 0), told.pop("height", 0))
    entries = {
        "name": folder.name,
        "imDir": "img1",
        "frameRate": told.pop("frame_rate", None) or 0,
        "seqLength": told.pop("frames", None) or len(frames),
        "imWidth": size[0],
        "imHeight": size[1],
        "imExt": Path(frames[0]).suffix if frames else ".jpg",
    }
    written = "[Sequence]\n" + "".join(f"{name}={value}\n" for name, value in entries.items())
    (folder / "seqinfo.ini").write_text(written, encoding="utf-8")
    for what, there in (
        ("attributes", item.attributes),
        ("the contributor", item.contributor),
        ("the licence", item.licence),
        ("further data", set(told) - {"width", "height"}),
    ):
        unsaid[what] += bool(there)
    return [
        Loss(item.key, f"MOTChallenge does not carry {what}", n) for what, n in sorted(unsaid.items()) if n
    ]


def _numbers(seen: list[Seen]) -> dict[str, int]:
    """The number of every track: its name where that is one, else the next that is free."""
    names = dict.fromkeys(one.track for one in seen)
    numbers = {name: int(name) for name in names if name.removeprefix("-").isdecimal()}
    free = max([0, *numbers.values()])
    for name in names:
        if name not in numbers:
            free += 1
            numbers[name] = free
    return numbers


def _line(one: Seen, track: int, unsaid: Counter[str]) -> str:
    if one.label not in CLASSES and one.label != UNNAMED:
        unsaid[f"the class {one.label}"] += 1
    unsaid["attributes of tracks"] += len(set(one.told) - _TOLD)
    kind = CLASSES.index(one.label) + 1 if one.label in CLASSES else -1
    visibility = one.told.get("visibility")
    places = (one.x + 1, one.y + 1, one.width, one.height)
    cells = [
        str(one.frame),
        str(track),
        *(f"{value:.10g}" for value in places),
        str(int(one.told.get("counted", True) is not False)),
        str(kind),
        f"{visibility:.10g}" if isinstance(visibility, int | float) else "-1",
    ]
    return ",".join(cells) + "\n"
