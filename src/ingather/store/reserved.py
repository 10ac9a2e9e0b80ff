"""Samples whose site reserved them after they were collected: kept, and left out of releases."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import orjson

FILE = "reserved.json"
"""Its name in the workspace's folder: reasons by id of sample."""


def read_reserved(folder: Path) -> dict[str, str]:
    """Reasons by id of sample; empty where nothing is reserved."""
    path = folder / FILE
    found: dict[str, str] = orjson.loads(path.read_bytes()) if path.is_file() else {}
    return found


def write_reserved(folder: Path, reasons: Mapping[str, str]) -> None:
    """Keeps these reasons instead of what was kept before."""
    fresh = folder / f"{FILE}.new"
    with open(fresh, "wb") as file:
        file.write(orjson.dumps(dict(reasons), option=orjson.OPT_SORT_KEYS))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / FILE)
