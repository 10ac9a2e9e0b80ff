"""An archive of a data set as a folder in the cache: unpacked once, whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ingather.sample import Loss
from ingather.sources.archive import archive_entries
from ingather.sources.listing import file_entry
from ingather.sources.losses import Tally

_BLOCK = 1 << 20


def unpack(archive: Path, name: str, cache: Path) -> tuple[Path, tuple[Loss, ...]]:
    """Unpacks an archive into the cache, unless it lies there already.

    Args:
        archive: zip, tar, gz or zst.
        name: names the folder; changes whenever the archive does.
        cache: the folder to unpack into.

    Returns:
        The folder, and entries that were refused (none when it lay there already).

    Raises:
        InputError: it is no archive, or swells beyond the bounds.
    """
    target = cache / "unpacked" / name
    if target.is_dir():
        return target, ()
    draft = target.with_name(f".{name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    tally = Tally()
    try:
        for entry in archive_entries(file_entry(archive), tally):
            path = draft / entry.name
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                with entry.open() as stream, path.open("wb") as file:
                    shutil.copyfileobj(stream, file, _BLOCK)
            except (OSError, ValueError) as error:
                tally.add(entry.name, f"cannot be unpacked: {error}")
                path.unlink(missing_ok=True)
        os.replace(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target, tuple(tally.losses())
