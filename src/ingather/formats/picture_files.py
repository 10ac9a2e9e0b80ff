"""Picture files of a layout: found safely under its root, with their size in pixels and their stamp."""

from __future__ import annotations

import hashlib
import io
import os
from functools import cache
from pathlib import Path, PurePosixPath

import orjson

from ingather.sample import Item, Json

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".tif", ".tiff", ".heic", ".heif", ".bmp", ".gif")
BINARY = getattr(os, "O_BINARY", 0)
"""The flag by which ``os.open`` leaves line ends as they are where a system would change them."""


def is_picture_name(name: str) -> bool:
    """Whether a file name ends as a picture's does."""
    return name.endswith(SUFFIXES) or name.lower().endswith(SUFFIXES)


def picture_type(name: str) -> str | None:
    """The media type that the ending of a picture's name stands for, None where it stands for none."""
    return _type_of_suffix(name[name.rfind(".") :].lower())


@cache
def _type_of_suffix(suffix: str) -> str | None:
    import mimetypes

    return mimetypes.guess_type(f"picture{suffix}")[0]


def safe_relative(name: str) -> PurePosixPath | None:
    """A name written in a data set as a path below its root, None where it would lead out of it."""
    plain = PurePosixPath(name.replace("\\", "/"))
    if not plain.parts or plain.is_absolute() or ".." in plain.parts or "\0" in name or ":" in plain.parts[0]:
        return None
    return plain


def stamp_of(file: Path | str, beside: Json = None, status: os.stat_result | None = None) -> str:
    """A stamp that changes with the file (size and time) and with what is said of it elsewhere.

    Args:
        file: is asked for its size and time, unless ``status`` is there.
        beside: what is said of it elsewhere.
        status: of the file, where it is known.
    """
    status = status or os.stat(file)
    said = hashlib.sha256(orjson.dumps(beside, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]
    return f"{status.st_size}-{status.st_mtime_ns}-{said}"


def size_of(item: Item) -> tuple[int, int, int] | None:
    """Width, height in pixels and number of bands of an item's picture as stored; None if unreadable."""
    from PIL import Image

    source = io.BytesIO(item.content) if isinstance(item.content, bytes) else item.content
    if source is None:
        return None
    try:
        with Image.open(source) as image:
            return (*image.size, len(image.getbands()))
    except Exception:  # decoders of hostile bytes raise nearly anything; the caller tells it
        return None


def file_name_of(item: Item) -> str:
    """The name for an item's picture in a written layout: that of its key, with the ending of its type."""
    name = PurePosixPath(item.key.replace("\\", "/")).name.replace("#", "-") or "picture"
    if is_picture_name(name) and item.parent is None:
        return name
    ending = {"image/jpeg": ".jpg", "image/tiff": ".tif"}.get(
        item.media_type or "", "." + (item.media_type or "image/jpg").partition("/")[2]
    )
    return name + ending


class FreeNames:
    """Hands out file names, each once: a second ``a.jpg`` becomes ``a-2.jpg``."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, name: str) -> str:
        """The name, or the first one with a number behind its stem that is free; case does not count."""
        path = PurePosixPath(name)
        free, number = name, 1
        # stems must differ, not only names: VOC names its XML by the stem
        while PurePosixPath(free).stem.lower() in self._taken:
            number += 1
            free = f"{path.stem}-{number}{path.suffix}"
        self._taken.add(PurePosixPath(free).stem.lower())
        return free


def write_picture(item: Item, target: Path) -> bool:
    """Copies an item's bytes to a file; False where it has none."""
    import shutil

    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(item.content, bytes):
        target.write_bytes(item.content)
    elif isinstance(item.content, Path):
        shutil.copyfile(item.content, target)
    else:
        return False
    return True
