"""A JSON file as a whole: read with bounds, and what is wrong with it told in words."""

from __future__ import annotations

from pathlib import Path

import orjson

from ingather.sample import Json, Loss

LARGEST = 4 << 30


def read_json(file: Path, name: str) -> Json | Loss:
    """What a JSON file holds, or why it cannot be read: damaged, nested without end, above 4 GB."""
    try:
        if file.stat().st_size > LARGEST:
            return Loss(name, f"is larger than {LARGEST >> 30} GB: JSON of that size is not read as a whole")
        found: Json = orjson.loads(file.read_bytes().removeprefix(b"\xef\xbb\xbf"))
        return found
    except orjson.JSONDecodeError as error:
        return Loss(name, f"is no JSON: {error}")
    except OSError as error:
        return Loss(name, f"cannot be read: {error.strerror or error}")


def json_head(file: Path, most: int = 1 << 16) -> bytes:
    """The first bytes of a file without byte order mark and white space, empty where it cannot be read."""
    try:
        with file.open("rb") as stream:
            return stream.read(most).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError:
        return b""
