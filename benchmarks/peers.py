"""Runs one side of a comparison in a process and an environment of its own, and counts its CPU time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("INGATHER_BENCHMARK_CACHE", Path.home() / ".cache" / "ingather-benchmarks"))
PACKAGES = {
    "datatrove": (
        "datatrove[io]==0.10.1",
        "ftfy==6.3.1",
        "orjson",
        "xxhash<4",
        "spacy",
        "regex",
        "tokenizers",
    ),
    "datumaro": ("datumaro==1.13.12",),
    "nltk": ("nltk==3.9.2",),
    "atheris": ("atheris>=2.3",),
    "polars": ("polars>=1.30",),
    "scrapy": ("scrapy==2.19.0",),
    "warcio": ("warcio==1.8.1",),
}
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS", "ARROW_NUM_THREADS")


@dataclass(frozen=True)
class Side:
    """What one side did.

    Attributes:
        name: whose it is.
        cpu: CPU seconds of the process and its children, with start and imports.
        work: CPU seconds that the side counted itself, without start and imports.
        wall: seconds from start to end.
        told: what it printed as JSON.
    """

    name: str
    cpu: float
    work: float
    wall: float
    told: dict[str, object]


def interpreter(peer: str) -> str:
    """The Python of a peer's own environment, made and filled the first time."""
    folder = CACHE / peer
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    ready, wanted = folder / "ready", "\n".join(PACKAGES[peer])
    if not ready.exists() or ready.read_text() != wanted:
        print(f"Installing {peer} into {folder} ...", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *PACKAGES[peer]], check=True)
        ready.write_text(wanted)
    return str(python)


def run_side(name: str, python: str, script: Path, *arguments: str) -> Side:
    """Runs a script, whose last line on standard output is JSON with at least ``work``."""
    quiet = {"HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1", **dict.fromkeys(ONE_THREAD, "1")}
    began, before = time.perf_counter(), os.times()
    done = subprocess.run(
        [python, str(script), *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **quiet},
    )
    after = os.times()
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    told = json.loads(done.stdout.strip().splitlines()[-1])
    return Side(name, cpu, float(told["work"]), time.perf_counter() - began, told)


def print_table(sides: list[Side], documents: int) -> None:
    """One line a side: CPU seconds, documents per CPU second, and how many times the first one's."""
    print(f"{'':28}{'CPU s':>9}{'of it work':>12}{'wall s':>9}{'docs per CPU s':>16}{'of ours':>9}")
    for side in sides:
        rate = documents / side.cpu
        ratio = sides[0].cpu / side.cpu
        print(f"{side.name:28}{side.cpu:9.1f}{side.work:12.1f}{side.wall:9.1f}{rate:16,.0f}{ratio:9.2f}")
