"""Reads Kaldi's data folders: lists of ids with recordings, words, speakers and stretches of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingather.formats.audio_cuts import cut_recording
from ingather.formats.folder_files import files_below
from ingather.formats.licence_files import licence_of_folder
from ingather.formats.media_files import find_below
from ingather.formats.speech_files import recording, take_losses, word_lines
from ingather.formats.split_names import split_of
from ingather.sample import Item, Loss

_GENDERS = {"f": "female", "m": "male"}


@dataclass(slots=True)
class _Lists:
    folder: Path
    name: str
    split: str | None
    licence: str | None
    words: dict[str, str] = field(default_factory=dict)
    speakers: dict[str, str] = field(default_factory=dict)
    genders: dict[str, str] = field(default_factory=dict)


def data_folders(path: Path) -> list[Path]:
    """The folders below a path that have a wav.scp."""
    found = files_below(path, lambda name: name == "wav.scp") if path.is_dir() else []
    return [file.parent for file in found]


def read_folder(folder: Path, root: Path, outside: bool, seen: set[str]) -> Iterator[Item | Loss]:
    """Every utterance of one data folder.

    Args:
        folder: has a wav.scp.
        root: the data set's folder, out of which no path may lead.
        outside: whether paths may lead out of it after all.
        seen: ids that came before in other folders; added to.
    """
    losses: list[Loss] = []
    inner = folder.relative_to(root).as_posix()
    prefix = "" if inner == "." else f"{inner}/"
    found = licence_of_folder(folder) or licence_of_folder(root)
    split = next((one for part in reversed(prefix.split("/")) if (one := split_of(part))), None)
    lists = _Lists(folder, prefix, split, found.spdx if found else None)

    def load(name: str) -> dict[str, str]:
        file = folder / name
        return take_losses(word_lines(file, prefix + name), losses) if file.is_file() else {}

    sounds, segments = load("wav.scp"), load("segments")
    lists.words, lists.speakers, lists.genders = load("text"), load("utt2spk"), load("spk2gender")
    yield from losses
    used: set[str] = set()
    if (folder / "segments").is_file():
        yield from _segmented(lists, sounds, segments, root, outside, seen, used)
    else:
        for key, place in sounds.items():
            file = _file(place, folder, root, outside)
            used.add(key)
            if isinstance(file, str):
                yield Loss(f"{prefix}wav.scp: {key}", file)
                continue
            item = recording(_own_key(key, prefix, seen), file, lists.words.get(key))
            _describe(item, key, lists)
            yield item
    rest = [key for key in lists.words if key not in used]
    if rest:
        yield Loss(f"{prefix}text: {rest[0]}", "has words and no recording", len(rest))


def _segmented(
    lists: _Lists,
    sounds: dict[str, str],
    segments: dict[str, str],
    root: Path,
    outside: bool,
    seen: set[str],
    used: set[str],
) -> Iterator[Item | Loss]:
    children: dict[str, list[Item]] = {}
    for key, told in segments.items():
        used.add(key)
        cells = told.split()
        times = [_seconds(cell) for cell in cells[1:3]]
        if len(cells) < 3 or None in times:
            yield Loss(f"{lists.name}segments: {key}", f"'{told}' is no recording with start and end")
            continue
        if cells[0] not in sounds:
            yield Loss(f"{lists.name}segments: {key}", f"wav.scp has no recording '{cells[0]}'")
            continue
        child = Item(_own_key(key, lists.name, seen), "audio", segment={"start": times[0], "end": times[1]})
        _describe(child, key, lists)
        children.setdefault(cells[0], []).append(child)
    for key, place in sounds.items():
        file = _file(place, lists.folder, root, outside)
        pieces = children.get(key, [])
        if isinstance(file, str):
            yield Loss(f"{lists.name}wav.scp: {key}", file, len(pieces) or 1)
            continue
        parent = recording(f"{lists.name}{key}.recording", file, [str(one.segment) for one in pieces])
        parent.split, parent.licence, parent.session = lists.split, lists.licence, key
        for child in pieces:
            child.parent, child.session, child.stamp = parent.key, key, parent.stamp
        yield from cut_recording(parent, pieces)


def _describe(item: Item, key: str, lists: _Lists) -> None:
    item.label = lists.words.get(key)
    item.contributor = lists.speakers.get(key) or None
    item.split, item.licence = lists.split, lists.licence
    gender = lists.genders.get(item.contributor or "")
    if gender:
        item.attributes["gender"] = _GENDERS.get(gender.lower(), gender)


def _own_key(key: str, prefix: str, seen: set[str]) -> str:
    own = key if key not in seen else f"{prefix}{key}"
    seen.add(own)
    return own


def _seconds(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _file(place: str, folder: Path, root: Path, outside: bool) -> Path | str:
    """The file that an entry of wav.scp names, or why it is not read."""
    if place.endswith("|") or place.startswith("|"):
        return f"'{place[:60]}' is a command: commands are never run; convert its output to files first"
    if not place or "\0" in place:
        return "names no file"
    if place.rpartition(":")[2].isdecimal() and ".ark" in place:
        return f"'{place[:60]}' lies inside an archive of Kaldi, which is not read"
    named = Path(place)
    try:
        if named.is_absolute() and named.resolve().is_relative_to(root.resolve()):
            place = named.resolve().relative_to(root.resolve()).as_posix()
        elif outside and named.is_absolute():
            return named if named.is_file() else f"its file '{place}' is not there"
    except OSError as error:
        return f"its file '{place[:60]}' cannot be read: {error.strerror}"
    found = find_below(folder, place)
    return found if isinstance(found, Path) else find_below(root, place)
