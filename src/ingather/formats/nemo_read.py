"""Reads NeMo's manifests: one recording, or one piece of a recording, a line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from ingather.formats.audio_cuts import cut_recording, seconds_of
from ingather.formats.licence_files import licence_of_folder
from ingather.formats.media_files import find_below
from ingather.formats.picture_files import stamp_of
from ingather.formats.speech_files import recording
from ingather.formats.split_names import split_of
from ingather.formats.tables import TableOptions, read_table
from ingather.sample import Item, Json, Loss

_OWN = ("audio_filepath", "text", "offset", "speaker", "id", "duration", "session_id")
_ODD = 0.5
"""Seconds between what a manifest says of a length and what the file has that are told."""


def read_manifest(file: Path, root: Path, outside: bool, seen: set[str]) -> Iterator[Item | Loss]:
    """Every line of a manifest.

    Args:
        file: the manifest.
        root: the data set's folder.
        outside: whether absolute paths may lead out of it.
        seen: keys that came before; added to.
    """
    name = file.relative_to(root).as_posix()
    licence = licence_of_folder(root)
    split = split_of(file.stem)
    pieces: dict[Path, list[Item]] = {}
    for row in read_table(name, lambda: file.open("rb"), TableOptions("jsonl")):
        if isinstance(row, Loss):
            yield row
            continue
        line, cells, _ = row
        where = f"{name}, line {line}"
        sound = _sound(cells.get("audio_filepath"), file.parent, root, outside)
        if isinstance(sound, str):
            yield Loss(where, sound)
            continue
        made = _item(cells, sound, root, where, seen)
        if isinstance(made, Item):
            made.split, made.licence = split, licence.spdx if licence else None
            if made.segment is not None:
                pieces.setdefault(sound, []).append(made)
                continue
        yield made
    for sound, children in pieces.items():
        parent = recording(f"{_relative(sound, root)}#recording", sound)
        parent.split, parent.licence = split, licence.spdx if licence else None
        parent.session = children[0].session
        for child in children:
            child.parent = parent.key
        yield from cut_recording(parent, children)


def _item(cells: Mapping[str, Json], sound: Path, root: Path, where: str, seen: set[str]) -> Item | Loss:
    offset, duration = cells.get("offset"), cells.get("duration")
    if not _is_length(duration, none=True) or not _is_length(offset, none=True):
        return Loss(where, f"its offset {offset!r} or duration {duration!r} is no number of seconds")
    key = cells.get("id")
    own = str(key) if isinstance(key, str | int) and key != "" else _relative(sound, root)
    if offset is not None:
        own = own if key else f"{own}#{offset:g}-{duration or 0:g}"
    if own in seen:
        own = f"{own}#{where}"
    seen.add(own)
    said = {name: value for name, value in cells.items() if name not in ("audio_filepath",)}
    item = recording(own, sound, said) if offset is None else Item(own, "audio", stamp=stamp_of(sound, said))
    text = cells.get("text")
    item.label = text if isinstance(text, str) else None
    item.contributor = _word(cells.get("speaker"))
    item.session = _word(cells.get("session_id"))
    item.data = {name: value for name, value in cells.items() if name not in _OWN} or None
    if offset is not None:
        if not isinstance(duration, int | float):
            return Loss(where, "has an offset and no duration")
        assert isinstance(offset, int | float)
        item.segment = {"start": float(offset), "end": round(float(offset) + float(duration), 6)}
    elif isinstance(duration, int | float):
        length = seconds_of(sound)
        if length is not None and abs(length - duration) > _ODD:
            item.fault = item.fault or f"the manifest says {duration:g} s, and the recording has {length:g} s"
    return item


def _is_length(value: Json, *, none: bool) -> bool:
    if value is None:
        return none
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


def _word(value: Json) -> str | None:
    return (
        str(value) if isinstance(value, str | int) and value != "" and not isinstance(value, bool) else None
    )


def _sound(place: Json, folder: Path, root: Path, outside: bool) -> Path | str:
    """The recording that a line names, or why it is not read."""
    if not isinstance(place, str) or not place or "\0" in place:
        return "names no recording in audio_filepath"
    named = Path(place)
    try:
        if named.is_absolute() and named.resolve().is_relative_to(root.resolve()):
            return find_below(root, named.resolve().relative_to(root.resolve()).as_posix())
        if named.is_absolute() and outside:
            return named if named.is_file() else f"its file '{place}' is not there"
        found = find_below(folder, place)
        return found if isinstance(found, Path) else find_below(root, place)
    except OSError as error:
        return f"its file '{place[:60]}' cannot be read: {error.strerror}"


def _relative(sound: Path, root: Path) -> str:
    return sound.relative_to(root).as_posix() if sound.is_relative_to(root) else sound.as_posix()
