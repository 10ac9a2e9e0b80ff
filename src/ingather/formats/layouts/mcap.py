"""MCAP: logs of robots and vehicles, every topic a stream with its own clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import Field

from ingather.formats.bag_read import BagOptions, Clock, read_bag
from ingather.formats.bag_records import MCAP_MAGIC, read_mcap
from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.mcap_write import write_mcap
from ingather.formats.series_items import head_of
from ingather.sample import Item, Loss

tasks = ("none", "classification", "spans", "regression", "forecasting", "anomaly", "failure", "tracks")


class Config(FormatConfig):
    """Which topics are taken, and by which clock."""

    main: str | None = Field(
        None, description="the topic that is the main stream; that with most messages if empty"
    )
    topics: tuple[str, ...] = Field((), description="only these topics; all if empty")
    clock: Clock = Field(
        "log", description="when messages were logged, sent (publish), or what headers say (header)"
    )
    pictures: bool = Field(False, description="bring compressed pictures along, as parts")


def sniff(path: Path) -> Sniff | None:
    """Sure where a .mcap file begins as MCAP does."""
    for file in _files(path)[:5]:
        if head_of(file, 8) == MCAP_MAGIC:
            return Sniff(0.9, f"{file.name} is an MCAP file")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every file as one item: the topic with the most messages, and the others as further streams.

    Keys are paths relative to ``path``. Messages in JSON, CDR (ROS 2) and Protocol Buffers are decoded; every
    number in them is a channel, named by its path; words, bytes and long arrays are left out and told.
    Pictures come along if they are asked for; films and clouds of points do not. A file that breaks off is
    kept with that fault. What was written from here comes back whole.

    Raises:
        MissingExtra: mcap is not installed.
    """
    root = path if path.is_dir() else path.parent
    options = BagOptions(config.main, config.topics, config.clock, config.pictures)
    for file in _files(path):
        yield from read_bag([file], file.relative_to(root).as_posix(), read_mcap, options)


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes every recording as NAME.mcap: streams as topics of JSON, other parts and facts beside them.

    Raises:
        MissingExtra: mcap is not installed.
    """
    return write_mcap(items, path)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.suffix.lower() == ".mcap" else []
    if not path.is_dir():
        return []
    return sorted(one for one in path.rglob("*") if one.suffix.lower() == ".mcap" and one.is_file())
