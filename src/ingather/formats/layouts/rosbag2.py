"""ROS 2 bags: folders with metadata.yaml and their SQLite or MCAP files, or such SQLite files alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from ingather.formats.bag_read import BagOptions, Clock
from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.rosbag2_read import find_bags, is_bag_file, read_bags
from ingather.sample import Item, Loss

tasks = ("none", "regression", "forecasting", "anomaly", "failure", "classification")


class Config(FormatConfig):
    """Which topics are taken, and by which clock."""

    main: str | None = Field(
        None, description="the topic that is the main stream; that with most messages if empty"
    )
    topics: tuple[str, ...] = Field((), description="only these topics; all if empty")
    clock: Clock = Field(
        "log", description="when messages were received (log), or what their headers say (header)"
    )
    pictures: bool = Field(False, description="bring compressed pictures along, as parts")


def sniff(path: Path) -> Sniff | None:
    """Sure where a metadata.yaml is that of a bag, or a .db3 file has topics and messages."""
    for bag in find_bags(path)[:5]:
        if any(map(is_bag_file, bag.files)):
            return Sniff(0.97, f"{bag.name} is a bag of ROS 2")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every bag as one item, its files joined: the topic with the most messages, the others as streams.

    Keys are the bags' folders, or the files where they lie alone, relative to ``path``. Messages are decoded
    by the descriptions in the bag; where an older one has none, by those of the standard types. Files that
    metadata.yaml names and that are not there, or are packed as a whole, are losses.

    Raises:
        MissingExtra: what reads them is not installed.
    """
    return read_bags(path, BagOptions(config.main, config.topics, config.clock, config.pictures))
