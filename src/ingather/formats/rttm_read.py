"""Reads RTTM lines, and finds the recordings that they speak of."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ingather.formats.audio_cuts import cut_recording, flaw_of, seconds_of
from ingather.formats.folder_files import files_below
from ingather.formats.licence_files import licence_of_folder
from ingather.formats.speech_files import is_recording, recording, text_lines
from ingather.sample import Item, Json, Loss


@dataclass(frozen=True, slots=True)
class RttmTurn:
    """One turn.

    Attributes:
        recording: the name of the recording, without its ending.
        start: seconds from its beginning.
        end: seconds from its beginning.
        speaker: who speaks.
    """

    recording: str
    start: float
    end: float
    speaker: str


def parse_line(line: str) -> RttmTurn | str | None:
    """A turn, what is wrong with the line in words, or None where the line is none of a speaker."""
    cells = line.split()
    if not cells or cells[0] != "SPEAKER" or line.startswith(";"):
        return None
    if len(cells) < 8:
        return f"has {len(cells)} fields, and RTTM has 9 or 10"
    try:
        start, length = float(cells[3]), float(cells[4])
    except ValueError:
        return f"'{cells[3]}' and '{cells[4]}' are no seconds"
    if not (math.isfinite(start) and math.isfinite(length)) or start < 0 or length <= 0:
        return f"goes from {cells[3]} s for {cells[4]} s, which is no stretch of time"
    return RttmTurn(cells[1], start, round(start + length, 6), cells[7])


def read_recordings(
    files: Sequence[Path], root: Path, take: Literal["recordings", "turns"]
) -> Iterator[Item | Loss]:
    """Every recording that the files name, with its turns."""
    licence = licence_of_folder(root)
    turns: dict[str, list[RttmTurn]] = {}
    for file in files:
        name = file.relative_to(root).as_posix()
        for line in text_lines(file, name):
            if isinstance(line, Loss):
                yield line
                continue
            turn = parse_line(line[1])
            if isinstance(turn, str):
                yield Loss(f"{name}, line {line[0]}", turn)
            elif turn is not None:
                turns.setdefault(turn.recording, []).append(turn)
    sounds = files_below(root, is_recording)
    by_stem = {file.stem: file for file in reversed(sounds)}
    for stem, told in turns.items():
        if stem not in by_stem:
            yield Loss(stem, "has turns and no recording", len(told))
            continue
        yield from _recording(by_stem[stem], root, told, licence.spdx if licence else None, take)
    rest = [file for file in sounds if file.stem not in turns]
    if rest:
        names = ", ".join(file.name for file in rest[:3])
        yield Loss(names, "no line speaks of these recordings: they are not taken", len(rest))


def _recording(
    file: Path, root: Path, turns: list[RttmTurn], licence: str | None, take: Literal["recordings", "turns"]
) -> Iterator[Item | Loss]:
    said: list[Json] = [[turn.start, turn.end, turn.speaker] for turn in turns]
    item = recording(file.relative_to(root).as_posix(), file, said)
    item.session, item.licence = item.key, licence
    children = []
    for turn in turns:
        child = Item(f"{item.key}#{turn.speaker}-{turn.start:g}-{turn.end:g}", "audio", parent=item.key)
        child.segment = {"start": turn.start, "end": turn.end}
        child.contributor, child.session, child.licence = turn.speaker, item.session, licence
        child.stamp = item.stamp
        children.append(child)
    if take == "turns":
        yield from cut_recording(item, children)
        return
    length = seconds_of(file)
    if length is None:
        item.fault = item.fault or "the recording cannot be read"
    flawed = [flaw for child in children if length is not None and (flaw := flaw_of(child, length))]
    if flawed:
        item.fault = item.fault or f"{len(flawed)} turns do not lie in it; the first: {flawed[0]}"
    item.label = [
        {
            "id": f"turn-{number}",
            "from_name": "label",
            "to_name": "audio",
            "type": "labels",
            "value": {"start": turn.start, "end": turn.end, "channel": 0, "labels": [turn.speaker]},
        }
        for number, turn in enumerate(turns, 1)
    ]
    yield item
