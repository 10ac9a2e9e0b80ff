"""One call of the command line in a process of its own: CPU seconds, wall seconds, peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

QUIET = {"DO_NOT_TRACK": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NO_COLOR": "1"}


@dataclass(frozen=True)
class Measured:
    """What one process took.

    Attributes:
        cpu: seconds of user and system time, its own processes included.
        wall: seconds from start to end.
        memory: MB at the peak of the largest process.
        out: what it printed.
    """

    cpu: float
    wall: float
    memory: float
    out: str

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document that it printed."""
        return dict(json.loads(self.out))


def measured(*words: str | Path) -> Measured:
    """Runs ``ingather`` with these words."""
    return program(sys.executable, "-m", "ingather", *words)


def program(*words: str | Path) -> Measured:
    """Runs a program and waits for it.

    Raises:
        SystemExit: it failed.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    with subprocess.Popen(
        [str(word) for word in words], stdout=subprocess.PIPE, text=True, env={**environment, **QUIET}
    ) as process:
        assert process.stdout is not None
        out = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, words))} ended with {process.returncode}\n{out}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Measured(used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss / unit, out)


def best_of(number: int, *words: str | Path) -> Measured:
    """The call that took the least CPU time of several: what others on the machine take is not its own."""
    return min((measured(*words) for _ in range(number)), key=lambda one: one.cpu)
