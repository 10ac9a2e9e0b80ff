"""A JSON file as a whole: read with bounds, and what is wrong with it told in words."""

from __future__ import annotations

import gc
from pathlib import Path

import orjson

from ingather.sample import Json, Loss

LARGEST = 4 << 30


def read_json(file: Path, name: str) -> Json | Loss:
    """What a JSON file holds, or why it cannot be read: damaged, nested without end, above 4 GB."""
    try:
        if file.stat().st_size > LARGEST:
            return Loss(name, f"is larger than {LARGEST >> 30} GB: JSON of that size is not read as a whole")
        return parse_large(file.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        return Loss(name, f"is no JSON: {error}")
    except OSError as error:
        return Loss(name, f"cannot be read: {error.strerror or error}")


def parse_large(content: bytes) -> Json:
    """Parses JSON with Python's collector of cycles at rest: it would walk the new objects over and over.

    Raises:
        orjson.JSONDecodeError: it is no JSON.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        found: Json = orjson.loads(content)
    finally:
        if collecting:
            gc.enable()
    return found


def json_head(file: Path, most: int = 1 << 16) -> bytes:
    """The first bytes of a file without byte order mark and white space, empty where it cannot be read."""
    try:
        with file.open("rb") as stream:
            return stream.read(most).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError:
        return b""
