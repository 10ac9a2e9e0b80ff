"""The frames of a sequence that lie as single pictures: found, numbered by their names, written again."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from pathlib import Path

from ingather.formats.picture_files import is_picture_name, write_picture
from ingather.sample import Item, Part

_NUMBER = re.compile(r"(\d+)\D*\Z")


def frame_files(folder: Path, root: Path) -> list[Path]:
    """The pictures of a folder in order of their names, those that lead out of the root left out."""
    if not folder.is_dir():
        return []
    files = sorted(file for file in folder.iterdir() if is_picture_name(file.name) and file.is_file())
    return [file for file in files if file.resolve().is_relative_to(root.resolve())]


def frame_parts(files: list[Path], rate: float | None, first: int = 1) -> tuple[Part, ...]:
    """One part a frame, ordered by the number in its name, counted from 0.

    Args:
        files: the frames.
        rate: frames a second, None where unknown.
        first: the number that the first frame of the layout has.
    """
    return tuple(
        Part(
            "frame",
            order=order,
            content=file,
            media_type=mimetypes.guess_type(file.name)[0],
            start=round(order / rate, 9) if rate else None,
            end=round((order + 1) / rate, 9) if rate else None,
        )
        for place, file in enumerate(files)
        for order in (_order(file, place, first),)
    )


def write_frames(item: Item, folder: Path, name: str, first: int) -> Iterator[str]:
    """Writes the frames of an item under names made of their numbers; yields the file names.

    Args:
        item: whose parts of the role frame are written.
        folder: where to.
        name: a format of the number, such as ``{:06d}``.
        first: the number of the first frame of the layout.
    """
    for part in item.parts:
        if part.role != "frame" or part.content is None:
            continue
        suffix = mimetypes.guess_extension(part.media_type or "") or ".png"
        target = folder / (name.format(part.order + first) + suffix)
        write_picture(Item("", "image", content=part.content), target)
        yield target.name


def _order(file: Path, place: int, first: int) -> int:
    found = _NUMBER.search(file.stem)
    number = int(found[1]) - first if found and len(found[1]) < 10 else place
    return number if number >= 0 else place
