"""Names of the files that recordings are written to, made from the keys of items."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_ODD = re.compile(r"[^\w-]+", re.ASCII)


def free_name(key: str, taken: set[str]) -> str:
    """A name that is not taken: letters, digits, _ and -, in the folder that the key names.

    Args:
        key: the item's key.
        taken: names that are taken, in small letters.
    """
    parts = [_ODD.sub("_", part).strip("_") for part in PurePosixPath(key).parts]
    plain = "/".join(part for part in parts if part) or "record"
    free, number = plain, 1
    while free.lower() in taken:
        number += 1
        free = f"{plain}_{number}"
    return free
