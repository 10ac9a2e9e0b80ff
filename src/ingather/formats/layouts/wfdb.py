"""WFDB: records of PhysioNet, a header with its signal files, annotations as labelled moments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import Field

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.series_items import head_of
from ingather.formats.wfdb_header import is_record_line
from ingather.formats.wfdb_read import header_files, read_records
from ingather.formats.wfdb_write import write_records
from ingather.sample import Item, Loss

tasks = ("classification", "spans", "anomaly", "regression", "forecasting", "failure", "none")


class Config(FormatConfig):
    """What of the annotations is taken."""

    annotators: tuple[str, ...] = Field(("atr",), description="endings of the annotation files that are read")


def sniff(path: Path) -> Sniff | None:
    """Sure where a .hea file begins with the line of a record."""
    for file in header_files(path)[:5]:
        head = head_of(file, 4096).decode("utf-8", "replace").splitlines()
        first = next((line for line in head if line.strip() and not line.lstrip().startswith("#")), "")
        if is_record_line(first):
            return Sniff(0.96, f"{file.name} is the header of a WFDB record")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every record as one item, with its signals in physical units.

    Keys are the records' names, with the folder they lie in. Signals with another number of samples a frame
    are further streams. Annotations (``.atr`` unless other ones are named) become labelled moments with their
    symbols as labels. Comments such as ``Age: 56`` become attributes; ``label``, ``split``, ``session``,
    ``patient`` and ``licence`` are taken as such. A record that breaks off, or whose check sum is wrong, is
    kept with that fault.
    """
    return read_records(path, config.annotators)


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes every recording as a record: NAME.hea, NAME.dat, and NAME.atr where it has labelled stretches.

    WFDB knows even clocks and whole numbers: each channel is written in the narrowest format that holds it
    exactly, else in 32 bits, and how many values were rounded is told, as are stamps put on the clock and
    gaps filled. Recordings without an even clock are refused.
    """
    return write_records(items, path)
