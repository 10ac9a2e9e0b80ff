"""Runs a program of the user's with a time limit and tells in words how it ended."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ingather.errors import InputError, OutsideError

LAST_LINES = 20


def run_program(command: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float) -> None:
    """Runs it to its end, without a shell; what it writes is shown only where it fails.

    Args:
        command: the program and its arguments; ``python`` is the Python that this runs in, whose packages a
            user who starts ``ingather`` by its path has not on the path.
        folder: where it is run.
        environment: added to this process's own.
        seconds: after which it and all that it started is ended.

    Raises:
        InputError: there is no such program.
        OutsideError: it ran too long, or ended with another code than 0; its last lines are told.
    """
    shown = shlex.join(command)
    with tempfile.TemporaryFile() as log:
        try:
            running = subprocess.Popen(
                [
                    sys.executable if word == "python" and not place else word
                    for place, word in enumerate(command)
                ],
                cwd=folder,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        except OSError as absent:
            raise InputError(
                f"The program '{command[0]}' cannot be run in {folder}: {absent.strerror or absent}.",
                why="The recipe command hands learning over to it.",
                fix="Write a program that is there: train: {options: {run: [python, train.py]}}",
                where="train.options.run",
            ) from absent
        try:
            code = running.wait(timeout=seconds)
        except subprocess.TimeoutExpired as slow:
            raise OutsideError(
                f"The program '{shown}' had not ended after {seconds:g} seconds and was ended.",
                why=_last_lines(log.fileno()),
                fix="Make it quicker, or raise train: {options: {timeout: SECONDS}}",
                where="train.options.timeout",
            ) from slow
        finally:
            _end(running)
        if code != 0:
            raise OutsideError(
                f"The program '{shown}' ended with code {code}.",
                why=_last_lines(log.fileno()),
                fix="Mend it; what it is given is described in the docs of the recipe command.",
                where="train.options.run",
            )


def _end(running: subprocess.Popen[bytes]) -> None:
    """Ends the program if it still runs, and on POSIX what it started too."""
    if running.poll() is not None:
        return
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(running.pid, signal.SIGKILL)
    else:
        running.kill()
    running.wait()


def _last_lines(log: int) -> str:
    size = os.fstat(log).st_size
    os.lseek(log, max(0, size - 20_000), os.SEEK_SET)
    lines = os.read(log, 20_000).decode("utf-8", "replace").strip().splitlines()
    return "Its last lines: " + "\n".join(lines[-LAST_LINES:]) if lines else "It wrote nothing."
