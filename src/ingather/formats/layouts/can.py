"""CAN: logs of vehicle buses (candump, Vector ASC and BLF), as frames or as the signals in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from ingather.formats.can_read import can_files, kind_of, read_can
from ingather.formats.contract import FormatConfig, Sniff
from ingather.sample import Item, Loss

tasks = ("none", "regression", "forecasting", "anomaly", "failure", "classification")


class Config(FormatConfig):
    """How frames are decoded."""

    database: str | None = Field(
        None, description="a file of messages (.dbc, .kcd, .sym); those beside the logs when left out"
    )
    main: str | None = Field(
        None, description="the message that is the main stream; the most frequent if empty"
    )
    raw: bool = Field(False, description="bring the frames themselves too, where their signals are decoded")


def sniff(path: Path) -> Sniff | None:
    """Sure where a log begins as candump, ASC or BLF does."""
    for file in can_files(path)[:5]:
        if kind_of(file) is not None:
            return Sniff(0.94, f"{file.name} is a log of a CAN bus")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every log as one item.

    With a database of messages, each message that occurs is a stream of its signals in their units; without,
    the frames are one stream: bus, address, flags, length and bytes. Keys are paths relative to ``path``;
    ``data.buses`` names the buses. Frames that no database describes are counted and left out unless ``raw``
    is set. Lines that are no frames are losses.

    Raises:
        MissingExtra: there is a BLF log and python-can is not installed, or a database and cantools is not.
    """
    database = Path(config.database).expanduser() if config.database else None
    if database is not None and not database.is_absolute():
        database = (path if path.is_dir() else path.parent) / database
    return read_can(path, database=database, raw=config.raw, main=config.main)
