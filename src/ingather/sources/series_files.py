"""Tables over time as files of a source: each is one recording, its facts from path, pattern and sidecar."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ingather.formats.series_tables import DELIMITED, PARQUET, SeriesOptions, read_series_table
from ingather.sample import Item, Loss
from ingather.sources.contract import option
from ingather.sources.listing import Entry

SERIES_SUFFIXES = (*DELIMITED, *PARQUET)


class SeriesConfig(BaseModel):
    """What tables over time do not say themselves."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    time: str | None = option(None, description="the column of times; found by name when left out")
    time_format: str | None = option(None, description="how times are written, such as '%d.%m.%Y %H:%M'")
    zone: str | None = option(None, description="IANA name of the zone of times that name none")
    rate: float | None = option(None, gt=0, description="rows a second, where there is no column of times")
    channels: tuple[str, ...] = option((), description="the columns that are channels; all numbers if empty")
    units: dict[str, str] = option(default_factory=dict, description="unit by column, where none is told")

    def options(self) -> SeriesOptions:
        """The same as the reader of series wants it."""
        units = tuple(sorted(self.units.items()))
        return SeriesOptions(self.time, self.time_format, self.zone, self.rate, self.channels, units)


def read_series_file(entry: Entry, options: SeriesOptions) -> Iterator[Item | Loss]:
    """The recording in one file, from a folder, an archive or a bucket; what was odd in it is told."""
    if entry.location is not None:
        yield from read_series_table(Path(entry.location), entry.name, options)
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / f"recording{entry.suffix}"
        with copy.open("wb") as target, entry.open() as stream:
            shutil.copyfileobj(stream, target, 1 << 20)
        yield from read_series_table(copy, entry.name, options)
