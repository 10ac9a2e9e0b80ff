"""Collecting and releasing 100,000 small WAV files, against a plain loop that copies and hashes them.

python benchmarks/media/run.py --size 100000
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import struct
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from measured import Measured, measured, program  # noqa: E402

PLAN = """\
version: 1
name: digits
objective: Tell the ten digits apart.
modality: audio
languages: [en]
task: {type: classification, labels: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']}
targets: {groups: [{by: label, each: 10}]}
rights: {licences: [CC0-1.0]}
sources:
  - name: digits
    kind: files
    path: recordings
    pattern: '{label}_{speaker}_{n}.wav'
    contributor: speaker
    licence: CC0-1.0
clean: []
release: {licence: CC0-1.0}
"""
COPY = """\
import hashlib, os, sys
source, target = sys.argv[1:]
for folder in sorted(os.listdir(source)):
    os.makedirs(f"{target}/{folder}")
    for name in sorted(os.listdir(f"{source}/{folder}")):
        with open(f"{source}/{folder}/{name}", "rb") as file:
            content = file.read()
        hashlib.sha256(content).hexdigest()
        with open(f"{target}/{folder}/{name}", "wb") as file:
            file.write(content)
os.sync()
"""


def write_recordings(folder: Path, size: int) -> None:
    """So many WAV files of an eighth of a second, each another one, 1,000 a speaker."""
    lots = random.Random(size)
    noise = lots.randbytes(1_992)
    for number in range(size):
        speaker, own = divmod(number, 1_000)
        place = folder / f"s{speaker:03}"
        if own == 0:
            place.mkdir(parents=True)
        body = noise + struct.pack("<II", speaker, own)
        head = struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 36 + len(body), b"WAVEfmt ", 16, 1, 1, 8_000, 16_000,
                           2, 16, b"data", len(body))  # fmt: skip
        (place / f"{number % 10}_s{speaker:03}_{own}.wav").write_bytes(head + body)


def line(name: str, size: int, one: Measured) -> None:
    print(f"{name:28}{one.cpu:9.2f}{one.wall:9.2f}{one.memory:9.0f}{size / one.cpu:17,.0f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="files")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch) / "digits"
        place.mkdir()
        (place / "plan.yaml").write_text(PLAN, encoding="utf-8")
        write_recordings(place / "recordings", asked.size)
        print(f"{asked.size:,} WAV files of 2 kB\n")
        print(f"{'':28}{'CPU s':>9}{'wall s':>9}{'peak MB':>9}{'files per CPU s':>17}")
        copied = program(sys.executable, "-c", COPY, place / "recordings", Path(scratch) / "copy")
        line("copy + SHA-256, one sync", asked.size, copied)
        told = {}
        for stage in ("collect", "collect again", "clean", "release", "release again"):
            told[stage] = measured("-C", place, "--json", *stage.split()[:1])
            line(stage, asked.size, told[stage])
        blobs = sum(len(names) for _, _, names in os.walk(place / ".ingather" / "blobs"))
        released = told["release"].document["stages"][0]["splits"]
        print(f"\n{blobs:,} blobs; released: {released}")
        sample = next((place / "recordings" / "s000").iterdir()).read_bytes()
        name = hashlib.sha256(sample).hexdigest()
        there = (place / ".ingather" / "blobs" / name[:2] / name).read_bytes()
        assert there == sample, "a blob differs from its file"


if __name__ == "__main__":
    main()
