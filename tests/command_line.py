"""Calls the command line as a user does: a process of its own, JSON on standard output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Called:
    """What one call printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on standard output."""
        return dict(json.loads(self.out))


def environment() -> dict[str, str]:
    """The environment of a call: no colours, no threads that only cost, modules compiled once."""
    return {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "NO_COLOR": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "COLUMNS": "120",
    }


def command(*words: str | Path) -> list[str]:
    """The words that start ``ingather`` in this environment."""
    return [sys.executable, "-m", "ingather", *map(str, words)]


def ingather(*words: str | Path, code: int | None = 0, timeout: float = 300) -> Called:
    """Runs ``ingather`` and checks its exit code (None: any)."""
    done = subprocess.run(
        command(*words), capture_output=True, text=True, timeout=timeout, env=environment(), check=False
    )
    called = Called(done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in called.err, called.err
    if code is not None:
        assert called.code == code, f"exit {called.code}\n{called.out}\n{called.err}"
    return called


def run_json(*words: str | Path, code: int = 0) -> dict[str, Any]:
    """Runs ``ingather --json`` and returns its document."""
    return ingather("--json", *words, code=code).document
