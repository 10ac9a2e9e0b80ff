"""Series in tables: every CSV, TSV or Parquet file is one recording, with a column of times."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.series_tables import (
    DELIMITED,
    PARQUET,
    SeriesOptions,
    has_units,
    looks_like_series,
    read_series_table,
)
from ingather.sample import Item, Loss

tasks = ("classification", "regression", "forecasting", "anomaly", "failure", "none")
series_suffixes = (*DELIMITED, *PARQUET)


class Config(FormatConfig):
    """What the tables do not say themselves."""

    time: str | None = Field(None, description="the column of times; found by name and content when left out")
    time_format: str | None = Field(None, description="how times are written, such as '%d.%m.%Y %H:%M:%S'")
    zone: str | None = Field(None, description="IANA name of the zone of times that name none")
    rate: float | None = Field(None, gt=0, description="rows a second, where there is no column of times")
    channels: tuple[str, ...] = Field((), description="the columns that are channels; all numbers if empty")
    units: dict[str, str] = Field(default_factory=dict, description="unit by column, where none is told")


def sniff(path: Path) -> Sniff | None:
    """Sure where columns beside the time have units; not quite where they are merely numbers over time."""
    files = _files(path)
    if not files or not looks_like_series(files[0]):
        return None
    if has_units(files[0]):
        return Sniff(0.7, f"{files[0].name} has a column of times, and channels with units")
    return Sniff(0.45, f"{files[0].name} has a column of times, and numbers beside it")


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every table as one item; keys are paths relative to ``path``.

    A column with the same word in every row is a fact of the recording and stands in ``data``; other columns
    of words are left out and told, as are rows of another width.
    """
    options = SeriesOptions(
        config.time,
        config.time_format,
        config.zone,
        config.rate,
        config.channels,
        tuple(config.units.items()),
    )
    root = path if path.is_dir() else path.parent
    for file in _files(path):
        yield from read_series_table(file, file.relative_to(root).as_posix(), options)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.suffix.lower() in series_suffixes else []
    if not path.is_dir():
        return []
    return sorted(
        file
        for file in path.rglob("*")
        if file.suffix.lower() in series_suffixes and file.is_file() and not file.name.startswith(".")
    )
