"""RTTM: recordings with who speaks when, a line a turn (NIST's Rich Transcription Time Marked)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.folder_files import files_below, root_of
from ingather.formats.rttm_read import RttmTurn, parse_line, read_recordings
from ingather.formats.speech_files import text_lines
from ingather.sample import Item, Loss

tasks = ("spans", "none")


class Config(FormatConfig):
    """Options of the RTTM layout."""

    take: Literal["recordings", "turns"] = Field(
        "recordings", description="whole recordings with the turns as label, or every turn cut out of them"
    )


def sniff(path: Path) -> Sniff | None:
    """Sure where a file that ends in .rttm has lines SPEAKER with ten fields."""
    for file in _files(path)[:5]:
        for line in text_lines(file, file.name):
            if not isinstance(line, Loss) and isinstance(parse_line(line[1]), RttmTurn):
                return Sniff(0.95, f"{file.name} says who speaks when")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every recording that the lines name: its turns as label, Label Studio results with seconds and speaker.

    With ``take: turns`` the recording is a carrier, and every turn a child cut from it, whose contributor is
    the speaker. Keys are the recordings' paths below ``path``. Turns without recording are losses.
    """
    yield from read_recordings(_files(path), root_of(path), config.take)


def _files(path: Path) -> list[Path]:
    return files_below(path, lambda name: name.lower().endswith(".rttm"))
