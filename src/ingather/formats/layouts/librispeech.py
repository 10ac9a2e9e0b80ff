"""LibriSpeech: SUBSET/SPEAKER/CHAPTER/ with recordings and one list of transcripts a chapter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.folder_files import files_below, root_of
from ingather.formats.licence_files import licence_of_folder
from ingather.formats.media_files import find_below
from ingather.formats.speech_files import is_recording, recording, sounds, take_losses, text_lines, word_lines
from ingather.formats.split_names import split_of
from ingather.sample import Item, Loss

tasks = ("transcription",)
_DEPTH = 5
_ENDING = ".trans.txt"
_SEX = {"F": "female", "M": "male"}


class Config(FormatConfig):
    """LibriSpeech has no options."""


def sniff(path: Path) -> Sniff | None:
    """Sure where a list SPEAKER-CHAPTER.trans.txt lies beside recordings."""
    if not path.is_dir():
        return None
    for chapter in _chapters(path)[:5]:
        ids = chapter.name.removesuffix(_ENDING).split("-")
        if len(ids) == 2 and any(map(sounds, chapter.parent.iterdir())):
            return Sniff(0.96, f"{chapter.name} lies beside recordings")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every recording with its transcript; the speaker is the contributor, the chapter the session.

    Keys are paths below ``path``; the split is what the subset's name speaks of; the attribute ``gender`` is
    what SPEAKERS.TXT says. Transcripts without recording are losses, recordings without one have no label.
    """
    root = root_of(path)
    licence = licence_of_folder(root)
    losses: list[Loss] = []
    sexes = _sexes(root, losses)
    yield from losses
    for chapter in _chapters(path):
        name = chapter.relative_to(root).as_posix()
        told: list[Loss] = []
        words = take_losses(word_lines(chapter, name), told)
        yield from told
        files = {file.stem: file for file in sorted(chapter.parent.iterdir()) if is_recording(file.name)}
        for stem, file in files.items():
            key = file.relative_to(root).as_posix()
            found = find_below(root, key)
            if isinstance(found, str):
                yield Loss(key, found)
                continue
            item = recording(key, found, words.get(stem))
            item.label = words.get(stem) or None
            ids = chapter.name.removesuffix(_ENDING).split("-")
            item.contributor = ids[0]
            item.session = "-".join(ids)
            item.split = next((one for part in file.relative_to(root).parts if (one := split_of(part))), None)
            item.licence = licence.spdx if licence else None
            if ids[0] in sexes:
                item.attributes["gender"] = sexes[ids[0]]
            yield item
        for stem in sorted(words.keys() - files.keys()):
            yield Loss(f"{name}: {stem}", "has a transcript and no recording")


def _chapters(path: Path) -> list[Path]:
    return files_below(path, lambda name: name.endswith(_ENDING), _DEPTH) if path.is_dir() else []


def _sexes(root: Path, losses: list[Loss]) -> dict[str, str]:
    """Sex by speaker, as SPEAKERS.TXT has it: ``id | sex | subset | minutes | name``."""
    file = root / "SPEAKERS.TXT"
    told: dict[str, str] = {}
    if not file.is_file():
        return told
    for line in text_lines(file, file.name):
        if isinstance(line, Loss):
            losses.append(line)
            continue
        cells = [cell.strip() for cell in line[1].split("|")]
        if len(cells) > 2 and not line[1].startswith(";") and cells[1] in _SEX:
            told[cells[0]] = _SEX[cells[1]]
    return told
