"""MOTChallenge: sequences of frames with people and vehicles followed through them.

The layout of the MOT15 to MOT20 benchmarks: ``SPLIT/SEQUENCE/`` with ``img1/``, ``seqinfo.ini``,
``gt/gt.txt`` (frame, track, left, top, width, height, counted, class, visibility) and ``det/det.txt``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.mot_read import read_mot, sequences
from ingather.formats.mot_write import write_mot
from ingather.sample import Item, Loss

tasks = ("tracks",)


class Config(FormatConfig):
    """MOTChallenge has no options: its files say all."""


def sniff(path: Path) -> Sniff | None:
    """Sure where a folder, or one at most two levels below, has a seqinfo.ini, or img1 beside gt or det."""
    found = sequences(path)
    if not found:
        return None
    named = (found[0] / "seqinfo.ini").is_file()
    return Sniff(0.97 if named else 0.85, f"{found[0].name} has {'a seqinfo.ini' if named else 'img1'}")


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """One item a sequence: frames as parts, tracks as label, detections as a part of text.

    Keys are paths of the sequences relative to ``path``. Without ``gt/gt.txt`` a sequence is unlabelled.
    Lines that cannot be read are losses.
    """
    return read_mot(path)


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes a folder a sequence, below one a split, below a new folder."""
    return write_mot(items, path)
