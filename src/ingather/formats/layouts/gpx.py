"""GPX: tracks of satellite receivers, a position for each moment, with what watches and sensors add."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.gpx_read import gpx_files, read_gpx
from ingather.formats.series_items import head_of
from ingather.sample import Item, Loss

tasks = ("none", "classification", "spans", "regression", "forecasting", "anomaly")
_HEAD = 4096


class Config(FormatConfig):
    """GPX has no options: it says in which units and zone its values are."""


def sniff(path: Path) -> Sniff | None:
    """Sure where a .gpx file has the root element of GPX."""
    for file in gpx_files(path)[:5]:
        head = head_of(file, _HEAD)
        if b"<gpx" in head or b":gpx" in head:
            return Sniff(0.96, f"{file.name} is a GPX file")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every track, and every route, as one item: latitude and longitude in degrees, elevation in metres.

    Keys are paths relative to ``path``, with ``#N`` behind where a file has several tracks. Further numbers
    of a point (heart rate, speed, satellites) are channels; where a track has several segments, their number
    is one too. Waypoints with a time on the only track become labelled moments. The kind of track is the
    attribute ``type``, the author the contributor. Times are UTC.
    """
    return read_gpx(path)
