"""The file beside a recording or a film that says what is said in it, and when."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ingather.formats.time_marks import READERS, Mark, read_marks
from ingather.sample import Item, Loss


def marks_beside(item: Item) -> tuple[Path | None, list[Mark], list[Loss]]:
    """The file of the same name that has marks, or the one of its folder; its marks; what is none of them.

    Without such a file, a loss that says so.
    """
    beside = _beside(item.content) if isinstance(item.content, Path) else None
    if beside is None:
        told = f"no file beside it says where its utterances are ({', '.join(sorted(READERS))})"
        return None, [], [Loss(item.key, told)]
    assert isinstance(item.content, Path)
    found = list(read_marks(beside.name, beside.read_bytes(), item.content.stem))
    marks = [mark for mark in found if isinstance(mark, Mark)]
    return beside, marks, [loss for loss in found if isinstance(loss, Loss)]


def stamp_of_marks(recording: Path) -> str:
    """What changes whenever the marks beside a recording do; empty where there are none."""
    try:
        beside = _beside(recording) if recording.is_file() else None
        found = beside.stat() if beside is not None else None
    except OSError:
        return ""
    return f"-m{found.st_size}-{found.st_mtime_ns}" if found is not None else ""


def _beside(recording: Path) -> Path | None:
    endings = [*READERS, ".TextGrid", *(ending.upper() for ending in READERS)]
    own = (recording.with_suffix(ending) for ending in endings)
    return next((path for path in own if path.is_file()), None) or _shared(recording.parent)


@lru_cache(maxsize=64)
def _shared(folder: Path) -> Path | None:
    """The one file of a folder that speaks of all its recordings."""
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".rttm", ".ctm"))
    return found[0] if found else None
