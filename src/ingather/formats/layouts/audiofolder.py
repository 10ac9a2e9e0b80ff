"""A folder of recordings: by classes (``train/yes/1``), or beside a metadata.csv, .jsonl or .parquet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from ingather.formats.class_folders import read_folders, sniff_folders
from ingather.formats.contract import FormatConfig, Sniff
from ingather.sample import Item, Loss

tasks = ("classification", "transcription", "none")


class Config(FormatConfig):
    """Options of a folder of recordings."""

    folder_labels: bool = Field(True, description="whether the folder's name is the label")


def sniff(path: Path) -> Sniff | None:
    """Sure where a metadata table lies beside recordings, less so of folders of classes."""
    return sniff_folders(path, "audio")


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every file of the folder; split and label from its folders or its metadata table.

    Keys are paths relative to ``path``; columns of the table that have no meaning here stay in ``data``.
    """
    return read_folders(path, "audio", labels=config.folder_labels)
