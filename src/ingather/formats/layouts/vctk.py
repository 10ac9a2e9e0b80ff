"""VCTK: a folder of recordings and one of texts, each with a folder a speaker, and a table of speakers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.folder_files import files_below
from ingather.formats.licence_files import licence_of_folder
from ingather.formats.media_files import find_below
from ingather.formats.speech_files import is_recording, recording, sounds, text_lines
from ingather.sample import Item, Loss

tasks = ("transcription",)
_RECORDINGS = ("wav48_silence_trimmed", "wav48", "wav16", "wav", "wavs", "flac")
_MICROPHONE = re.compile(r"_mic(\d+)$")
_LONGEST_TEXT = 1 << 16
_COLUMNS = ("id", "age", "gender", "accent", "region")
_SEX = {"F": "female", "M": "male"}


class Config(FormatConfig):
    """VCTK has no options."""


def sniff(path: Path) -> Sniff | None:
    """Sure where the folder ``txt`` has the speakers' folders of the folder of recordings."""
    sound = _sound(path)
    if sound is None:
        return None
    speakers = {one.name for one in sound.iterdir() if one.is_dir()}
    texts = {one.name for one in (path / "txt").iterdir() if one.is_dir()}
    alike = speakers & texts
    if not alike or not any(map(sounds, files_below(sound, is_recording)[:20])):
        return None
    return Sniff(0.95, f"{sound.name} and txt have folders of the same {len(alike)} speakers")


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every recording with the words of its text; the speaker is the contributor.

    Keys are paths below ``path``; age, gender, accent and region of the speakers' table are attributes, and
    so is the microphone where a name ends in ``_mic1``. Texts without recording are losses, recordings
    without text have no label.
    """
    sound = _sound(path)
    if sound is None:
        return
    licence = licence_of_folder(path)
    losses: list[Loss] = []
    speakers = _speakers(path, losses)
    yield from losses
    used: set[Path] = set()
    for file in files_below(sound, is_recording):
        key = file.relative_to(path).as_posix()
        found = find_below(path, key)
        if isinstance(found, str):
            yield Loss(key, found)
            continue
        speaker = file.parent.name if file.parent != sound else file.stem.partition("_")[0]
        microphone = _MICROPHONE.search(file.stem)
        stem = file.stem[: microphone.start()] if microphone else file.stem
        text = path / "txt" / speaker / f"{stem}.txt"
        used.add(text)
        words = _words(text)
        item = recording(key, found, words)
        item.label, item.contributor = words, speaker
        item.licence = licence.spdx if licence else None
        item.attributes = dict(speakers.get(speaker.lower().lstrip("p"), {}))
        if microphone:
            item.attributes["microphone"] = microphone[1]
        yield item
    for text in files_below(path / "txt", lambda name: name.endswith(".txt")):
        if text not in used:
            yield Loss(text.relative_to(path).as_posix(), "has words and no recording")


def _sound(path: Path) -> Path | None:
    if not (path / "txt").is_dir():
        return None
    return next((path / name for name in _RECORDINGS if (path / name).is_dir()), None)


def _words(text: Path) -> str | None:
    try:
        with text.open("rb") as stream:
            return stream.read(_LONGEST_TEXT).decode("utf-8", "replace").strip() or None
    except OSError:
        return None


def _speakers(path: Path, losses: list[Loss]) -> dict[str, dict[str, str | float | None]]:
    """What speaker-info.txt says: ``ID AGE GENDER ACCENTS REGION``, cut by white space."""
    told: dict[str, dict[str, str | float | None]] = {}
    table = next((path / n for n in ("speaker-info.txt", "speaker_info.txt") if (path / n).is_file()), None)
    if table is None:
        return told
    for line in text_lines(table, table.name):
        if isinstance(line, Loss):
            losses.append(line)
            continue
        cells = line[1].split(None, 4)
        if len(cells) < 3 or cells[0].upper() == "ID":
            continue
        said: dict[str, str | float | None] = dict(zip(_COLUMNS[1:], cells[1:], strict=False))
        said["gender"] = _SEX.get(str(said["gender"]), said["gender"])
        if str(said["age"]).isdecimal():
            said["age"] = float(str(said["age"]))
        if isinstance(region := said.get("region"), str):
            said["region"] = region.partition("(")[0].strip() or None
        told[cells[0].lower().lstrip("p")] = said
    return told
