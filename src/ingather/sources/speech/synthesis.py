"""The synthesiser as seen from here: a batch of utterances in, PCM out, by a fresh worker process."""

from __future__ import annotations

import importlib.util
import json
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray

from ingather.errors import InputError, MissingExtra, OutsideError
from ingather.sources.speech.worker import FAILED

RATE = 22050
"""Sampling rate of the synthesiser, Hz."""
_COMMAND = (sys.executable, "-m", "ingather.sources.speech.worker")


@dataclass(frozen=True, slots=True)
class Utterance:
    """What the synthesiser is asked to say.

    Attributes:
        text: the words, as the voice's language spells them.
        voice: espeak-ng's name of the voice, such as ``en-gb-x-rp``.
        variant: a file of ``voices/!v``, such as ``f2``.
        rate: words a minute.
        pitch: 0..99.
        range: of the pitch, 0..99.
        respell: whether the text is English and is to be written in Devanagari first.
    """

    text: str
    voice: str
    variant: str
    rate: int
    pitch: int
    range: int
    respell: bool = False


def require() -> None:
    """Raises MissingExtra where the synthesiser is not installed."""
    if importlib.util.find_spec("espeakng_loader") is None:
        raise MissingExtra("synthetic", "Synthetic speech")


def speak(utterances: Sequence[Utterance]) -> Iterator[NDArray[np.int16]]:
    """Speech of every utterance, in order, at `RATE`; the same sequence always gives the same samples.

    Raises:
        MissingExtra: the synthesiser is not installed.
        InputError: a voice is not known to it.
        OutsideError: the worker ended before its work was done.
    """
    require()
    worker = subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert worker.stdin is not None
    assert worker.stdout is not None
    lines = b"".join(json.dumps(asdict(u)).encode() + b"\n" for u in utterances)
    feeder = threading.Thread(target=_feed, args=(worker.stdin, lines), daemon=True)
    feeder.start()
    try:
        (rate,) = struct.unpack("<I", _read(worker, 4))
        if rate != RATE:
            raise OutsideError(
                f"The speech synthesiser works at {rate} Hz, not {RATE}.",
                why="Another build of espeak-ng would give other samples from the same plan.",
                fix="pip install --force-reinstall 'ingather[synthetic]'",
            )
        for _ in utterances:
            (size,) = struct.unpack("<I", _read(worker, 4))
            if size == FAILED:
                (size,) = struct.unpack("<I", _read(worker, 4))
                raise InputError(
                    _read(worker, size).decode() + ".",
                    why="Without the voice there are no speakers of that accent.",
                    fix="Name another accent or voice in the source's 'accents' or 'voices'.",
                )
            yield np.frombuffer(_read(worker, size), "<i2")
    finally:
        worker.kill()
        worker.wait()
        feeder.join()
        for pipe in (worker.stdout, worker.stderr):
            if pipe is not None:
                pipe.close()


def voices() -> dict[str, str]:
    """The file of every voice that the synthesiser knows, by language tag and by file, sorted."""
    require()
    done = subprocess.run([*_COMMAND, "--voices"], capture_output=True, check=False)
    if done.returncode != 0:
        raise _stopped(done.returncode, done.stderr)
    return dict(json.loads(done.stdout))


def _feed(pipe: IO[bytes], lines: bytes) -> None:
    # A worker that died is told by the reader, with its exit code.
    try:
        pipe.write(lines)
        pipe.close()
    except OSError:
        pass


def _read(worker: subprocess.Popen[bytes], size: int) -> bytes:
    assert worker.stdout is not None
    got = worker.stdout.read(size)
    if len(got) < size:
        worker.kill() if worker.poll() is None else None
        worker.wait()
        raise _stopped(worker.returncode, worker.stderr.read() if worker.stderr else b"")
    return got


def _stopped(code: int, stderr: bytes) -> OutsideError:
    how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    last = stderr.decode(errors="replace").strip().splitlines()
    return OutsideError(
        f"The speech synthesiser's process {how} before its work was done"
        + (f": {last[-1]}" if last else "."),
        why="What it had already spoken is kept; the rest is missing.",
        fix="Run the same command again: it goes on where it was.",
    )
