"""Builds the pages into the Python package where sources are newer: ``python frontend/build_pages.py``."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

STAMP = ".built"


def digest(front: Path) -> str:
    """SHA-256 over the names and bytes of the front end's sources."""
    found = hashlib.sha256()
    for path in sorted(front.rglob("*")):
        name = path.relative_to(front).as_posix()
        if path.is_file() and not name.startswith(("node_modules/", "__pycache__/")):
            found.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def build(root: Path) -> bool | None:
    """Builds the pages of a checkout; False where they are built already, None where there is no node."""
    front, out = root / "frontend", root / "src" / "ingather" / "studio" / "static"
    stamp = out / STAMP
    wanted = digest(front)
    if stamp.is_file() and stamp.read_text() == wanted:
        return False
    npm = shutil.which("npm")
    if npm is None:
        return None
    quiet = {**os.environ, "npm_config_fund": "false", "npm_config_audit": "false"}
    calls = [[npm, "run", "--silent", "build"]]
    if not (front / "node_modules" / ".package-lock.json").is_file():
        calls.insert(0, [npm, "ci", "--silent"])
    for call in calls:
        subprocess.run(call, cwd=front, check=True, env=quiet, stdout=sys.stderr)
    stamp.write_text(wanted)
    return True


if __name__ == "__main__":
    if build(Path(__file__).parents[1]) is None:
        raise SystemExit("The pages need node 20.19 or newer, with npm: https://nodejs.org")
