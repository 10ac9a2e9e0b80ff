"""What the layouts of speech share: a recording as an item, lists of ids with words, speakers' tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingather.formats.encoding import detect_encoding
from ingather.formats.media_files import describe_media
from ingather.formats.media_types import HEAD, media_type_of
from ingather.formats.picture_files import stamp_of
from ingather.sample import Item, Json, Loss

SUFFIXES = (".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aiff", ".sph")


def is_recording(name: str) -> bool:
    """Whether a file name ends as a recording's does."""
    return name.lower().endswith(SUFFIXES)


def sounds(file: Path) -> bool:
    """Whether a file's name and first bytes are those of a recording."""
    try:
        with file.open("rb") as stream:
            found = media_type_of(stream.read(HEAD))
    except OSError:
        return False
    return is_recording(file.name) and found is not None and found[0] == "audio"


def recording(key: str, file: Path, beside: Json = None) -> Item:
    """A recording as an item.

    Args:
        key: its key.
        file: its file, which must be there.
        beside: what is said of it elsewhere; the stamp changes with it.

    Raises:
        OSError: the file cannot be read.
    """
    item = Item(key, "audio")
    describe_media(item, file.name, file)
    if item.modality != "audio":
        item.fault = f"its bytes are {item.media_type}: no recording"
        item.modality = "audio"
    item.stamp = stamp_of(file, beside)
    return item


def word_lines(file: Path, name: str) -> Iterator[tuple[int, str, str] | Loss]:
    """The lines of a list such as Kaldi's: number of the line, the first word, and the rest."""
    for found in text_lines(file, name):
        if isinstance(found, Loss):
            yield found
            continue
        number, line = found
        words = line.split(None, 1)
        if words:
            yield number, words[0], words[1].strip() if len(words) > 1 else ""


def text_lines(file: Path, name: str) -> Iterator[tuple[int, str] | Loss]:
    """The lines of a text file in whatever encoding it is, with their numbers from 1."""
    try:
        found = detect_encoding(lambda: file.open("rb"))
        if found.told:
            yield Loss(name, found.told, 0)
        with file.open(encoding=found.name, errors="replace") as stream:
            for number, line in enumerate(stream, 1):
                yield number, line.rstrip("\n")
    except OSError as error:
        yield Loss(name, f"cannot be read: {error.strerror or error}")


def take_losses(found: Iterator[tuple[int, str, str] | Loss], losses: list[Loss]) -> dict[str, str]:
    """A list as a mapping; what could not be read, and ids that come twice, are put to the losses."""
    told: dict[str, str] = {}
    for thing in found:
        if isinstance(thing, Loss):
            losses.append(thing)
            continue
        number, word, rest = thing
        if word in told:
            losses.append(Loss(f"line {number}: {word}", "came before; the first is kept", 0))
            continue
        told[word] = rest
    return told
