"""manifest.json: the SHA-256 of every file of a release, and the release's own digest."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

NAME = "manifest.json"


def list_files(folder: Path, known: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """Every file of a folder but the manifest: its path below it, ``sha256`` and ``bytes``, sorted by path.

    Args:
        folder: of the release.
        known: what was found of some files before, which is taken as it is.
    """
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != NAME:
            told = (known or {}).get(name)
            found[name] = told or {"sha256": _digest(path), "bytes": path.stat().st_size}
    return dict(sorted(found.items()))


def write_manifest(
    folder: Path, facts: dict[str, Any], known: Mapping[str, Mapping[str, Any]] | None = None
) -> str:
    """Writes the manifest of a finished folder; returns the digest, which is the SHA-256 of the manifest."""
    files = list_files(folder, known)
    told = orjson.dumps({**facts, "files": files}, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    (folder / NAME).write_bytes(told + b"\n")
    return hashlib.sha256(told + b"\n").hexdigest()


def check_manifest(folder: Path) -> list[str]:
    """What differs from the manifest: names of files that are missing, changed or not listed."""
    told = orjson.loads((folder / NAME).read_bytes())["files"]
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {NAME}
    changed = [name for name in sorted(there & set(told)) if _digest(folder / name) != told[name]["sha256"]]
    return sorted(there ^ set(told)) + changed


def sync_tree(folder: Path) -> None:
    """Everything in a folder is on the disk when this returns."""
    for path in [*folder.rglob("*"), folder]:
        if path.is_file() or os.name == "posix":
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
