"""LJSpeech: a folder ``wavs`` and metadata.csv with id, transcript and its normalized form, cut by ``|``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.licence_files import licence_of_folder
from ingather.formats.media_files import find_below
from ingather.formats.speech_files import SUFFIXES, recording, text_lines
from ingather.sample import Item, Loss

tasks = ("transcription",)
_TABLES = ("metadata.csv", "metadata.txt")


class Config(FormatConfig):
    """Options of the LJSpeech layout."""

    normalized: bool = Field(
        True, description="whether numbers and short forms in the label are written out, where they are given"
    )


def sniff(path: Path) -> Sniff | None:
    """Sure where metadata.csv without a header names files of the folder ``wavs``, cut by ``|``."""
    table = _table(path)
    if table is None:
        return None
    for line in text_lines(table, table.name):
        if isinstance(line, Loss):
            continue
        cells = line[1].split("|")
        if len(cells) in (2, 3) and isinstance(_file(path, cells[0]), Path):
            return Sniff(0.96, f"{table.name} names files of wavs and their words, cut by |")
        return None
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every row: the recording with its transcript as label; both transcripts stay in ``data``.

    Keys are paths below ``path``. Rows whose recording is not there, or that came before, are losses.
    """
    table = _table(path)
    if table is None:
        return
    licence = licence_of_folder(path)
    seen: set[str] = set()
    for line in text_lines(table, table.name):
        if isinstance(line, Loss):
            yield line
            continue
        number, text = line
        if not text.strip():
            continue
        where = f"{table.name}, line {number}"
        cells = text.split("|")
        if len(cells) not in (2, 3):
            yield Loss(where, f"has {len(cells)} cells, and LJSpeech has 3")
            continue
        found = _file(path, cells[0])
        if isinstance(found, str):
            yield Loss(where, found)
            continue
        key = found.relative_to(path).as_posix()
        if key in seen:
            yield Loss(where, f"{key} came before; the first is kept")
            continue
        seen.add(key)
        item = recording(key, found, list(cells))
        normalized = cells[2] if len(cells) == 3 else ""
        item.label = (normalized if config.normalized and normalized else cells[1]) or None
        item.data = {"transcript": cells[1], **({"normalized": normalized} if normalized else {})}
        item.licence = licence.spdx if licence else None
        yield item


def _table(path: Path) -> Path | None:
    if not (path / "wavs").is_dir():
        return None
    return next((path / name for name in _TABLES if (path / name).is_file()), None)


def _file(path: Path, name: str) -> Path | str:
    """The recording of a row: the name as it stands, or with the ending that is there."""
    name = name.removeprefix("wavs/")
    endings = ("",) if name.lower().endswith(SUFFIXES) else (".wav", ".flac", ".mp3", ".ogg")
    found = [find_below(path, f"wavs/{name}{ending}") for ending in endings]
    return next((one for one in found if isinstance(one, Path)), found[0])
