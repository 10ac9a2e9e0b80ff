"""NeMo: manifests with one JSON object a line: audio_filepath, duration, text, and perhaps offset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import Field

from ingather.formats.chat_rows import first_row
from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.folder_files import files_below, root_of
from ingather.formats.nemo_read import read_manifest
from ingather.formats.nemo_write import write_manifests
from ingather.sample import Item, Loss

tasks = ("transcription",)


class Config(FormatConfig):
    """Options of the NeMo layout."""

    outside: bool = Field(
        False, description="whether recordings that a manifest names outside of its folder are read"
    )


def sniff(path: Path) -> Sniff | None:
    """Sure where the first line of a JSON file has audio_filepath and duration."""
    for file in _files(path)[:20]:
        if {"audio_filepath", "duration"} <= first_row(file).keys():
            return Sniff(0.96, f"lines of {file.name} have audio_filepath and duration")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every line: the recording with its words as label, its speaker as contributor.

    Lines with an offset are pieces: their recording is a carrier, from which they are cut. Keys are the
    lines' ids, else paths, with the offset behind; the split is what the manifest's name speaks of. All
    other fields stay in ``data``.
    """
    root = root_of(path)
    seen: set[str] = set()
    for file in _files(path):
        if path.is_file() or "audio_filepath" in first_row(file):
            yield from read_manifest(file, root, config.outside, seen)


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes ``SPLIT_manifest.json`` and the recordings below ``audio/``.

    Told: what is no recording or has no length that can be measured, attributes, labels that are no words.
    """
    return write_manifests(items, path)


def _files(path: Path) -> list[Path]:
    return files_below(path, lambda name: name.lower().endswith((".json", ".jsonl", ".manifest")))
