"""Kaldi: data folders with the lists wav.scp, text, utt2spk and segments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import Field

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.json_document import json_head
from ingather.formats.kaldi_read import data_folders, read_folder
from ingather.formats.kaldi_write import write_folders
from ingather.sample import Item, Loss

tasks = ("transcription",)


class Config(FormatConfig):
    """Options of the Kaldi layout."""

    outside: bool = Field(
        False, description="whether recordings that wav.scp names outside of the data set's folder are read"
    )


def sniff(path: Path) -> Sniff | None:
    """Sure where a folder has wav.scp beside text, utt2spk or segments."""
    for folder in data_folders(path):
        beside = [name for name in ("text", "utt2spk", "segments") if (folder / name).is_file()]
        if beside and b"\0" not in json_head(folder / "wav.scp", 4096):
            return Sniff(0.96, f"{folder.name} has wav.scp and {', '.join(beside)}")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every utterance with its words as label and its speaker as contributor.

    With ``segments`` a recording is a carrier and its utterances are children cut from it. Keys are the ids
    of utterances, with the folder before an id that another folder has too; the split is what a folder is
    called. Entries of wav.scp that are commands or places inside archives are never run, but losses.
    """
    seen: set[str] = set()
    for folder in data_folders(path):
        yield from read_folder(folder, path, config.outside, seen)


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes wav.scp, text, utt2spk, spk2utt and spk2gender, sorted, and the recordings below ``wav/``.

    Items of several splits go to ``train``, ``dev`` and ``test``. Told: what is no recording, keys that had
    to change (ids have no white space), line breaks in words, and what Kaldi has no list for.
    """
    return write_folders(items, path)
